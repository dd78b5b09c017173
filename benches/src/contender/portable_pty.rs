//! portable-pty. Its reads block, so a session that is kept has a thread that reads, as its users write it.

use std::io::{Read, Write};
use std::thread;

use anyhow::{Context as _, Result, ensure};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::{BUFFER, Contender, PING, PONG};
use crate::worker::Streams;

#[derive(Default)]
pub(super) struct PortablePty {
    words: Vec<String>,
    live: Vec<Live>,
}

struct Live {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    /// For round trips, opened at the first one.
    ends: Option<(Box<dyn Read + Send>, Box<dyn Write + Send>)>,
}

impl PortablePty {
    fn spawn(&self) -> Result<Live> {
        let pair = native_pty_system().openpty(PtySize::default())?;
        let mut command = CommandBuilder::new(&self.words[0]);
        command.args(&self.words[1..]);
        let child = pair.slave.spawn_command(command)?;
        Ok(Live {
            child,
            master: pair.master,
            ends: None,
        })
    }
}

fn drained(mut reader: impl Read) -> Result<u64> {
    let (mut bytes, mut buffer) = (0, vec![0; BUFFER]);
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(bytes),
            read => bytes += read as u64,
        }
    }
}

impl Contender for PortablePty {
    fn prepare(&mut self, streams: Streams, words: &[String]) -> Result<()> {
        ensure!(streams == Streams::Terminal, "it has no pipes");
        self.words = words.to_vec();
        Ok(())
    }

    fn run(&mut self) -> Result<u64> {
        let mut live = self.spawn()?;
        let bytes = drained(live.master.try_clone_reader()?)?;
        live.child.wait()?;
        Ok(bytes)
    }

    fn open(&mut self) -> Result<()> {
        native_pty_system().openpty(PtySize::default())?;
        Ok(())
    }

    fn start(&mut self) -> Result<()> {
        let live = self.spawn()?;
        let echoes = self.words.iter().any(|word| word.contains("cat"));
        if !echoes {
            let reader = live.master.try_clone_reader()?;
            thread::spawn(move || drained(reader));
        }
        self.live.push(live);
        Ok(())
    }

    fn echo(&mut self, times: usize) -> Result<()> {
        let live = self.live.last_mut().context("nobody is left")?;
        if live.ends.is_none() {
            live.ends = Some((live.master.try_clone_reader()?, live.master.take_writer()?));
        }
        let (reader, writer) = live.ends.as_mut().context("both ends")?;
        let mut buffer = [0; 4096];
        for _ in 0..times {
            writer.write_all(PING)?;
            let mut back = 0;
            while back < PONG {
                let read = reader.read(&mut buffer)?;
                ensure!(read > 0, "the terminal has ended");
                back += read;
            }
        }
        Ok(())
    }

    fn kill_leader(&mut self) -> Result<()> {
        let mut live = self.live.pop().context("nobody is left")?;
        live.child.kill()?;
        live.child.wait()?;
        Ok(())
    }
}
