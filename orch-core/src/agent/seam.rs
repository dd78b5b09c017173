//! The two traits that an agent implements.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use orch_pty::Exit;

use super::{NotInstalled, Program, WorkerEvent};
use crate::job::{Job, JobEnd};

/// The adapter that knows one CLI.
pub trait Agent: fmt::Debug + Send + Sync + 'static {
    /// The name under which jobs ask for it.
    fn name(&self) -> &str;

    /// How its executable is found.
    fn program(&self) -> Program;

    /// The command for one turn of `job`.
    ///
    /// # Errors
    /// When the agent cannot do what the job asks; the worker is then not started.
    fn launch(&self, job: &Job, dirs: &WorkerDirs, turn: &Turn) -> Result<Launch, AgentError>;

    /// Reads what one turn writes.
    fn decoder(&self, job: &Job) -> Box<dyn Decoder>;

    /// Whether a further turn in the same conversation can be had.
    fn takes_turns(&self) -> bool {
        false
    }
}

/// Reads one turn's output. Tolerant: what it does not know it counts, and it never panics.
pub trait Decoder: Send {
    /// Takes the next bytes of standard output, cut anywhere.
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
    /// A fresh private directory of this turn alone (0700), outside everything that a worker may write.
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
    /// Private files to write first: plain names and contents.
    pub files: Vec<(String, Vec<u8>)>,
    /// The private file in which the agent leaves its last message.
    pub last_message: Option<String>,
    /// Whether standard input is empty instead of the prompt.
    pub no_prompt: bool,
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
