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
}

impl Orch {
    pub(super) fn new() -> Self {
        Self {
            live: Vec::new(),
            prepared: None,
            buffer: vec![0; BUFFER],
        }
    }

    fn spawn(&self) -> Result<Process> {
        let command = self.prepared.as_ref().context("nothing is prepared")?;
        Ok(command.spawn_blocking()?)
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
        let mut kept = Kept::default();
        if let Some(terminal) = &process.terminal {
            loop {
                match terminal.read(&mut self.buffer)? {
                    0 => break,
                    read => kept.take(&self.buffer[..read]),
                }
            }
        }
        if let Some(stdout) = &mut process.stdout {
            loop {
                match stdout.read(&mut self.buffer)? {
                    0 => break,
                    read => kept.take(&self.buffer[..read]),
                }
            }
        }
        process.child.wait()?;
        Ok(kept.bytes())
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
