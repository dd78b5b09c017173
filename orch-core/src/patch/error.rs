//! Why a patch was not merged. The user's tree is then as it was.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Halt};
use crate::outcome::{FailClass, Failure, Unfinished};
use crate::refusal::{Refusal, RefusalKind, Trouble};

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
    /// A file could not be read or written, and it is not the machine that refused it. What had been written is taken back.
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
    /// The machine refused it: the disk is full, say. What had been written is taken back.
    #[error(transparent)]
    MachineRefused(#[from] Refusal),
    /// git could not do it.
    #[error("git {doing} failed: {why}")]
    Git {
        /// What it was doing.
        doing: &'static str,
        /// What it says.
        why: String,
    },
}

impl PatchError {
    /// Why a file beneath `root` could not be read or written.
    pub(crate) fn of_file(root: &Path, path: PathBuf, source: io::Error) -> Self {
        match Trouble::at(root.join(&path), &source).refusal(doing(&path)) {
            Ok(refusal) => Self::MachineRefused(refusal),
            Err(_) => Self::File { path, source },
        }
    }

    /// Why git could not do it.
    pub(crate) fn of_git(doing: &'static str, trouble: Trouble) -> Self {
        match trouble.refusal(format!("git {doing} failed")) {
            Ok(refusal) => Self::MachineRefused(refusal),
            Err(why) => Self::Git { doing, why },
        }
    }

    /// The same, where it is known beneath which folder the files lie.
    pub(crate) fn beneath(self, root: &Path) -> Self {
        match self {
            Self::File { path, source } => Self::of_file(root, path, source),
            other => other,
        }
    }

    fn class(&self) -> FailClass {
        match self {
            Self::MachineRefused(_) => FailClass::MachineRefused,
            Self::NotRestored { source, .. } if RefusalKind::of(source).is_some() => {
                FailClass::MachineRefused
            }
            _ => FailClass::Other,
        }
    }
}

fn doing(path: &Path) -> String {
    let path = crate::plain::line(&path.to_string_lossy(), 200);
    format!("merging {path} failed, and nothing was changed")
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
            other => {
                let failure = Failure::new(other.class(), other.to_string());
                Self::Unfinished(Unfinished::Failed(failure))
            }
        }
    }
}
