//! What merging takes and gives: `Reported` in, `Merged` out.

use serde::{Deserialize, Serialize};

use super::{Finding, Reason, Severity};

/// A finding, who said it, and its place in that source's own list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reported {
    /// The reviewer: a name that is the same for all its findings and differs from every other's.
    pub source: String,
    /// The place in the source's own list, 0 for the first.
    pub order: u32,
    /// What it said.
    pub finding: Finding,
}

/// One defect as the reader is shown it, with everything that was said about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Merged {
    /// The member to show: the one most like the others, verbatim.
    pub primary: Finding,
    /// The place in the whole list, 1 for the first. Every number up to the length of the list is given once.
    pub rank: u32,
    /// What the rank was decided by: how bad, times how likely it is right. Greater is more important; between 0
    /// and 8, comparable within one list only.
    pub score: f64,
    /// The worst severity that any member gave.
    pub severity: Severity,
    /// The sources that said it, sorted, each once.
    pub seen_by: Vec<String>,
    /// Everything that was said, the primary among it; at most one of each source.
    pub members: Vec<Reported>,
    /// Other items that may be the same defect, the likeliest first, at most three.
    pub related: Vec<Related>,
    /// Why it has this rank.
    pub reasons: Vec<Reason>,
}

/// A pointer to another item that may be the same defect.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Related {
    /// The rank of the other item.
    pub rank: u32,
    /// How alike the two liker members are in wording, 0 to 1.
    pub likeness: f64,
    /// Why it was not joined.
    pub why: Relation,
}

/// Why two items that may be one defect were kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Relation {
    /// One source said both; findings of one source are never joined.
    SameSource,
    /// Too little in common, but not by far: worth a second look.
    Uncertain,
}
