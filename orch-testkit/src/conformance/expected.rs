//! What a case comes to: what is expected of an agent, and what was found.

use std::fmt;

use orch_core::FailClass;

/// What is expected of an agent in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expected {
    /// How the case ends.
    pub ending: Ending,
    /// Why this agent differs from the usual; none when it does not.
    pub because: Option<&'static str>,
}

/// How a case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// With the answer.
    Answer,
    /// With a failure of this class.
    Failure(FailClass),
    /// Not at all: by its nature the agent has no such thing.
    NotApplicable,
}

impl Expected {
    pub(super) const fn usual(ending: Ending) -> Self {
        Self {
            ending,
            because: None,
        }
    }

    /// The agent differs from the usual, for this reason.
    pub const fn because(ending: Ending, reason: &'static str) -> Self {
        Self {
            ending,
            because: Some(reason),
        }
    }
}

/// What was found: as expected, or the case has no meaning for the agent. Anything else is a
/// [`Complaint`](super::Complaint).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// As every agent.
    Passed,
    /// As expected of this agent, for this reason.
    PassedSo(&'static str),
    /// Not run, for this reason.
    NotApplicable(&'static str),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::PassedSo(reason) => write!(f, "passed: {reason}"),
            Self::NotApplicable(reason) => write!(f, "not applicable: {reason}"),
        }
    }
}
