//! orch-pty on tokio's current-thread runtime.

use anyhow::{Context as _, Result, ensure};
use orch_pty::{Command, Output, Process, Signal, SpawnError, Stdin};
use tokio::runtime::Runtime;

use super::kept::Kept;
use super::{BUFFER, Contender, PING, PONG, parked};
use crate::worker::Streams;

pub(super) struct OrchAsync {
    // Declared before the runtime: processes are dropped while it is there.
    live: Vec<Process>,
    prepared: Option<Command>,
    buffer: Vec<u8>,
    kept: Kept,
    runtime: Runtime,
}

impl OrchAsync {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            live: Vec::new(),
            prepared: None,
            buffer: vec![0; BUFFER],
            kept: Kept::new(),
            runtime: parked::runtime()?,
        })
    }

    fn last(&mut self) -> Result<Process> {
        self.live.pop().context("nobody is left")
    }
}

/// The command for `words`, as both of ours start it.
pub(super) fn command(streams: Streams, words: &[String]) -> Result<Command> {
    let (program, arguments) = words.split_first().context("a program")?;
    let command = Command::new(program).args(arguments);
    Ok(match streams {
        Streams::Terminal => command,
        Streams::Pipe => command
            .stdin(Stdin::Null)
            .stdout(Output::Pipe)
            .stderr(Output::Null),
    })
}

/// Of a program that has no interpreter: by then its terminal was open.
pub(super) fn expect_refusal(refusal: Option<&SpawnError>) -> Result<()> {
    ensure!(refusal.is_some(), "a program without an interpreter was started");
    Ok(())
}

impl Contender for OrchAsync {
    fn prepare(&mut self, streams: Streams, words: &[String]) -> Result<()> {
        self.prepared = Some(command(streams, words)?);
        Ok(())
    }

    fn run(&mut self) -> Result<u64> {
        let command = self.prepared.as_ref().context("nothing is prepared")?;
        let kept = &mut self.kept;
        self.runtime.block_on(async {
            let mut process = command.spawn()?;
            kept.reset();
            if let Some(terminal) = &process.terminal {
                loop {
                    match terminal.read(kept.room()).await? {
                        0 => break,
                        read => kept.filled(read),
                    }
                }
            }
            if let Some(stdout) = &process.stdout {
                loop {
                    match stdout.read(kept.room()).await? {
                        0 => break,
                        read => kept.filled(read),
                    }
                }
            }
            process.child.wait().await?;
            Ok(kept.bytes())
        })
    }

    fn open(&mut self) -> Result<()> {
        let command = self.prepared.as_ref().context("nothing is prepared")?;
        let _inside = self.runtime.enter();
        expect_refusal(command.spawn().err().as_ref())
    }

    fn start(&mut self) -> Result<()> {
        let command = self.prepared.as_ref().context("nothing is prepared")?;
        let _inside = self.runtime.enter();
        self.live.push(command.spawn()?);
        Ok(())
    }

    fn echo(&mut self, times: usize) -> Result<()> {
        let process = self.live.last().context("nobody is left")?;
        let terminal = process.terminal.as_ref().context("no terminal")?;
        let buffer = &mut self.buffer;
        self.runtime.block_on(async {
            for _ in 0..times {
                terminal.write_all(PING).await?;
                let mut back = 0;
                while back < PONG {
                    let read = terminal.read(buffer).await?;
                    ensure!(read > 0, "the terminal has ended");
                    back += read;
                }
            }
            Ok(())
        })
    }

    fn kill_leader(&mut self) -> Result<()> {
        let mut process = self.last()?;
        process.child.signal(Signal::Kill)?;
        self.runtime.block_on(process.child.wait())?;
        Ok(())
    }

    fn kill_tree(&mut self) -> Result<()> {
        let mut process = self.last()?;
        process.child.tree().kill_now();
        self.runtime.block_on(process.child.wait())?;
        Ok(())
    }

    fn park(&mut self) -> Result<()> {
        Ok(self.runtime.block_on(parked::until_asked())?)
    }
}
