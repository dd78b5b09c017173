//! One file as a writer found it and left it.

use std::path::PathBuf;

use crate::beneath::Leaf;

/// One changed file or link; the path is relative to the work tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) path: PathBuf,
    pub(crate) before: Option<Leaf>,
    pub(crate) after: Option<Leaf>,
}

impl Change {
    /// The change that undoes this one.
    pub(super) fn reversed(&self) -> Self {
        Self {
            path: self.path.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
        }
    }
}
