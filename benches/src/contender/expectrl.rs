//! expectrl.

use std::io::{Read as _, Write as _};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use expectrl::Session;
use expectrl::session::OsSession;

use super::{BUFFER, Contender, PING, PONG};
use crate::worker::Streams;

#[derive(Default)]
pub(super) struct Expectrl {
    words: Vec<String>,
    live: Vec<OsSession>,
}

impl Expectrl {
    fn spawn(&self) -> Result<OsSession> {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]);
        Ok(Session::spawn(command)?)
    }
}

impl Contender for Expectrl {
    fn prepare(&mut self, streams: Streams, words: &[String]) -> Result<()> {
        ensure!(streams == Streams::Terminal, "it has no pipes");
        self.words = words.to_vec();
        Ok(())
    }

    fn run(&mut self) -> Result<u64> {
        let mut session = self.spawn()?;
        let (mut bytes, mut buffer) = (0, vec![0; BUFFER]);
        // The end of the terminal is an error or nothing, as the platform has it.
        while let Ok(read) = session.read(&mut buffer)
            && read > 0
        {
            bytes += read as u64;
        }
        session.get_process().wait()?;
        Ok(bytes)
    }

    fn open(&mut self) -> Result<()> {
        bail!("it opens a terminal for a process alone")
    }

    fn start(&mut self) -> Result<()> {
        let session = self.spawn()?;
        self.live.push(session);
        Ok(())
    }

    fn echo(&mut self, times: usize) -> Result<()> {
        let session = self.live.last_mut().context("nobody is left")?;
        let mut buffer = [0; 4096];
        for _ in 0..times {
            session.write_all(PING)?;
            let mut back = 0;
            while back < PONG {
                let read = session.read(&mut buffer)?;
                ensure!(read > 0, "the terminal has ended");
                back += read;
            }
        }
        Ok(())
    }

    fn kill_leader(&mut self) -> Result<()> {
        let mut session = self.live.pop().context("nobody is left")?;
        session.get_process_mut().exit(true)?;
        Ok(())
    }
}
