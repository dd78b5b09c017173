//! Why a patch was not merged. The user's tree is then as it was.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::error::{Error, Halt};

/// A file that a patch and somebody else changed, each in its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The file, relative to the work tree.
    pub path: PathBuf,
    /// What stands against it, for a person.
    pub why: String,
}

/// Why a patch was not merged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PatchError {
    /// Others changed the same places. Nothing was merged.
    #[error("patch conflicts in {} file(s), first {}: put it on a branch, or merge by hand", .0.len(), .0.first().map_or_else(String::new, ToString::to_string))]
    Conflicts(Vec<Conflict>),
    /// Its paths are being written by somebody else.
    #[error("{0}")]
    Leased(String),
    /// Its paths are held by a desk of the step that it comes from, which will not be given back before: a bug in the
    /// program, so a [`Halt::Misuse`].
    #[error("{0}")]
    WaitsForItself(String),
    /// A file could not be read or written. What had been written is taken back.
    #[error("merging {} failed, and nothing was changed: {source}", path.display())]
    File {
        /// The file, relative to the work tree.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file could not be written, and what had been written could not all be taken back.
    #[error("merging {} failed ({source}), and these files could not be put back: {not_restored:?}; restore them by hand", path.display())]
    NotRestored {
        /// The file, relative to the work tree.
        path: PathBuf,
        /// Why.
        source: io::Error,
        /// What is not as it was.
        not_restored: Vec<PathBuf>,
    },
    /// git could not do it.
    #[error("git {doing} failed: {why}")]
    Git {
        /// What it was doing.
        doing: &'static str,
        /// What it says.
        why: String,
    },
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = crate::plain::line(&self.path.to_string_lossy(), 200);
        write!(f, "{path} ({})", self.why)
    }
}

impl From<PatchError> for Error {
    fn from(error: PatchError) -> Self {
        match error {
            PatchError::WaitsForItself(why) => Halt::Misuse(why).into(),
            other => Self::failed(other),
        }
    }
}
