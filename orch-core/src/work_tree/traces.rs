//! Which files were touched: by what the file system says of them, not by their content. A write of the same bytes is a
//! write.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::Metadata;
use std::io;
use std::ops::Bound;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use nix::sys::stat::SFlag;

use super::Extent;
use super::git_places::{OF_GIT, folder_at, is_bulk, is_obeyed_in_module, is_obeyed_within};
use crate::beneath::{Met, Stopped, descend};

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

impl Trace {
    /// It is there; nothing more can be asked.
    const UNKNOWN: Self = Self {
        mode: 0,
        size: 0,
        inode: 0,
        modified: (0, 0),
        changed: (0, 0),
    };

    pub(crate) fn is_folder(self) -> bool {
        self.mode & SFlag::S_IFMT.bits() == SFlag::S_IFDIR.bits()
    }

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

    /// Looks at everything beneath `root` but [what is nobody's work](super::NOT_WORK), links not followed, and at what
    /// git obeys: in `repositories`, the folders of git's own (paths from `root`, or absolute ones), and in those of
    /// every repository that lies in the tree. `extent` says what else. Blocks.
    ///
    /// # Errors
    /// When there is too much, or a folder cannot be read.
    pub(crate) fn walk(
        root: &Path,
        repositories: &[PathBuf],
        extent: &Extent,
        look: Look,
    ) -> Result<Self, NotLooked> {
        let mut traces = Self::default();
        let mut inner = Vec::new();
        let leaves_out = |folder: &Path| {
            if folder.file_name() == Some(OsStr::new(".git")) {
                inner.push(folder.to_owned());
            }
            extent.leaves_out(folder)
        };
        traces.descend(root, Path::new(""), look, leaves_out, |_| true)?;
        let mut repositories = repositories.to_owned();
        inner.extend(traces.led_elsewhere(root));
        for repository in inner {
            // A submodule's and a linked work tree's lie in that of another.
            if !repositories.iter().any(|other| repository.starts_with(other)) {
                repositories.push(repository);
            }
        }
        for named in extent.named() {
            // Of a folder of hooks git runs what lies in it, not beneath.
            traces.descend(root, named, look, |_| true, |_| true)?;
        }
        let whole = |_: &Path| false;
        for repository in repositories {
            let there = root.join(&repository).symlink_metadata();
            if there.is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
                // Asked once, and not for each of its parts: most trees that are small have none.
                continue;
            }
            for part in OF_GIT {
                traces.descend(root, &repository.join(part), look, whole, |_| true)?;
            }
            let is_bulk = |folder: &Path| is_bulk(&root.join(folder));
            let inside = |path: &Path| path.strip_prefix(&repository).unwrap_or(path).to_owned();
            let in_module = |path: &Path| is_obeyed_in_module(&inside(path));
            traces.descend(root, &repository.join("modules"), look, is_bulk, in_module)?;
            // Their heads move as whoever works there commits.
            let in_linked = |path: &Path| is_obeyed_within(&inside(path));
            traces.descend(root, &repository.join("worktrees"), look, is_bulk, in_linked)?;
        }
        Ok(traces)
    }

    /// The folders of git's own to which the files and links named `.git` in the tree lead, but for the root's.
    fn led_elsewhere(&self, root: &Path) -> Vec<PathBuf> {
        let files = self.0.keys().filter(|path| {
            path.file_name() == Some(OsStr::new(".git")) && path.parent() != Some(Path::new(""))
        });
        let folders = files.filter_map(|path| folder_at(root.join(path).parent()?));
        let from_root = |folder: PathBuf| match folder.strip_prefix(root) {
            Ok(folder) => folder.to_owned(),
            Err(_) => folder,
        };
        folders.map(from_root).collect()
    }

    fn descend(
        &mut self,
        root: &Path,
        path: &Path,
        look: Look,
        leaves_out: impl FnMut(&Path) -> bool,
        counts: impl Fn(&Path) -> bool,
    ) -> Result<(), NotLooked> {
        let descended = descend(root, path, leaves_out, |path, met| match met {
            _ if !counts(&path) => Ok(()),
            Met::Folder(meta) if look.folders => self.keep(path, Trace::of_folder(&meta), look),
            Met::Folder(_) => Ok(()),
            // What nobody may look into has one trace, its rights: taking them away is seen.
            Met::Leaf(meta) | Met::Closed(meta) => self.keep(path, Trace::of(&meta), look),
            Met::TooLong => self.keep(path, Trace::UNKNOWN, look),
        });
        descended.map_err(|stopped| match stopped {
            Stopped::Unreadable(path, error) => NotLooked::Unreadable(format!("{}: {error}", path.display())),
            Stopped::By(why) => why,
        })
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

    /// Whether there was something at `path` or beneath it.
    pub(crate) fn has_beneath(&self, path: &Path) -> bool {
        let mut beneath = self.0.range::<Path, _>((Bound::Included(path), Bound::Unbounded));
        beneath.next().is_some_and(|(first, _)| first.starts_with(path))
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
    use std::fs;

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
        let seen =
            Traces::walk(root.path(), &[".git".into()], &Extent::default(), ALL).expect("a small tree");
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
            &[".git".into()],
            &Extent::default(),
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
        assert_eq!(
            Traces::walk(root.path(), &[], &Extent::default(), look),
            Err(NotLooked::TooLarge(2))
        );
    }

    /// Deeper than a path can be long, and than a thread's stack would be.
    #[test]
    fn a_tree_without_a_bottom_hides_nothing_beside_it() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let deep = root.path().join("deep");
        fs::create_dir(&deep).expect("a folder");
        dig(&deep, 1_500);
        fs::write(root.path().join("file"), "x").expect("a file");
        let look = Look {
            folders: true,
            limit: 1_000,
        };
        let before = Traces::walk(root.path(), &[], &Extent::default(), look).expect("it has a bound");
        fs::write(root.path().join("file"), "xy").expect("a file");
        let now = Traces::walk(root.path(), &[], &Extent::default(), look).expect("it has a bound");
        assert_eq!(before.touched_until(&now), [PathBuf::from("file")]);
        crate::dirs::remove_all(&deep).expect("it goes");
        assert!(!deep.exists());
    }

    fn dig(top: &Path, depth: usize) {
        use nix::fcntl::{OFlag, open, openat};
        use nix::sys::stat::{Mode, mkdirat};
        let name = "d".repeat(100);
        let mut folder = open(top, OFlag::O_DIRECTORY, Mode::empty()).expect("the top");
        for _ in 0..depth {
            mkdirat(&folder, name.as_str(), Mode::S_IRWXU).expect("a folder");
            folder = openat(&folder, name.as_str(), OFlag::O_DIRECTORY, Mode::empty()).expect("the folder");
        }
    }
}
