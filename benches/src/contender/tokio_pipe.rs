//! tokio's processes with standard output on a pipe: no terminal, the floor of the async ways.

use std::process::Stdio;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::runtime::Runtime;

use super::{BUFFER, Contender, parked};
use crate::worker::Streams;

pub(super) struct TokioPipe {
    words: Vec<String>,
    live: Vec<Child>,
    buffer: Vec<u8>,
    runtime: Runtime,
}

impl TokioPipe {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            words: Vec::new(),
            live: Vec::new(),
            buffer: vec![0; BUFFER],
            runtime: parked::runtime()?,
        })
    }
}

fn spawn(words: &[String]) -> Result<Child> {
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    Ok(command.spawn()?)
}

impl Contender for TokioPipe {
    fn prepare(&mut self, streams: Streams, words: &[String]) -> Result<()> {
        ensure!(streams == Streams::Pipe, "it has no terminals");
        self.words = words.to_vec();
        Ok(())
    }

    fn run(&mut self) -> Result<u64> {
        let (words, buffer) = (&self.words, &mut self.buffer);
        self.runtime.block_on(async {
            let mut child = spawn(words)?;
            let mut stdout = child.stdout.take().context("a pipe")?;
            let mut bytes = 0;
            loop {
                match stdout.read(buffer).await? {
                    0 => break,
                    read => bytes += read as u64,
                }
            }
            child.wait().await?;
            Ok(bytes)
        })
    }

    fn open(&mut self) -> Result<()> {
        bail!("it has no terminals")
    }

    fn start(&mut self) -> Result<()> {
        let _inside = self.runtime.enter();
        self.live.push(spawn(&self.words)?);
        Ok(())
    }

    fn kill_leader(&mut self) -> Result<()> {
        let mut child = self.live.pop().context("nobody is left")?;
        Ok(self.runtime.block_on(child.kill())?)
    }

    fn park(&mut self) -> Result<()> {
        Ok(self.runtime.block_on(parked::until_asked())?)
    }
}
