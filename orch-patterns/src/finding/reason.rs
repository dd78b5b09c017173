//! Why an item has its rank, as data: programs match on it, people read it with `Display`.
//!
//! How much each reason weighs is in `rank`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Severity;

/// One reason for the rank of a [`Merged`](super::Merged) item. Its `Display` is a phrase for people; the names of
/// sources in it are as they were given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// How many said it.
    SeenBy {
        /// Those that said it, sorted.
        sources: Vec<String>,
        /// How many were asked.
        panel: u32,
    },
    /// How bad it is.
    Severity {
        /// The worst that a member gave; this counts.
        worst: Severity,
        /// What other members say, the worst first, each once.
        others: Vec<Severity>,
    },
    /// How early its source put it.
    OwnOrder {
        /// The best place that any member has in its source's own list, 1 for the first.
        place: u32,
        /// That source.
        source: String,
    },
    /// How sure its sources are.
    Confidence {
        /// The highest that a member gave, 0 to 1.
        highest: f64,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeenBy { sources, panel } => {
                write!(f, "seen by {} of {panel}: {}", sources.len(), sources.join(", "))
            }
            Self::Severity { worst, others } if others.is_empty() => write!(f, "severity {worst}"),
            Self::Severity { worst, others } => {
                let others: Vec<&str> = others.iter().map(|severity| severity.as_str()).collect();
                write!(f, "severity {worst}, others say {}", others.join(", "))
            }
            Self::OwnOrder { place, source } => write!(f, "number {place} in the list of {source}"),
            Self::Confidence { highest } => write!(f, "confidence up to {highest:.2}"),
        }
    }
}
