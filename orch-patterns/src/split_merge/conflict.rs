//! What a slice's worker did and what is not in the whole.

use std::fmt;
use std::path::{Path, PathBuf};

use orch_core::plain;
use serde::{Serialize, Serializer};

/// A file of a slice that could not be brought into the whole: it is there as the user has it. Data, and no error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SliceConflict {
    /// The slice's label.
    pub slice: String,
    /// The file, relative to the work tree. A worker may have named it.
    #[serde(serialize_with = "shown")]
    pub path: PathBuf,
    /// What stands against it, for a person.
    pub why: String,
    /// Whether the merging worker, who was told of it, then changed this file. That it settled it nobody has proven.
    pub taken_up: bool,
}

impl SliceConflict {
    pub(super) fn new(slice: &str, path: &Path, why: impl fmt::Display) -> Self {
        Self {
            slice: slice.to_owned(),
            path: path.to_owned(),
            why: plain::line(&why.to_string(), 500),
            taken_up: false,
        }
    }
}

impl fmt::Display for SliceConflict {
    /// One line: the slice, the file, and why.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (slice, path) = (plain::line(&self.slice, 200), path_line(&self.path));
        write!(f, "{slice}: {path} ({})", self.why)?;
        if self.taken_up {
            f.write_str("; the merging worker changed it")?;
        }
        Ok(())
    }
}

/// A path for a person.
pub(super) fn path_line(path: &Path) -> String {
    plain::line(&path.to_string_lossy(), 300)
}

/// Paths for a person.
pub(super) fn path_lines<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Vec<String> {
    paths.into_iter().map(path_line).collect()
}

fn shown<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path_line(path))
}
