//! What a check showed.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

/// What a command that was run showed: a fact, and no opinion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Evidence {
    /// The command, for a person.
    pub command: String,
    /// What its end says.
    pub verdict: Verdict,
    /// Whether it ran at all. Not, when there is no such program: another try finds out no more than this one.
    #[serde(default = "yes")]
    pub started: bool,
    /// How it ended: `exit code 1`, or why nothing was found out.
    pub ended: String,
    /// The end of what it printed, made plain, at most 16 KiB: hostile bytes, since it may repeat what a worker wrote.
    pub output: String,
}

/// What is kept from before it was said did start.
fn yes() -> bool {
    true
}

impl fmt::Display for Evidence {
    /// One line: the command and how it ended.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.command, self.verdict, self.ended)
    }
}
