//! A reader's private copy of the work tree: whatever changes there is its own.

use std::fs;
use std::path::{Path, PathBuf};

use crate::desk::{Repository, copy};
use crate::dirs::{PrivateDir, StateDir};
use crate::ids::RunId;
use crate::work_tree::Rules;

/// The copy. Dropped, it is removed.
#[derive(Debug)]
pub(crate) struct Apart {
    stands: PathBuf,
    _room: PrivateDir,
}

impl Apart {
    /// Copies `from`, a folder of a git work tree or any other: all files that no rule of it ignores, as they are now.
    /// In a repository it is a clone with the same commits.
    ///
    /// # Errors
    /// What cannot be copied, and why.
    pub(crate) async fn of(state: &StateDir, run: RunId, from: &Path) -> Result<Self, String> {
        let room = state.room("runs", &run.to_string());
        let room = room.map_err(|error| format!("a private place cannot be made: {error}"))?;
        let tree = room.path().join("copy");
        let repository = Repository::of(from).await?;
        let exclude = repository.as_ref().map(Repository::exclude_file);
        let rules = Rules::new(room.path(), exclude.as_deref()).await?;
        let (top, prefix) = match &repository {
            Some(repository) => (repository.top.clone(), repository.prefix.clone()),
            None => (from.to_owned(), PathBuf::new()),
        };
        let mut files = rules.list(&top, &[PathBuf::new()]).await?;
        if let Some(repository) = &repository {
            files.extend(repository.tracked(Path::new("")).await?);
            repository.clone_to(&tree).await?;
        }
        let stands = if prefix.as_os_str().is_empty() {
            tree.clone()
        } else {
            tree.join(prefix)
        };
        fs::create_dir_all(&stands).map_err(|error| format!("{}: {error}", stands.display()))?;
        copy(&top, &tree, files).await?;
        Ok(Self { stands, _room: room })
    }

    /// Where the reader stands.
    pub(crate) fn stands(&self) -> &Path {
        &self.stands
    }
}
