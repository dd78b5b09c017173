//! The refusal as a value: what was attempted, on which path, what the machine said, and what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};

use super::RefusalKind;

/// What the machine refused. Its text ends with what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub struct Refusal {
    /// What could not be done, for a person: `desk of src cannot be made`.
    pub doing: String,
    /// Where: the path that was asked for, or the place in which git worked. For
    /// [`NotInstalled`](RefusalKind::NotInstalled) the program's name. As JSON it is text, whatever bytes it has.
    #[serde(serialize_with = "as_text")]
    pub path: PathBuf,
    /// What is refused.
    pub kind: RefusalKind,
    /// The words of the system, or of git.
    pub why: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { doing, why, .. } = self;
        write!(f, "{doing}: {why}; {}", self.next_step())
    }
}

impl Refusal {
    /// What the machine refused when `doing` was tried at `path`; none where `error` says something of the path alone (it is
    /// not there, it is a folder), or is not the system's own.
    ///
    /// ```
    /// use std::io;
    /// use orch_core::Refusal;
    ///
    /// let full = io::Error::from(io::ErrorKind::StorageFull);
    /// let refusal = Refusal::of("the report cannot be written", "/reports", &full).unwrap();
    /// assert_eq!(refusal.next_step(), "free some space on the disk that holds /reports, then run again");
    /// let absent = io::Error::from(io::ErrorKind::NotFound);
    /// assert!(Refusal::of("the report cannot be read", "/reports", &absent).is_none());
    /// ```
    pub fn of(doing: impl Into<String>, path: impl Into<PathBuf>, error: &io::Error) -> Option<Self> {
        Some(Self {
            doing: doing.into(),
            path: path.into(),
            kind: RefusalKind::of(error)?,
            why: error.to_string(),
        })
    }

    /// What to do about it: `free some space on the disk that holds /x, then run again`.
    pub fn next_step(&self) -> String {
        let (path, kind) = (&self.path, self.kind);
        format!("{}, then run again", Step { path, kind })
    }
}

/// What to do about a refusal.
struct Step<'a> {
    path: &'a Path,
    kind: RefusalKind,
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = crate::plain::line(&self.path.to_string_lossy(), 300);
        match self.kind {
            RefusalKind::DiskFull => write!(f, "free some space on the disk that holds {path}"),
            RefusalKind::DiskQuota => write!(
                f,
                "remove files of yours from the disk that holds {path}, or have your quota there raised"
            ),
            RefusalKind::FileSize => write!(
                f,
                "raise the limit of a file's size (ulimit -f), or have {path} on a file system that takes larger ones"
            ),
            RefusalKind::ReadOnly => write!(
                f,
                "make the file system that holds {path} writable, or choose another place"
            ),
            RefusalKind::Rights => write!(f, "see to it that you may read and write {path}"),
            RefusalKind::OpenFiles => {
                f.write_str("raise the limit of open files (ulimit -n), or let fewer workers run at once")
            }
            RefusalKind::Memory => f.write_str("free some memory, or let fewer workers run at once"),
            RefusalKind::Processes => {
                f.write_str("raise the limit of processes (ulimit -u), or let fewer workers run at once")
            }
            RefusalKind::DiskError => write!(f, "see to the disk that holds {path}: it fails"),
            RefusalKind::NotInstalled => {
                write!(f, "install {path}, or set PATH so that it is found")
            }
            RefusalKind::Other => write!(f, "see to {path}"),
        }
    }
}

fn as_text<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    fn refused(kind: RefusalKind) -> Refusal {
        Refusal {
            doing: "desk of src cannot be made".to_owned(),
            path: "/state".into(),
            kind,
            why: "No space left on device (os error 28)".to_owned(),
        }
    }

    #[test]
    fn a_full_disk_is_told_with_its_path_and_the_next_step() {
        assert_eq!(
            refused(RefusalKind::DiskFull).to_string(),
            "desk of src cannot be made: No space left on device (os error 28); free some space on the disk that holds /state, then run again"
        );
    }

    #[test]
    fn every_kind_has_a_next_step_of_its_own() {
        let kinds = [
            RefusalKind::DiskFull,
            RefusalKind::DiskQuota,
            RefusalKind::FileSize,
            RefusalKind::ReadOnly,
            RefusalKind::Rights,
            RefusalKind::OpenFiles,
            RefusalKind::Memory,
            RefusalKind::Processes,
            RefusalKind::DiskError,
            RefusalKind::NotInstalled,
            RefusalKind::Other,
        ];
        let mut texts: Vec<String> = kinds.iter().map(|kind| refused(*kind).to_string()).collect();
        assert!(texts.iter().all(|text| text.ends_with(", then run again")));
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), kinds.len(), "{texts:#?}");
    }

    #[test]
    fn a_path_of_any_bytes_is_recorded_and_shown_harmless() {
        let mut refusal = refused(RefusalKind::DiskFull);
        refusal.path = OsStr::from_bytes(b"/a\xff\x1b[2J\nb").into();
        let text = refusal.to_string();
        assert!(!text.contains('\u{1b}') && !text.contains('\n'), "{text:?}");
        let json = serde_json::to_string(&refusal).expect("every path has a text");
        let back: Refusal = serde_json::from_str(&json).expect("a refusal");
        assert_eq!(back.kind, refusal.kind);
    }
}
