//! A thousand sessions at once, each a stream of every size of write, digested where it is written and where it is read.

use anyhow::{Context as _, Result, bail, ensure};
use orch_pty::{Command, Drain, Drained, Exit, Output, Process, Source, TerminalMode};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::noise::{Digest, Noise};
use super::{Tally, Trial};
use crate::member::STREAM;

const SESSIONS: usize = 1_000;
/// Of one session.
const BYTES_MOST: u64 = 256 * 1024;
const WHAT: &str = "sessions of 1,000 at once whose stream arrived as it was written";

#[derive(Debug)]
pub(super) struct Streams {
    noise: Noise,
}

impl Default for Streams {
    fn default() -> Self {
        Self { noise: Noise::new(1) }
    }
}

impl Trial for Streams {
    fn round(&mut self, tally: &mut Tally) -> Result<()> {
        let runtime = runtime()?;
        let orders: Vec<(u64, u64)> = (0..SESSIONS)
            .map(|_| (self.noise.next(), 1 + self.noise.next() % BYTES_MOST))
            .collect();
        let bytes: u64 = orders.iter().map(|(_, bytes)| bytes).sum();
        runtime.block_on(async {
            let live = orders
                .iter()
                .map(|&(seed, bytes)| start(seed, bytes))
                .collect::<Result<Vec<_>>>()?;
            // From here on all of them write.
            let mut sessions = JoinSet::new();
            for (process, (_, bytes)) in live.into_iter().zip(orders) {
                sessions.spawn(session(process, bytes));
            }
            while let Some(session) = sessions.join_next().await {
                if let Err(error) = session.context("a session that ends")? {
                    tally.failed(WHAT, format!("{error:#}"));
                }
            }
            tally.add(WHAT, SESSIONS as u64, 0);
            tally.add("MiB in these streams", bytes / (1024 * 1024), 0);
            anyhow::Ok(())
        })
    }
}

fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

fn start(seed: u64, bytes: u64) -> Result<Process> {
    let command = Command::new(std::env::current_exe()?)
        .args(["member", STREAM])
        .args([seed.to_string(), bytes.to_string()])
        .stderr(Output::Pipe)
        .terminal_mode(TerminalMode::Clean);
    Ok(command.spawn()?)
}

async fn session(process: Process, bytes: u64) -> Result<()> {
    let Process {
        mut child,
        terminal,
        stderr,
        ..
    } = process;
    let terminal = std::sync::Arc::new(terminal.context("a terminal")?);
    terminal.write_all(b"go\n").await?;
    let mut drain = Drain::of(&child).terminal(Some(terminal)).stderr(stderr);
    let (mut read, mut said) = (Digest::new(), Vec::new());
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match drain.read(&mut buffer).await? {
            Drained::Chunk {
                source: Source::Stderr,
                bytes,
            } => said.extend_from_slice(&buffer[..bytes]),
            Drained::Chunk { bytes, .. } => read.add(&buffer[..bytes]),
            Drained::End { leaked } => {
                ensure!(!leaked, "somebody still holds the terminal");
                break;
            }
            other => bail!("{other:?}"),
        }
    }
    let exit = child.wait().await?;
    ensure!(exit == Exit::Code(0), "it ended with {exit}");
    let said = String::from_utf8_lossy(&said);
    ensure!(
        said.trim() == read.text() && said.starts_with(&format!("{bytes} ")),
        "of {bytes} bytes it wrote {} and {} were read",
        said.trim(),
        read.text()
    );
    Ok(())
}
