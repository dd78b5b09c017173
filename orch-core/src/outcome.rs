//! What became of a worker.
//!
//! A worker that died, was refused or never began has *no* result; nothing here can be read as "found nothing".
//! This module names the ways; it decides none of them (the agents do, from events, exit status and last message).

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::limits::{Quota, Resource};
use crate::refusal::{Refusal, Trouble};
use crate::roll::Unknown;

/// What became of one worker: its deliverable, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[must_use = "an outcome says whether the worker did its work at all"]
pub enum Outcome<T> {
    /// The worker answered, and its answer is to the contract.
    Done(T),
    /// There is no deliverable.
    Unfinished(Unfinished),
}

/// Why a worker has no deliverable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unfinished {
    /// The worker answered, but not to the contract, also after the repair turns it was given.
    #[error("invalid answer: {complaint}")]
    Invalid {
        /// What is wrong with the answer.
        complaint: String,
        /// The answer as it came, without control characters, cut where it is very long: for a person to look at.
        raw: String,
    },
    /// The worker ran and failed.
    #[error("{0}")]
    Failed(Failure),
    /// The worker was stopped because nobody wanted its answer any more.
    #[error("cancelled")]
    Cancelled,
    /// The worker never ran.
    #[error("not started: {0}")]
    NotStarted(NotStarted),
}

/// How a worker failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind of failure: what a retry policy looks at.
    pub class: FailClass,
    /// What happened, for a person: one or a few lines, without control characters.
    pub detail: String,
    /// What it says about the account's quota, where it is of class [`FailClass::Quota`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
}

/// Kinds of failure. What may be retried with hope is [`FailClass::is_transient`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailClass {
    /// The agent could not talk to its model: network, server errors, dropped streams.
    Transport,
    /// The agent is not logged in, or its credentials were refused.
    Auth,
    /// The account's quota or rate limit is used up.
    Quota,
    /// The prompt or the conversation is too long for the model.
    ContextTooLong,
    /// The model or its service refused the request itself (for example by its usage policy).
    Refused,
    /// The agent, its model or the service does not have what the job asks for: a parameter, a feature, a schema of
    /// this form. What is known before the start is [`NotStarted::Unsupported`].
    Unsupported,
    /// The agent's sandbox or its permissions kept the worker from its work, or the sandbox could not be had. A worker
    /// that answers all the same is done; its denied calls are
    /// [`WorkerEvent::Denied`](crate::job::WorkerEvent::Denied).
    SandboxRefused,
    /// Nothing was heard from the worker for its idle limit.
    IdleTimeout,
    /// The worker ran into its total limit.
    TotalTimeout,
    /// The worker's process ended in a way its agent does not use for answers.
    Crashed,
    /// The worker's process was ended by a signal that we did not send.
    Killed,
    /// The worker's process ended well and left no final message.
    NoAnswer,
    /// A reader changed what it was only to read.
    ScopeViolation,
    /// The machine refused what was needed to go on: a full disk, missing rights, no more open files. Nobody's wrong use and
    /// not the worker's doing. What is known before the start is [`NotStarted::MachineRefused`].
    MachineRefused,
    /// The agent reported a failure that fits no other class.
    Other,
}

/// Why a worker never ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NotStarted {
    /// The agent's program is not on this machine; the text says how to install it.
    NotInstalled(String),
    /// The program was found and could not be started; the text says why.
    SpawnFailed(String),
    /// The agent cannot do what the job asks.
    Unsupported(String),
    /// No agent of this name is registered.
    UnknownAgent {
        /// The name that the worker has.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// The prompt is larger than the agent takes.
    PromptTooLong {
        /// Characters in the prompt.
        characters: usize,
        /// The most the agent takes.
        limit: usize,
    },
    /// This was a rehearsal: everything was prepared and nothing started.
    Rehearsal,
    /// The account's quota is used up, until then where that is known.
    QuotaUntil(Option<Timestamp>),
    /// The budget does not have what the worker was expected to use.
    OverBudget {
        /// Of what.
        what: Resource,
        /// What was spent, in the resource's unit.
        spent: u64,
        /// What is reserved for workers in flight.
        reserved: u64,
        /// What the worker was expected to use.
        estimate: u64,
        /// What may be spent.
        limit: u64,
    },
    /// A worker of a worker: deeper below the program that a person started than is allowed.
    TooDeep {
        /// The level that it would have had; 1 for the workers of a program that a person started.
        depth: u32,
        /// The deepest that is allowed.
        limit: u32,
    },
    /// Nobody waited for it any more before it was its turn: its run was cancelled, or others had answered.
    LetGo,
    /// The paths it was to write are being written by somebody else; the text names them.
    Leased(String),
    /// The machine refused what it needs: the disk is full, say. Other workers may go on; what was delivered stays.
    MachineRefused(Refusal),
}

impl NotStarted {
    /// What `doing` came to, where that keeps a worker from its start.
    pub(crate) fn of(trouble: Trouble, doing: &str) -> Self {
        match trouble.refusal(doing) {
            Ok(refusal) => Self::MachineRefused(refusal),
            Err(why) => Self::SpawnFailed(format!("{doing}: {why}")),
        }
    }
}

impl FailClass {
    /// Whether the same work may well succeed when it is tried again later. A quota may be either: ask the
    /// [`Failure`].
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            Self::Transport | Self::IdleTimeout | Self::Killed | Self::Crashed
        )
    }
}

impl Failure {
    /// A failure of `class` with words for a person; control characters are taken out. What the words say about a
    /// quota is read.
    pub fn new(class: FailClass, detail: impl AsRef<str>) -> Self {
        let detail = crate::plain::block(detail.as_ref());
        let quota = (class == FailClass::Quota).then(|| Quota::of_words(&detail));
        Self { class, detail, quota }
    }

    /// Whether the same work may well succeed when it is tried again later: the [class](FailClass::is_transient)
    /// decides, and for a quota what its service said.
    pub fn is_transient(&self) -> bool {
        match self.class {
            FailClass::Quota => self.quota.is_some_and(Quota::is_transient),
            class => class.is_transient(),
        }
    }
}

impl<T> Outcome<T> {
    /// The deliverable, or why there is none. `?` turns the latter into an [`Error`](crate::Error).
    ///
    /// # Errors
    /// The reason, when there is no deliverable.
    pub fn into_result(self) -> Result<T, Unfinished> {
        match self {
            Self::Done(value) => Ok(value),
            Self::Unfinished(why) => Err(why),
        }
    }

    /// The outcome with its deliverable replaced.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Done(value) => Outcome::Done(f(value)),
            Self::Unfinished(why) => Outcome::Unfinished(why),
        }
    }

    /// Whether there is a deliverable.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }
}

impl Unfinished {
    /// Whether the same work may well succeed when it is tried again: [`Failure::is_transient`]. What was cancelled,
    /// never started, or answered wrongly after its repair turns is not transient.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Failed(failure) if failure.is_transient())
    }

    /// What the machine refused, where it never ran for that.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::NotStarted(NotStarted::MachineRefused(refusal)) => Some(refusal),
            _ => None,
        }
    }

    /// A short stable word for tables and logs: `invalid`, `failed`, `cancelled` or `not_started`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "invalid",
            Self::Failed(_) => "failed",
            Self::Cancelled => "cancelled",
            Self::NotStarted(_) => "not_started",
        }
    }
}

impl fmt::Display for FailClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transport => "transport failure",
            Self::Auth => "not authorised",
            Self::Quota => "quota used up",
            Self::ContextTooLong => "context too long",
            Self::Refused => "request refused",
            Self::Unsupported => "not supported",
            Self::SandboxRefused => "refused by its sandbox",
            Self::IdleTimeout => "idle time-out",
            Self::TotalTimeout => "time-out",
            Self::Crashed => "crashed",
            Self::Killed => "killed",
            Self::NoAnswer => "no final message",
            Self::ScopeViolation => "scope violation",
            Self::MachineRefused => "refused by the machine",
            Self::Other => "failed",
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            write!(f, "{}", self.class)
        } else {
            write!(f, "{}: {}", self.class, self.detail)
        }
    }
}

impl fmt::Display for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled(why) | Self::SpawnFailed(why) | Self::Unsupported(why) | Self::Leased(why) => {
                f.write_str(why)
            }
            Self::PromptTooLong { characters, limit } => {
                write!(f, "prompt has {characters} characters, the agent takes {limit}")
            }
            Self::UnknownAgent { name, known } => Unknown { name, known }.fmt(f),
            Self::MachineRefused(refusal) => refusal.fmt(f),
            Self::Rehearsal => f.write_str("rehearsal"),
            Self::LetGo => f.write_str("nobody waited for it any more"),
            Self::QuotaUntil(Some(until)) => write!(f, "quota of the account is used up until {until}"),
            Self::QuotaUntil(None) => f.write_str("quota of the account is used up, nobody said until when"),
            Self::OverBudget {
                what: Resource::Wall,
                limit,
                ..
            } => write!(f, "budget of {} is over", Resource::Wall.show(*limit)),
            Self::OverBudget {
                what,
                spent,
                reserved,
                estimate,
                limit,
            } => write!(
                f,
                "budget of {} does not have {} more: {} are spent and {} reserved; raise it, or set the agent's estimate",
                what.show(*limit),
                what.show(*estimate),
                what.show(*spent),
                what.show(*reserved)
            ),
            Self::TooDeep { depth, limit } => write!(
                f,
                "worker would stand {depth} levels deep and {limit} are allowed; let the outermost program start it, or raise its budget's depth"
            ),
        }
    }
}
