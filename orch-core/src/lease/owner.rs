//! Who asks for a lease, in the words of its run. It decides who is so near that one would wait for itself.

use std::fmt;
use std::sync::Arc;

use crate::ids::RunId;

/// A step of a run, and what it wants a lease for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    run: RunId,
    step: Arc<[String]>,
    purpose: Purpose,
}

/// What a lease is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// A desk: kept as long as the program likes.
    Desk,
    /// Bringing a patch in: over as soon as it is done.
    Merge,
}

impl Owner {
    /// The desk of a step.
    pub(crate) fn desk(run: RunId, step: Arc<[String]>) -> Self {
        let purpose = Purpose::Desk;
        Self { run, step, purpose }
    }

    /// The same step, bringing in what was done at its desk.
    pub(crate) fn merge(&self) -> Self {
        let purpose = Purpose::Merge;
        Self {
            purpose,
            ..self.clone()
        }
    }

    pub(super) fn is_desk(&self) -> bool {
        self.purpose == Purpose::Desk
    }

    /// Whether the other is the same step of the same run, or one above or beneath it.
    pub(super) fn is_near(&self, other: &Self) -> bool {
        self.run == other.run && (self.step.starts_with(&other.step) || other.step.starts_with(&self.step))
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.step.is_empty() {
            f.write_str("the run itself")
        } else {
            write!(f, "step {}", self.step.join("/"))
        }
    }
}
