//! The paths of one lease, checked: relative, beneath the work tree, no way out of it.

use std::fmt;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};

/// Paths beneath one work tree, each file or folder of which is leased with all beneath it. Never empty; none of its
/// paths lies beneath another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Territory(Vec<PathBuf>);

/// Why paths cannot be leased.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TerritoryError {
    #[error("no path is named: name the files and folders that may be written")]
    Empty,
    #[error("path {0:?} is not relative to the work tree: name it from the work tree's root")]
    Absolute(PathBuf),
    #[error("path {0:?} has a `..` in it: name it from the work tree's root")]
    Parent(PathBuf),
    #[error("path {0:?} has a zero byte in it: no file has such a name")]
    Nul(PathBuf),
    #[error("path {0:?} lies in a .git directory, which is never written by a worker")]
    Git(PathBuf),
    #[error("path {path:?} leads through the link {link:?}: name the place itself")]
    Link { path: PathBuf, link: PathBuf },
}

impl Territory {
    /// The territory of `paths` beneath `root`, a canonical path. What is not there yet may be named.
    pub(crate) fn survey<P: AsRef<Path>>(
        root: &Path,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<Self, TerritoryError> {
        let mut clean = Vec::new();
        for path in paths {
            let path = cleaned(path.as_ref())?;
            no_link_in(root, &path)?;
            clean.push(path);
        }
        Self::of_clean(clean).ok_or(TerritoryError::Empty)
    }

    /// A territory of paths that were checked before; `None` when there are none.
    pub(super) fn of_clean(mut paths: Vec<PathBuf>) -> Option<Self> {
        paths.sort();
        paths.dedup();
        // Sorted by components, so whatever covers a path stands before it.
        let mut kept: Vec<PathBuf> = Vec::new();
        for path in paths {
            if !kept.iter().any(|above| path.starts_with(above)) {
                kept.push(path);
            }
        }
        (!kept.is_empty()).then_some(Self(kept))
    }

    /// Its paths; the work tree's root is the empty path.
    pub(crate) fn paths(&self) -> &[PathBuf] {
        &self.0
    }

    /// Whether `path` lies in it.
    pub(crate) fn covers(&self, path: &Path) -> bool {
        self.0.iter().any(|own| path.starts_with(own))
    }

    /// Whether all of `other` lies in it.
    pub(crate) fn covers_all(&self, other: &Self) -> bool {
        other.0.iter().all(|path| self.covers(path))
    }

    /// Whether some path lies in both: one of their paths is a prefix of another, component by component.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        other.0.iter().any(|theirs| {
            self.0
                .iter()
                .any(|ours| theirs.starts_with(ours) || ours.starts_with(theirs))
        })
    }
}

impl fmt::Display for Territory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.iter().map(|path| {
            if path.as_os_str().is_empty() {
                ".".to_owned()
            } else {
                crate::plain::line(&path.to_string_lossy(), 200)
            }
        });
        f.write_str(&shown.collect::<Vec<_>>().join(", "))
    }
}

/// `path` without `.` in it. Only its words are looked at.
fn cleaned(path: &Path) -> Result<PathBuf, TerritoryError> {
    if path.as_os_str().is_empty() {
        return Err(TerritoryError::Empty);
    }
    if path.as_os_str().as_bytes().contains(&0) {
        return Err(TerritoryError::Nul(path.to_owned()));
    }
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) if name.eq_ignore_ascii_case(".git") => {
                return Err(TerritoryError::Git(path.to_owned()));
            }
            Component::Normal(name) => clean.push(name),
            Component::CurDir => {}
            Component::ParentDir => return Err(TerritoryError::Parent(path.to_owned())),
            Component::RootDir | Component::Prefix(_) => {
                return Err(TerritoryError::Absolute(path.to_owned()));
            }
        }
    }
    Ok(clean)
}

/// A link, wherever it leads, would give one place two names: two leases would not see that they overlap.
fn no_link_in(root: &Path, path: &Path) -> Result<(), TerritoryError> {
    let mut link = PathBuf::new();
    for part in path {
        link.push(part);
        if root.join(&link).is_symlink() {
            let path = path.to_owned();
            return Err(TerritoryError::Link { path, link });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(paths: &[&str]) -> Result<Territory, TerritoryError> {
        Territory::survey(Path::new("/no/such/tree"), paths)
    }

    #[test]
    fn only_paths_beneath_the_work_tree_are_territory() {
        for wrong in [
            "/etc/passwd",
            "..",
            "../x",
            "src/../..",
            "a/../b",
            "",
            "a\0b",
            ".git/hooks",
            "sub/.GIT",
            "/",
        ] {
            assert!(survey(&["src", wrong]).is_err(), "{wrong:?}");
        }
        assert!(survey(&[]).is_err());
        let good = survey(&["./src//a", "src/b/.", "src/a/c"]).expect("good paths");
        assert_eq!(good.paths(), [PathBuf::from("src/a"), PathBuf::from("src/b")]);
        assert_eq!(survey(&[".", "src"]).expect("the root").paths(), [PathBuf::new()]);
        assert_eq!(survey(&["."]).expect("the root").to_string(), ".");
    }

    #[test]
    fn a_link_on_the_way_is_refused() {
        let root = tempfile::tempdir().expect("a temporary directory");
        std::fs::create_dir(root.path().join("real")).expect("a directory");
        std::os::unix::fs::symlink("/etc", root.path().join("out")).expect("a link");
        std::os::unix::fs::symlink("real", root.path().join("in")).expect("a link");
        for wrong in ["out", "out/passwd", "in", "in/new"] {
            let refused = Territory::survey(root.path(), [wrong]);
            assert!(matches!(refused, Err(TerritoryError::Link { .. })), "{wrong}");
        }
        Territory::survey(root.path(), ["real/new"]).expect("no link");
    }

    #[test]
    fn overlap_goes_by_components() {
        let rows = [
            ("src", "src/a", true),
            ("src", "src2", false),
            ("a/b", "a/c", false),
            (".", "anything", true),
            ("a", "a", true),
        ];
        for (left, right, overlap) in rows {
            let (left, right) = (
                survey(&[left]).expect("a path"),
                survey(&[right]).expect("a path"),
            );
            assert_eq!((left.overlaps(&right), right.overlaps(&left)), (overlap, overlap));
        }
    }
}
