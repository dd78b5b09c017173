//! Scripted workers: shell scripts that stand for a coding agent where no ordinary program can do the work.
//!
//! They really do it, on an example's own sample: they read their brief on standard input, read and change files, and
//! answer to the contract. They know nothing but the sample. Every line about them, of progress and of the result, says
//! that they are scripted.

use std::io::{self, Write};

use anyhow::bail;
use orch_patterns::agent::Tool;

use crate::flags::{AgentChoice, Common};

/// What stands before every line that is about scripted workers.
pub const MARK: &str = "scripted | ";

/// The name of the agent, and the label of the worker, of a scripted `role`.
pub fn name(role: &str) -> String {
    format!("scripted {role}")
}

/// The scripted worker of a `role`: `script` is run by a POSIX shell where the worker stands, with the brief on standard
/// input. What it prints is its answer.
pub fn scripted(role: &str, script: &str) -> Tool {
    Tool::new(name(role), "sh")
        .args(["-c", script, "scripted"])
        .prompt_on_stdin()
        .install("a POSIX shell is part of every system")
}

/// That scripted workers are not asked for anything of the user's: `what` was given, in words.
///
/// # Errors
/// When it was given and the agent is `tools`; says which agents can.
pub fn only_the_sample(common: &Common, given: bool, what: &str) -> anyhow::Result<()> {
    if given && common.agent == AgentChoice::Tools {
        bail!(
            "{what} needs a coding agent: the scripted workers of --agent tools know their own sample alone; choose \
             --agent codex, claude, opencode or gemini"
        );
    }
    Ok(())
}

/// `text` with the mark before every line that says something.
pub fn marked(text: &str) -> String {
    let mark = |line: &str| match line {
        "" => "\n".to_owned(),
        line => format!("{MARK}{line}\n"),
    };
    text.lines().map(mark).collect()
}

/// Writes lines on, each with the mark before it.
#[derive(Debug)]
pub struct Marked<W> {
    out: W,
    line: Vec<u8>,
}

impl<W: Write> Marked<W> {
    /// Lines to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            line: Vec::new(),
        }
    }
}

impl<W: Write> Write for Marked<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for &byte in bytes {
            if self.line.is_empty() {
                self.line.extend_from_slice(MARK.as_bytes());
            }
            self.line.push(byte);
            if byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                self.out.write_all(&line)?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_marked_however_it_is_written() {
        let mut out = Marked::new(Vec::new());
        for part in ["one", " line\ntwo\n", "\n", "three\n"] {
            out.write_all(part.as_bytes()).unwrap();
        }
        let text = String::from_utf8(out.out).unwrap();
        assert_eq!(
            text,
            "scripted | one line\nscripted | two\nscripted | \nscripted | three\n"
        );
        assert_eq!(marked("a\n\nb"), "scripted | a\n\nscripted | b\n");
    }
}
