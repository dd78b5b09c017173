//! What each way of using terminals can be asked for.

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::{beating, cx, expectrl, orch, orch_async, portable_pty, pty_process, raw, swept, tokio_pipe};
use crate::worker::{Beats, Streams};

/// One way of using terminals. Each kind of work has its natural form here, so that nobody pays for an interface: an
/// async one enters its runtime once for each piece of work.
pub(crate) trait Contender {
    /// From here on, start this.
    fn prepare(&mut self, streams: Streams, words: &[String]) -> Result<()>;

    /// Starts it, reads all that it writes, and reaps it. How many bytes there were.
    fn run(&mut self) -> Result<u64>;

    /// The same for a flood of output, by the strategy that suits it best.
    fn drain(&mut self) -> Result<u64> {
        self.run()
    }

    /// Opens a terminal and closes it, with as little else as its library needs for that.
    fn open(&mut self) -> Result<()>;

    /// Starts it and keeps it, watched as its library watches a session.
    fn start(&mut self) -> Result<()>;

    /// Sends a line to the last one that was started and reads until it has come back, so many times.
    fn echo(&mut self, times: usize) -> Result<()> {
        bail!("{times} round trips are not measured")
    }

    /// Kills and reaps the last one that was started.
    fn kill_leader(&mut self) -> Result<()>;

    /// Kills the last one that was started with all that descends from it, as well as its library can, and reaps it.
    fn kill_tree(&mut self) -> Result<()> {
        self.kill_leader()
    }

    /// Starts it `count` times, at most so many at once, on a runtime of several threads, and sees each to its end.
    fn queue(&mut self, count: usize, at_most: usize) -> Result<()> {
        bail!("a queue of {count}, {at_most} at once, is not measured")
    }

    /// Has so many programs print, each `first` bytes at once and then line by line, while it takes a heartbeat on one
    /// thread.
    fn beat(&mut self, sessions: usize, first: usize, beats: usize) -> Result<Beats> {
        bail!("{beats} beats beside {sessions} sessions of {first} bytes are not measured")
    }

    /// Waits in the way of an idle program until standard input is ready.
    fn park(&mut self) -> Result<()> {
        // The caller reads standard input next, which waits.
        Ok(())
    }
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// The system calls themselves.
    Raw,
    /// orch-pty without a runtime.
    Orch,
    /// orch-pty on tokio.
    OrchAsync,
    /// portable-pty.
    PortablePty,
    /// pty-process on tokio.
    PtyProcess,
    /// expectrl.
    Expectrl,
    /// tokio's processes, which have no terminal.
    TokioPipe,
    /// orch-pty as the owner of a worker's terminal uses it.
    Swept,
    /// A worker of the agent `tool` through `Cx`.
    Cx,
    /// Sessions of orch-core.
    Sessions,
    /// Programs that nobody listens to.
    Unheard,
}

impl Kind {
    /// As it is written in the table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Orch => "**orch-pty**",
            Self::OrchAsync => "**orch-pty, async**",
            Self::PortablePty => "portable-pty 0.9",
            Self::PtyProcess => "pty-process 0.5, async",
            Self::Expectrl => "expectrl 0.9",
            Self::TokioPipe => "tokio::process, pipes",
            Self::Swept => "orch-pty, read to the end and swept",
            Self::Cx => "**`tool` worker through `Cx`**",
            Self::Sessions => "**sessions of orch-core**",
            Self::Unheard => "the same programs on /dev/null",
        }
    }

    /// As it is written on a command line.
    pub(crate) fn word(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    pub(crate) fn build(self) -> Result<Box<dyn Contender>> {
        Ok(match self {
            Self::Raw => Box::new(raw::Raw::new()?),
            Self::Orch => Box::new(orch::Orch::new()),
            Self::OrchAsync => Box::new(orch_async::OrchAsync::new()?),
            Self::PortablePty => Box::new(portable_pty::PortablePty::default()),
            Self::PtyProcess => Box::new(pty_process::PtyProcess::new()?),
            Self::Expectrl => Box::new(expectrl::Expectrl::default()),
            Self::TokioPipe => Box::new(tokio_pipe::TokioPipe::new()?),
            Self::Swept => Box::new(swept::Swept::new()?),
            Self::Cx => Box::new(cx::ThroughCx::new()?),
            Self::Sessions => Box::new(beating::Sessions::new()?),
            Self::Unheard => Box::new(beating::Unheard::new()?),
        })
    }
}
