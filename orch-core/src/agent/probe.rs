//! What a doctor asks an agent's program, and a pure reading of what it prints.
//!
//! A probe is data: the [`doctor`](crate::doctor()) runs it. It sends no prompt and costs nothing.

use std::ffi::OsString;
use std::fmt;

use orch_pty::Exit;
use serde::Serialize;

use crate::plain;

/// How much of a program's words a finding shows.
const WIDTH: usize = 200;

/// One question to an agent's program.
#[derive(Clone)]
#[non_exhaustive]
#[must_use = "a probe does nothing until a doctor runs it"]
pub struct Probe {
    /// What is asked.
    pub asks: Question,
    /// The program's arguments.
    pub arguments: Vec<OsString>,
    /// Variables of the orchestrator's environment that the program needs for it.
    pub pass_env: Vec<String>,
    /// Variables that are set.
    pub set_env: Vec<(String, String)>,
    /// What its answer means.
    pub read: fn(&Printed) -> Reading,
}

/// What a probe asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Question {
    /// Which version is it?
    Version,
    /// Is it logged in?
    Login,
}

/// What a program printed when it was probed, bounded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Printed {
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
    /// How it ended.
    pub exit: Exit,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reading {
    /// All is well; the text says what was found.
    Good(String),
    /// It may not work.
    Doubtful {
        /// What was found.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// It cannot work.
    Bad {
        /// What was found.
        what: String,
        /// What to do.
        remedy: String,
    },
}

impl Probe {
    /// A probe with an own reading of its answer.
    pub fn new(
        asks: Question,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
        read: fn(&Printed) -> Reading,
    ) -> Self {
        Self {
            asks,
            arguments: arguments.into_iter().map(Into::into).collect(),
            pass_env: Vec::new(),
            set_env: Vec::new(),
            read,
        }
    }

    /// Asks for the version: whatever a program prints that ends well.
    pub fn version(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self::new(Question::Version, arguments, |printed| match printed.exit {
            Exit::Code(0) => Reading::Good(printed.last_line()),
            exit => Reading::Bad {
                what: format!("it ended with {exit}: {}", printed.last_line()),
                remedy: "install it again".to_owned(),
            },
        })
    }

    /// Asks whether it is logged in.
    pub fn login(
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
        read: fn(&Printed) -> Reading,
    ) -> Self {
        Self::new(Question::Login, arguments, read)
    }

    /// Lets variables of the orchestrator's environment through.
    pub fn pass_env(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.pass_env.extend(names.into_iter().map(Into::into));
        self
    }

    /// Sets variables.
    pub fn set_env(mut self, variables: &[(String, String)]) -> Self {
        self.set_env.extend_from_slice(variables);
        self
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe")
            .field("asks", &self.asks)
            .field("arguments", &self.arguments)
            .finish_non_exhaustive()
    }
}

impl Printed {
    /// What was printed, and how the program ended.
    pub fn new(stdout: impl Into<String>, stderr: impl Into<String>, exit: Exit) -> Self {
        Self {
            stdout: stdout.into(),
            stderr: stderr.into(),
            exit,
        }
    }

    /// The last line of its standard output that is not blank, or else of its standard error; harmless, on one line.
    pub fn last_line(&self) -> String {
        let last = |text: &str| {
            text.lines()
                .map(|line| plain::line(line, WIDTH))
                .rfind(|line| !line.is_empty())
        };
        last(&self.stdout)
            .or_else(|| last(&self.stderr))
            .unwrap_or_else(|| "it printed nothing".to_owned())
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => "version",
            Self::Login => "login",
        })
    }
}
