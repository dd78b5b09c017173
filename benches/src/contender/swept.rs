//! orch-pty used as the owner of a worker's terminal must use it: the same command, read to its end, reaped, and
//! whatever descends from it swept away. Nothing around it: no task, no transcript, no event.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use orch_pty::{Command, Drain, Drained, Ladder, Output, Stdin, TerminalMode};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{Contender, parked};
use crate::worker::Streams;

pub(super) struct Swept {
    prepared: Option<Command>,
    runtime: Runtime,
}

impl Swept {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            prepared: None,
            runtime: parked::runtime()?,
        })
    }

    fn command(&self) -> Result<&Command> {
        self.prepared.as_ref().context("nothing is prepared")
    }
}

impl Contender for Swept {
    fn prepare(&mut self, _streams: Streams, words: &[String]) -> Result<()> {
        let (program, arguments) = words.split_first().context("a program")?;
        let mut command = Command::new(program)
            .args(arguments)
            .current_dir("/")
            .terminal_mode(TerminalMode::Clean)
            .stdin(Stdin::Null)
            .stderr(Output::Pipe)
            .env_clear();
        for name in ["PATH", "HOME", "USER", "LANG"] {
            if let Some(value) = std::env::var_os(name) {
                command = command.env(name, value);
            }
        }
        self.prepared = Some(command.env("TERM", "dumb"));
        Ok(())
    }

    fn run(&mut self) -> Result<u64> {
        self.runtime.block_on(one(self.command()?))
    }

    fn queue(&mut self, count: usize, at_most: usize) -> Result<()> {
        let command = Arc::new(self.command()?.clone());
        several_threads()?.block_on(async {
            let places = Arc::new(Semaphore::new(at_most));
            let mut tasks = JoinSet::new();
            for _ in 0..count {
                let (command, places) = (Arc::clone(&command), Arc::clone(&places));
                tasks.spawn(async move {
                    let _place = places.acquire().await?;
                    one(&command).await
                });
            }
            while let Some(done) = tasks.join_next().await {
                done??;
            }
            Ok(())
        })
    }

    fn open(&mut self) -> Result<()> {
        bail!("opening a terminal alone is not measured")
    }

    fn start(&mut self) -> Result<()> {
        bail!("sessions are not measured")
    }

    fn kill_leader(&mut self) -> Result<()> {
        bail!("kills are not measured")
    }
}

/// A runtime as `#[tokio::main]` makes it.
pub(super) fn several_threads() -> std::io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().build()
}

async fn one(command: &Command) -> Result<u64> {
    let mut process = command.spawn()?;
    let tree = process.child.tree();
    let mut drain = Drain::of(&process.child)
        .terminal(process.terminal.map(Arc::new))
        .stdout(process.stdout.take())
        .stderr(process.stderr.take());
    let mut buffer = vec![0; super::BUFFER];
    let mut total = 0;
    loop {
        match drain.read(&mut buffer).await {
            Ok(Drained::Chunk { bytes, .. }) => total += bytes as u64,
            Ok(Drained::End { .. }) => break,
            Ok(_) | Err(_) => {}
        }
    }
    process.child.wait().await?;
    tree.stop(&Ladder::kill_now()).await;
    Ok(total)
}
