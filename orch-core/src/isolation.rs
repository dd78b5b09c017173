//! Where a writer stands while it works.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a writer stands. Unless a desk says otherwise: a [`Clone`](Isolation::Clone) where more than one worker may run
/// at once and the work tree is a git repository, else [`InPlace`](Isolation::InPlace).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Isolation {
    /// In the user's work tree itself. What it changes beside its paths is a scope violation, and a file that somebody
    /// else saves there meanwhile cannot be told from it.
    InPlace,
    /// In a linked git work tree. It has the repository's branches, and shares the repository's configuration: a
    /// rewritten configuration is a scope violation.
    Worktree,
    /// In a repository of its own that knows the same commits. Nothing it does there reaches the user's.
    /// Files that git ignores, and submodules, are not in it: what is built is built anew. Where there is no
    /// repository it is a private copy of the work tree.
    Clone,
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InPlace => "in place",
            Self::Worktree => "in a work tree of its own",
            Self::Clone => "in a clone",
        })
    }
}
