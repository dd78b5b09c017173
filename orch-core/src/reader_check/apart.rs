//! A reader's private copy of the work tree: whatever changes there is its own.

use std::fs;
use std::path::{Path, PathBuf};

use crate::desk::{Repository, Room, copy};
use crate::refusal::Trouble;
use crate::work_tree::Rules;

/// The copy. Dropped, it is removed.
#[derive(Debug)]
pub(crate) struct Apart {
    stands: PathBuf,
    room: Room,
}

impl Apart {
    /// Copies `from` into `room`: a folder of a git work tree or any other: all files that no rule of it ignores, as they are now.
    /// In a repository it is a clone with the same commits.
    ///
    /// # Errors
    /// What cannot be copied, and why.
    pub(crate) async fn of(room: Room, from: &Path) -> Result<Self, Trouble> {
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
        fs::create_dir_all(&stands).map_err(Trouble::with(&stands))?;
        copy(&top, &tree, files).await?;
        Ok(Self { stands, room })
    }

    /// Where the reader stands.
    pub(crate) fn stands(&self) -> &Path {
        &self.stands
    }

    /// The place that goes with it, for whoever knows when its reader is gone.
    pub(super) fn into_room(self) -> Room {
        self.room
    }
}
