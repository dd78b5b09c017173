//! orch-pty without a runtime.

use std::io::{Read as _, Write as _};

use anyhow::{Context as _, Result, ensure};
use orch_pty::blocking::Process;
use orch_pty::{Command, Signal};

use super::kept::Kept;
use super::{BUFFER, Contender, PING, PONG, orch_async};
use crate::worker::Streams;

pub(super) struct Orch {
    live: Vec<Process>,
    prepared: Option<Command>,
    buffer: Vec<u8>,
    kept: Kept,
}

impl Orch {
    pub(super) fn new() -> Self {
        Self {
            live: Vec::new(),
            prepared: None,
            buffer: vec![0; BUFFER],
            kept: Kept::new(),
        }
    }

    fn spawn(&self) -> Result<Process> {
        Ok(self.command()?.spawn_blocking()?)
    }

    fn command(&self) -> Result<&Command> {
        self.prepared.as_ref().context("nothing is prepared")
    }

    fn last(&mut self) -> Result<Process> {
        self.live.pop().context("nobody is left")
    }
}

impl Contender for Orch {
    fn prepare(&mut self, streams: Streams, words: &[String]) -> Result<()> {
        self.prepared = Some(orch_async::command(streams, words)?);
        Ok(())
    }

    fn run(&mut self) -> Result<u64> {
        let mut process = self.spawn()?;
        self.kept.reset();
        if let Some(terminal) = &process.terminal {
            loop {
                match terminal.read(self.kept.room())? {
                    0 => break,
                    read => self.kept.filled(read),
                }
            }
        }
        if let Some(stdout) = &mut process.stdout {
            loop {
                match stdout.read(self.kept.room())? {
                    0 => break,
                    read => self.kept.filled(read),
                }
            }
        }
        process.child.wait()?;
        Ok(self.kept.bytes())
    }

    fn open(&mut self) -> Result<()> {
        orch_async::expect_refusal(self.command()?.spawn_blocking().err().as_ref())
    }

    fn start(&mut self) -> Result<()> {
        let process = self.spawn()?;
        self.live.push(process);
        Ok(())
    }

    fn echo(&mut self, times: usize) -> Result<()> {
        let process = self.live.last().context("nobody is left")?;
        let mut terminal = process.terminal.as_ref().context("no terminal")?;
        for _ in 0..times {
            terminal.write_all(PING)?;
            let mut back = 0;
            while back < PONG {
                let read = terminal.read(&mut self.buffer)?;
                ensure!(read > 0, "the terminal has ended");
                back += read;
            }
        }
        Ok(())
    }

    fn kill_leader(&mut self) -> Result<()> {
        let mut process = self.last()?;
        process.child.signal(Signal::Kill)?;
        process.child.wait()?;
        Ok(())
    }

    fn kill_tree(&mut self) -> Result<()> {
        let mut process = self.last()?;
        process.child.tree().kill_now();
        process.child.wait()?;
        Ok(())
    }
}
