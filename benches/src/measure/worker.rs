//! A worker as the measuring process sees it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use crate::contender::Kind;
use crate::worker::{Ask, Reply, Streams};

/// A process of a contender. When it is dropped its standard input ends, upon which it ends itself.
pub(crate) struct Worker {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// How a worker is started.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setting {
    /// GiB that it touches and holds.
    pub(crate) memory: usize,
    /// Whether it and its children stay on the first processor.
    pub(crate) pinned: bool,
    /// Words before its command line, for instance a tracer's.
    pub(crate) under: Vec<String>,
}

impl Worker {
    pub(crate) fn hire(kind: Kind, setting: &Setting) -> Result<Self> {
        let own = std::env::current_exe()?;
        let mut words = setting
            .under
            .iter()
            .map(std::ffi::OsString::from)
            .collect::<Vec<_>>();
        words.push(own.into());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg("worker").arg(kind.word());
        command.args(["--memory", &setting.memory.to_string()]);
        if setting.pinned {
            command.arg("--pinned");
        }
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", words[0].display()))?;
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().context("its output")?);
        Ok(Self {
            process,
            input,
            output,
        })
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, ask: &Ask) -> Result<Reply> {
        let mut text = serde_json::to_string(ask)?;
        text.push('\n');
        let input = self.input.as_mut().context("a worker that listens")?;
        input.write_all(text.as_bytes()).context("asking a worker")?;
        let mut line = String::new();
        ensure!(self.output.read_line(&mut line)? > 0, "a worker ended at {text}");
        let reply: Reply = serde_json::from_str(&line)?;
        match reply.error {
            Some(error) => bail!("a worker failed at {}: {error}", text.trim_end()),
            None => Ok(reply),
        }
    }

    pub(crate) fn prepare(&mut self, streams: Streams, words: &[String]) -> Result<()> {
        let words = words.to_vec();
        self.ask(&Ask::Prepare { streams, words }).map(drop)
    }

    /// The number of the started process: of the tracer when there is one.
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Kills it without a warning. Whatever it had started is on its own.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Lets it end by itself and waits for that.
    pub(crate) fn dismiss(mut self) -> Result<()> {
        self.input = None;
        let status = self.process.wait()?;
        ensure!(status.success(), "a worker ended with {status}");
        Ok(())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.input = None;
        // There is nobody left to tell.
        let _ = self.process.wait();
    }
}
