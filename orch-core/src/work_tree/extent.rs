//! How far a look at a tree reaches beyond its plain files: what the user's repository says of that, asked before a worker
//! could change it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::{GitPlaces, NOT_WORK, is_not_work};
use crate::git::{Git, paths_of};

/// What else is looked at. By default nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extent {
    /// Files and folders of hooks that the configuration names and git obeys: paths from the root, or absolute ones.
    named: Vec<PathBuf>,
    /// Folders with a name of what is nobody's work that hold files which git tracks; paths from the root.
    worked: BTreeSet<PathBuf>,
}

impl Extent {
    /// Asks git about the user's tree at `root`; what cannot be asked is nothing.
    pub(crate) async fn of(root: &Path) -> Self {
        let Some(places) = GitPlaces::of(root) else {
            return Self::default();
        };
        let Ok(git) = Git::at(root).await else {
            return Self::default();
        };
        let from_root = |path: PathBuf| match path.strip_prefix(root) {
            Ok(path) => path.to_owned(),
            Err(_) => path,
        };
        let named = git.named(&places.top).into_iter().map(from_root).collect();
        let folders = NOT_WORK.iter().filter(|name| **name != ".git");
        let patterns = folders.map(|name| format!(":(glob)**/{name}/**"));
        let command = ["--no-literal-pathspecs", "ls-files", "-z", "--cached", "--"];
        let command = command.into_iter().map(str::to_owned).chain(patterns);
        let tracked = git.ask(command).await.unwrap_or_default();
        let mut worked = BTreeSet::new();
        for path in paths_of(&tracked) {
            let folders = path.ancestors().skip(1).filter(|folder| is_not_work(folder));
            worked.extend(folders.map(Path::to_owned));
        }
        Self { named, worked }
    }

    /// The same for a tree of a worker's own with the same files, where the user's configuration is not in force.
    pub(crate) fn elsewhere(&self) -> Self {
        Self {
            named: Vec::new(),
            worked: self.worked.clone(),
        }
    }

    /// Whether the configuration leads git to the file at `path`.
    pub(crate) fn names(&self, path: &Path) -> bool {
        let mut named = self.named.iter();
        named.any(|named| path == named || path.parent() == Some(named))
    }

    pub(super) fn named(&self) -> &[PathBuf] {
        &self.named
    }

    /// Whether what lies in `folder` is nobody's work, whatever it is.
    pub(super) fn leaves_out(&self, folder: &Path) -> bool {
        is_not_work(folder)
            && (folder.file_name() == Some(OsStr::new(".git")) || !self.worked.contains(folder))
    }
}
