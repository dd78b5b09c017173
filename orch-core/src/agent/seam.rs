//! The two traits that an agent implements.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use orch_pty::Exit;
use serde::{Deserialize, Serialize};

use super::{NotInstalled, Probe, Program, WorkerEvent};
use crate::job::{Job, JobEnd};
use crate::redact::Redactor;

/// The adapter that knows one CLI.
pub trait Agent: fmt::Debug + Send + Sync + 'static {
    /// The name under which jobs ask for it.
    fn name(&self) -> &str;

    /// How its executable is found.
    fn program(&self) -> Program;

    /// The command for one turn of `job`. Every turn's command says the sandbox anew: a further turn never widens it.
    ///
    /// Call it through [`launch`](super::launch), which refuses what the agent has no ability for.
    ///
    /// # Errors
    /// When the agent cannot do what the job asks; the worker is then not started.
    fn launch(&self, job: &Job, dirs: &WorkerDirs, turn: &Turn) -> Result<Launch, AgentError>;

    /// Reads what one turn writes.
    fn decoder(&self, job: &Job) -> Box<dyn Decoder>;

    /// What this agent can do beside answering.
    fn skills(&self) -> Skills {
        Skills::default()
    }

    /// The variables of the orchestrator's environment that hold its credentials. Their values are taken out of
    /// everything that is stored or shown.
    fn secrets(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// What a [`doctor`](crate::doctor()) asks the program: is it the right one, is it logged in.
    fn probes(&self) -> Vec<Probe> {
        Vec::new()
    }
}

/// What an agent can do beside answering. The default is a program that is run once and held by nothing but a look at
/// what it changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent answers to four questions"
)]
pub struct Skills {
    /// Whether a further turn in the same conversation can be had.
    pub further_turns: bool,
    /// Whether it searches the web when it is asked to.
    pub web_search: bool,
    /// Whether it takes the deliverable's schema; otherwise the schema is told in the prompt. It is validated here
    /// either way.
    pub schema: bool,
    /// How strongly a reader is held to reading.
    pub reader: Hold,
    /// What it counts when it reports its use in a further turn.
    pub usage: UsageSpan,
    /// Whether its usage says what it cost.
    #[serde(default)]
    pub cost: bool,
}

/// How strongly a reader is held to reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Hold {
    /// By a look at what it changed, afterwards.
    #[default]
    Checked,
    /// The CLI does not give it the tools that write; a shell is such a tool.
    ToolsWithheld,
    /// By the CLI's own sandbox of the operating system.
    Enforced,
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Checked => "a look at what it changed",
            Self::ToolsWithheld => "tools that are withheld",
            Self::Enforced => "its own sandbox",
        })
    }
}

/// What a usage report of a further turn counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UsageSpan {
    /// The whole conversation so far.
    #[default]
    Conversation,
    /// That turn alone.
    Turn,
}

/// Reads one turn's output. Tolerant: what it does not know it counts, and it never panics.
pub trait Decoder: Send {
    /// Is told the secrets before the first byte. A decoder that cuts what it tells takes them out before it cuts: what
    /// is left of half a secret nobody knows again. All else is cleaned behind it.
    fn redact(&mut self, _redactor: &Redactor) {}

    /// Takes the next bytes of standard output, cut anywhere. A tool call is told when it begins and when it ends
    /// ([`WorkerEvent::ToolCall`], [`WorkerEvent::ToolDone`]): while one is under way silence is no stall.
    fn feed(&mut self, bytes: &[u8]) -> Vec<WorkerEvent>;

    /// Decides what became of the turn from all three signals together: what was fed, how the process ended, and the
    /// last-message file.
    fn finish(self: Box<Self>, exit: Exit, last_message: Option<&[u8]>) -> JobEnd;
}

/// Which turn of a conversation is launched.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Turn {
    /// The first.
    First,
    /// A further one.
    Next {
        /// The agent's own name for the conversation.
        thread: String,
    },
}

/// The directories of one worker.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerDirs {
    /// Where the worker stands.
    pub work_tree: PathBuf,
    /// A fresh private directory of this turn alone (0700), outside everything that a worker may write. It is made
    /// when the launch has something in it or says its path.
    pub private: PathBuf,
}

impl WorkerDirs {
    /// The two directories, both absolute.
    pub fn new(work_tree: impl Into<PathBuf>, private: impl Into<PathBuf>) -> Self {
        Self {
            work_tree: work_tree.into(),
            private: private.into(),
        }
    }

    /// The absolute path of a private file.
    pub fn private_file(&self, name: impl AsRef<Path>) -> PathBuf {
        self.private.join(name)
    }
}

/// How a turn is started. The prompt always goes by standard input, from memory or a private file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Launch {
    /// The program's arguments. Never the prompt: other users can read them.
    pub arguments: Vec<OsString>,
    /// Variables of the orchestrator's environment that this CLI needs, beside the ordinary ones.
    pub pass_env: Vec<String>,
    /// Variables that are set.
    pub set_env: Vec<(String, String)>,
    /// Private directories to make first: plain names.
    pub folders: Vec<String>,
    /// Private files to write first: plain names and contents.
    pub files: Vec<(String, Vec<u8>)>,
    /// The private file in which the agent leaves its last message.
    pub last_message: Option<String>,
    /// Directories of the work tree, by name, that the CLI may leave behind empty when it is interrupted. Those that
    /// were absent before and are empty afterwards are removed.
    pub stubs: Vec<String>,
    /// What goes in by standard input.
    pub input: Input,
    /// Where the CLI writes what its decoder reads.
    pub outlet: Outlet,
}

/// Where a turn's process writes what its [`Decoder`] reads. It has a terminal either way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outlet {
    /// On its terminal; its standard error is a pipe. Every process below it can open the terminal as `/dev/tty` and be
    /// taken for it.
    #[default]
    Terminal,
    /// Into a pipe, which is the CLI's standard output alone; its standard error is the terminal. What it starts
    /// without that output, as these CLIs start their tools, says nothing in its name by `/dev/tty`. A process of the
    /// same user that is not sandboxed can still write to `/proc/PID/fd/1`.
    Pipe,
    /// On a second terminal, which controls nobody; else as [`Pipe`](Self::Pipe). For a CLI that ends before a pipe has
    /// taken all that it wrote, and writes to a terminal at once.
    OwnTerminal,
}

/// What a turn's process reads from its standard input; it ends there, it is never an open pipe.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Input {
    /// The job's prompt.
    #[default]
    Prompt,
    /// This text, which has the job's prompt in it.
    Text(String),
    /// Nothing.
    Nothing,
}

/// Why an agent does not launch a job.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum AgentError {
    /// The agent has no such ability.
    #[error("{agent} cannot {what}")]
    Unsupported {
        /// The agent.
        agent: String,
        /// What it was asked for.
        what: String,
    },
    /// The prompt is too long for the agent.
    #[error(
        "prompt has {characters} characters, the agent takes {limit}: give it less text, or paths to read"
    )]
    PromptTooLong {
        /// Characters in the prompt.
        characters: usize,
        /// The most the agent takes.
        limit: usize,
    },
    /// Its program is not there.
    #[error(transparent)]
    NotInstalled(#[from] NotInstalled),
}
