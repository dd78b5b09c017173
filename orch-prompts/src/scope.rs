//! What a worker may change. Says it; enforcing it is the business of whoever runs the worker.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::visible;

/// What a worker may change in the work tree. Reading is always allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Scope {
    /// Nothing at all.
    #[default]
    ReadOnly,
    /// These files, and everything beneath these folders, relative to the work tree. An empty list allows
    /// nothing.
    Write(Vec<PathBuf>),
}

impl Scope {
    /// The scope that allows writing at and beneath `paths`.
    pub fn write<P: Into<PathBuf>>(paths: impl IntoIterator<Item = P>) -> Self {
        Self::Write(paths.into_iter().map(Into::into).collect())
    }

    /// Whether there is anything that may be written. `Write` of no paths is as good as `ReadOnly`.
    pub fn allows_writes(&self) -> bool {
        !self.writable().is_empty()
    }

    /// The paths that may be written, none for `ReadOnly`.
    pub fn writable(&self) -> &[PathBuf] {
        match self {
            Self::ReadOnly => &[],
            Self::Write(paths) => paths,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.allows_writes() {
            return f.write_str("read-only");
        }
        let paths: Vec<String> = self.writable().iter().map(|path| visible::path(path)).collect();
        write!(f, "write: {}", paths.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_scope_of_no_paths_allows_nothing() {
        let none = Scope::Write(Vec::new());
        assert!(!none.allows_writes());
        assert_eq!(none.to_string(), "read-only");
    }

    #[test]
    fn the_display_names_each_path_on_one_line() {
        let scope = Scope::write(["src", "docs/a\nb"]);
        assert!(scope.allows_writes());
        assert_eq!(scope.to_string(), "write: src, docs/a\\u{a}b");
        assert!(!Scope::ReadOnly.allows_writes());
    }
}
