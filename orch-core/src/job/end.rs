//! What became of a job, as its engine tells it: before anybody looked at the answer's content.

use orch_pty::Exit;
use serde::{Deserialize, Serialize};

use crate::outcome::{Failure, NotStarted};

/// The end of one turn of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JobEnd {
    /// What became of it.
    pub end: End,
    /// How the process ended, where there was one.
    pub exit: Option<Exit>,
    /// What the agent reported of its use; none when it reported nothing (which is not zero).
    pub usage: Option<Usage>,
    /// The agent's own name for the conversation: further turns go there.
    pub thread: Option<String>,
    /// The last of what the worker wrote to its standard error: hostile bytes, for a person to look at.
    pub stderr_tail: String,
    /// Whether a descendant held the terminal open after the worker had ended.
    pub leaked: bool,
    /// Processes of the worker that are alive after everything was done to end them; empty unless something is wrong.
    pub left: Vec<u32>,
}

/// How a turn ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum End {
    /// The agent completed its turn and left this final message.
    Answered(String),
    /// It ran and failed.
    Failed(Failure),
    /// It was stopped because we asked for it.
    Cancelled,
    /// It never ran.
    NotStarted(NotStarted),
}

/// Tokens, as the agent reported them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(clippy::struct_field_names, reason = "the names that the services use")]
pub struct Usage {
    /// Tokens sent to the model, cached ones included.
    pub input_tokens: u64,
    /// Of these, tokens that the service had in its cache.
    pub cached_input_tokens: u64,
    /// Tokens that the model wrote, its reasoning included.
    pub output_tokens: u64,
}

impl Usage {
    /// So many tokens in (of which `cached` came from a cache) and out.
    pub fn new(input_tokens: u64, cached_input_tokens: u64, output_tokens: u64) -> Self {
        Self {
            input_tokens,
            cached_input_tokens,
            output_tokens,
        }
    }
}

impl JobEnd {
    /// An end of which nothing more is known.
    pub fn new(end: End) -> Self {
        Self {
            end,
            exit: None,
            usage: None,
            thread: None,
            stderr_tail: String::new(),
            leaked: false,
            left: Vec::new(),
        }
    }
}
