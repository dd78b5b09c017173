//! Which files were touched: by what the file system says of them, not by their content. A write of the same bytes is a
//! write.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::NOT_WORK;

/// Files and what the file system said of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Traces(BTreeMap<PathBuf, Trace>);

/// What the file system said of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trace {
    mode: u32,
    size: u64,
    inode: u64,
    modified: (i64, i64),
    /// No program can set it back.
    changed: (i64, i64),
}

/// What is looked at in a whole tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// Whether folders are told too; those of the user's own tree are no work by themselves.
    pub(crate) folders: bool,
    /// The most files that are looked at.
    pub(crate) limit: usize,
}

/// Why a tree was not looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotLooked {
    #[error("it has more than {0} files")]
    TooLarge(usize),
    #[error("{0}")]
    Unreadable(String),
}

/// What git obeys or moves, beneath `.git`: the index is left out, since looking at a tree with git writes it.
const OF_GIT: [&str; 8] = [
    "HEAD",
    "config",
    "config.worktree",
    "hooks",
    "info/attributes",
    "info/exclude",
    "packed-refs",
    "refs",
];

impl Trace {
    fn of(meta: &Metadata) -> Self {
        Self {
            mode: meta.mode(),
            size: meta.size(),
            inode: meta.ino(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        }
    }

    /// A folder is there, with its rights; what it holds has traces of its own.
    fn of_folder(meta: &Metadata) -> Self {
        Self {
            mode: meta.mode(),
            size: 0,
            inode: 0,
            modified: (0, 0),
            changed: (0, 0),
        }
    }
}

impl Traces {
    /// Looks at `paths` beneath `root`. Blocks.
    pub(crate) fn of(root: &Path, paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let trace = |path: PathBuf| {
            let meta = root.join(&path).symlink_metadata().ok()?;
            (!meta.is_dir()).then(|| (path, Trace::of(&meta)))
        };
        Self(paths.into_iter().filter_map(trace).collect())
    }

    /// Looks at everything beneath `root` but [what is nobody's work](NOT_WORK), links not followed, and at what git
    /// obeys there. Blocks.
    ///
    /// # Errors
    /// When there is too much, or a folder cannot be read.
    pub(crate) fn walk(root: &Path, look: Look) -> Result<Self, NotLooked> {
        let mut traces = Self::default();
        traces.descend(root, Path::new(""), look)?;
        for part in OF_GIT {
            traces.descend(root, &Path::new(".git").join(part), look)?;
        }
        Ok(traces)
    }

    fn descend(&mut self, root: &Path, path: &Path, look: Look) -> Result<(), NotLooked> {
        let unreadable = |error: io::Error| NotLooked::Unreadable(format!("{}: {error}", path.display()));
        // What is gone meanwhile is gone.
        let gone = |error: &io::Error| {
            matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            )
        };
        let entries = match fs::symlink_metadata(root.join(path)) {
            Ok(meta) if meta.is_dir() => {
                if look.folders {
                    self.keep(path.to_owned(), Trace::of_folder(&meta), look)?;
                }
                fs::read_dir(root.join(path))
            }
            Ok(meta) => return self.keep(path.to_owned(), Trace::of(&meta), look),
            Err(error) if gone(&error) => return Ok(()),
            Err(error) => return Err(unreadable(error)),
        };
        let entries = match entries {
            Err(error) if gone(&error) => return Ok(()),
            // What nobody may look into has one trace, its rights: taking them away is seen.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                let meta = fs::symlink_metadata(root.join(path)).map_err(unreadable)?;
                return self.keep(path.to_owned(), Trace::of(&meta), look);
            }
            entries => entries.map_err(unreadable)?,
        };
        for entry in entries {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name();
            if NOT_WORK.iter().any(|folder| name == *folder)
                && entry.file_type().is_ok_and(|kind| kind.is_dir())
            {
                continue;
            }
            self.descend(root, &path.join(name), look)?;
        }
        Ok(())
    }

    fn keep(&mut self, path: PathBuf, trace: Trace, look: Look) -> Result<(), NotLooked> {
        if self.0.len() >= look.limit {
            return Err(NotLooked::TooLarge(look.limit));
        }
        self.0.insert(path, trace);
        Ok(())
    }

    /// What was said of one file; `None` when it was not there.
    pub(crate) fn at(&self, path: &Path) -> Option<Trace> {
        self.0.get(path).copied()
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.0.keys()
    }

    /// The files that are in one of them only, or were touched in between.
    pub(crate) fn touched_until(&self, later: &Self) -> Vec<PathBuf> {
        let gone_or_touched = self
            .0
            .iter()
            .filter(|(path, trace)| later.0.get(*path) != Some(trace));
        let new = later.0.keys().filter(|path| !self.0.contains_key(*path));
        let mut touched: Vec<PathBuf> = gone_or_touched
            .map(|(path, _)| path)
            .chain(new)
            .cloned()
            .collect();
        touched.sort();
        touched
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Look = Look {
        folders: true,
        limit: 100,
    };

    #[test]
    fn a_walk_sees_files_links_folders_and_what_git_obeys() {
        let root = tempfile::tempdir().expect("a temporary directory");
        for folder in [
            "a/empty",
            "target/debug",
            ".git/hooks",
            ".git/objects",
            "a/target",
        ] {
            fs::create_dir_all(root.path().join(folder)).expect("folders");
        }
        for file in [
            "a/file",
            "target/debug/x",
            ".git/hooks/pre-commit",
            ".git/index",
            ".git/HEAD",
            "a/target/y",
        ] {
            fs::write(root.path().join(file), "x").expect("a file");
        }
        std::os::unix::fs::symlink("/", root.path().join("link")).expect("a link");
        let seen = Traces::walk(root.path(), ALL).expect("a small tree");
        let seen: Vec<String> = seen.paths().map(|path| path.display().to_string()).collect();
        assert_eq!(
            seen,
            [
                "",
                ".git/HEAD",
                ".git/hooks",
                ".git/hooks/pre-commit",
                "a",
                "a/empty",
                "a/file",
                "link"
            ]
        );
        let files = Traces::walk(
            root.path(),
            Look {
                folders: false,
                ..ALL
            },
        )
        .expect("a small tree");
        assert_eq!(files.paths().count(), 4);
    }

    #[test]
    fn a_tree_that_is_too_large_says_so() {
        let root = tempfile::tempdir().expect("a temporary directory");
        for file in ["a", "b", "c"] {
            fs::write(root.path().join(file), "x").expect("a file");
        }
        let look = Look {
            folders: false,
            limit: 2,
        };
        assert_eq!(Traces::walk(root.path(), look), Err(NotLooked::TooLarge(2)));
    }
}
