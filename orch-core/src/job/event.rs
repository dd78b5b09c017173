//! What a worker does while it runs, in words that all agents share.

use serde::{Deserialize, Serialize};

use super::Usage;

/// One thing that a worker did. Texts are hostile bytes: show them through [`plain`](crate::plain).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum WorkerEvent {
    /// Its process runs.
    Started {
        /// The process.
        pid: u32,
        /// Its terminal, `/dev/pts/N`; none when it runs on pipes.
        terminal: Option<String>,
    },
    /// The agent named its conversation.
    Thread {
        /// The agent's own name for it.
        id: String,
    },
    /// The agent began a turn.
    TurnStarted,
    /// The agent said something; the last message of a turn may be its answer.
    Message {
        /// The beginning of what it said, on one line.
        text: String,
    },
    /// The agent uses a tool.
    ToolCall {
        /// What it does, as far as one line can say it.
        text: String,
    },
    /// A tool that the agent used has ended, well or not.
    ToolDone,
    /// A tool call was not let through: the sandbox or the permissions refused it, or the worker has no such tool, as
    /// a reader has none to write. The model is told and goes on. Not every agent tells of every one: codex is silent
    /// about a patch that its sandbox refuses, and about a command that fails at once.
    Denied {
        /// What was denied, and in whose words.
        text: String,
    },
    /// The agent reported its use.
    Used {
        /// Tokens of the whole conversation so far.
        usage: Usage,
    },
    /// The agent complained and goes on: a retry, a configuration it did not like.
    Warning {
        /// Its words.
        text: String,
    },
    /// Something was heard that is none of the above.
    Activity,
    /// The agent sent an event that this version does not know.
    Unknown {
        /// The event's type, as far as it had one.
        name: String,
    },
}

impl WorkerEvent {
    /// Whether this shows that the work goes on. A complaint does not: an agent that only says that it tries again
    /// stands still.
    pub fn is_progress(&self) -> bool {
        !matches!(self, Self::Warning { .. } | Self::Unknown { .. })
    }
}
