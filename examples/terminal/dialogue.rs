//! A conversation with an interpreter at its prompt.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use orch_pty::{Command, Drain, Drained, Process, Size, SpawnError, Terminal, Tier, WriteError};

/// A prompt that is not there by then does not come.
const PATIENCE: Duration = Duration::from_secs(20);
/// A prompt that nobody's output contains by chance.
const PROMPT: &str = "ready-for-more> ";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Interpreter {
    Python3,
    Bash,
}

impl Interpreter {
    /// It leaves no history: there is no home to put it in, and empty names say so to those that know the variables.
    fn command(self) -> Command {
        let command = match self {
            Self::Python3 => Command::new("python3")
                .args(["-i", "-q"])
                .env("PYTHON_BASIC_REPL", "1"),
            Self::Bash => Command::new("bash").args(["--norc", "--noprofile", "--noediting", "-i"]),
        };
        command
            .env("HOME", "/nonexistent")
            .env("HISTFILE", "")
            .env("PYTHON_HISTORY", "")
    }

    /// Makes the prompt one that can be waited for.
    fn set_prompt(self) -> String {
        // In two parts, so that the echo of this line is not taken for the prompt.
        let (first, second) = PROMPT.split_at(6);
        match self {
            Self::Python3 => format!("import sys; sys.ps1 = '{first}' + '{second}'\n"),
            Self::Bash => format!("PS1='{first}''{second}'\n"),
        }
    }

    fn lines(self) -> [&'static str; 3] {
        match self {
            Self::Python3 => [
                "sum(range(101))\n",
                "import os; os.isatty(0), os.get_terminal_size().columns\n",
                "import time; print('be' 'gun', flush=True); time.sleep(1000)\n",
            ],
            Self::Bash => [
                "echo $((100 * 101 / 2))\n",
                "tty; stty size\n",
                "sh -c 'echo be\"\"gun; exec sleep 1000'\n",
            ],
        }
    }
}

/// Asks, is answered, interrupts, and says goodbye by the end of input.
pub(crate) async fn hold(chosen: Option<Interpreter>, tier: Tier) -> Result<()> {
    let (interpreter, process) = start(chosen, tier)?;
    let Process {
        mut child, terminal, ..
    } = process;
    let terminal = std::sync::Arc::new(terminal.context("the program was given no terminal")?);
    println!(
        "process {} in {}, contained by: {}",
        child.pid(),
        terminal.path().display(),
        child.containment()
    );
    terminal.write_all(interpreter.set_prompt().as_bytes()).await?;
    until_prompt(&terminal).await?;

    let [first, second, endless] = interpreter.lines();
    for line in [first, second] {
        terminal.write_all(line.as_bytes()).await?;
        show(&until_prompt(&terminal).await?);
    }
    terminal.write_all(endless.as_bytes()).await?;
    // The echo of the line has the word in two parts. What runs says it, not the shell: it has the foreground then.
    until(&terminal, "begun").await?;
    terminal.interrupt()?;
    show(&until_prompt(&terminal).await?);
    println!("| (interrupted)");

    match terminal.send_eof().await {
        // It reads key by key, and understands that byte by itself.
        Err(WriteError::NoEndOfFile) => terminal.write_all(b"\x04").await?,
        sent => sent?,
    }
    let mut drain = Drain::of(&child).terminal(Some(std::sync::Arc::clone(&terminal)));
    let mut buffer = vec![0; 64 * 1024];
    while let Drained::Chunk { .. } = drain.read(&mut buffer).await? {}
    println!("after the end of input: {}", child.wait().await?);
    Ok(())
}

fn start(chosen: Option<Interpreter>, tier: Tier) -> Result<(Interpreter, Process)> {
    let candidates = chosen.map_or_else(|| vec![Interpreter::Python3, Interpreter::Bash], |one| vec![one]);
    let mut missing = None;
    for interpreter in candidates {
        let command = interpreter.command().size(Size::new(40, 100)).require(tier);
        match command.spawn() {
            Ok(process) => return Ok((interpreter, process)),
            Err(error @ SpawnError::NotFound { .. }) => missing = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    match missing {
        Some(error) => Err(error.into()),
        None => bail!("no interpreter was chosen"),
    }
}

async fn until_prompt(terminal: &Terminal) -> Result<String> {
    until(terminal, PROMPT).await
}

async fn until(terminal: &Terminal, word: &str) -> Result<String> {
    let mut said = String::new();
    let mut buffer = [0; 4096];
    let reading = async {
        while !said.contains(word) {
            match terminal.read(&mut buffer).await? {
                0 => bail!("the program ended before it said {word:?}"),
                read => said.push_str(&String::from_utf8_lossy(&buffer[..read])),
            }
        }
        Ok(())
    };
    match tokio::time::timeout(PATIENCE, reading).await {
        Ok(read) => read?,
        Err(_) => bail!(
            "the program did not say {word:?} within {} s; it said {said:?}",
            PATIENCE.as_secs()
        ),
    }
    Ok(said)
}

/// What it said, without what could do something to the terminal that shows it.
fn show(said: &str) {
    for line in said.replace(PROMPT, "").lines() {
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        if !line.is_empty() {
            println!("| {line}");
        }
    }
}
