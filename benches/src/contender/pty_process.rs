//! pty-process on tokio's current-thread runtime.

use anyhow::{Context as _, Result, ensure};
use pty_process::{Command, Pty};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Child;
use tokio::runtime::Runtime;

use super::{BUFFER, Contender, PING, PONG, parked};
use crate::worker::Streams;

pub(super) struct PtyProcess {
    words: Vec<String>,
    live: Vec<(Child, Pty)>,
    buffer: Vec<u8>,
    runtime: Runtime,
}

impl PtyProcess {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            words: Vec::new(),
            live: Vec::new(),
            buffer: vec![0; BUFFER],
            runtime: parked::runtime()?,
        })
    }
}

fn spawn(words: &[String]) -> Result<(Child, Pty)> {
    let (pty, pts) = pty_process::open()?;
    let child = Command::new(&words[0]).args(&words[1..]).spawn(pts)?;
    Ok((child, pty))
}

impl Contender for PtyProcess {
    fn prepare(&mut self, streams: Streams, words: &[String]) -> Result<()> {
        ensure!(streams == Streams::Terminal, "it has no pipes");
        self.words = words.to_vec();
        Ok(())
    }

    fn run(&mut self) -> Result<u64> {
        let (words, buffer) = (&self.words, &mut self.buffer);
        self.runtime.block_on(async {
            let (mut child, mut pty) = spawn(words)?;
            let mut bytes = 0;
            // The end of the terminal is an error here.
            while let Ok(read) = pty.read(buffer).await {
                bytes += read as u64;
            }
            child.wait().await?;
            Ok(bytes)
        })
    }

    fn open(&mut self) -> Result<()> {
        let _inside = self.runtime.enter();
        pty_process::open()?;
        Ok(())
    }

    fn start(&mut self) -> Result<()> {
        let _inside = self.runtime.enter();
        self.live.push(spawn(&self.words)?);
        Ok(())
    }

    fn echo(&mut self, times: usize) -> Result<()> {
        let (_, pty) = self.live.last_mut().context("nobody is left")?;
        let buffer = &mut self.buffer;
        self.runtime.block_on(async {
            for _ in 0..times {
                pty.write_all(PING).await?;
                let mut back = 0;
                while back < PONG {
                    let read = pty.read(buffer).await?;
                    ensure!(read > 0, "the terminal has ended");
                    back += read;
                }
            }
            Ok(())
        })
    }

    fn kill_leader(&mut self) -> Result<()> {
        let (mut child, _pty) = self.live.pop().context("nobody is left")?;
        Ok(self.runtime.block_on(child.kill())?)
    }

    fn park(&mut self) -> Result<()> {
        Ok(self.runtime.block_on(parked::until_asked())?)
    }
}
