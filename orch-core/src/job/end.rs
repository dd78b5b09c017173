//! What became of a job, as its engine tells it: before anybody looked at the answer's content.

use orch_pty::Exit;
use serde::{Deserialize, Serialize};

use super::Usage;
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
    /// Where the answer was captured; none where there is no answer, or it was not captured in two ways.
    #[serde(default)]
    pub capture: Option<Capture>,
    /// The agent's own name for the conversation: further turns go there.
    pub thread: Option<String>,
    /// The files that the agent itself says it changed, in its own words: absolute, or from where it stood.
    #[serde(default)]
    pub changed: Vec<String>,
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

/// Where an answer was captured: from the agent's last-message file, from its events, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Capture {
    /// Both had it, and they agree.
    Agreed,
    /// Both had one and they differ: the file is the answer, since it is what the agent promises to be the last message.
    Differed,
    /// The file alone had it.
    File,
    /// The events alone had it.
    Events,
}

impl JobEnd {
    /// An end of which nothing more is known.
    pub fn new(end: End) -> Self {
        Self {
            end,
            exit: None,
            usage: None,
            capture: None,
            thread: None,
            changed: Vec::new(),
            stderr_tail: String::new(),
            leaked: false,
            left: Vec::new(),
        }
    }
}
