//! The patch itself.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use uuid::Uuid;

use super::landing::{LEAF_LIMIT, Move, land};
use super::merge::{Merged, merged};
use super::{Change, Conflict, PatchError, branch, diff, digest};
use crate::beneath::{Beneath, Leaf};
use crate::desk::Uses;
use crate::dirs::{PrivateDir, StateDir};
use crate::ids::Digest;
use crate::lease::{Lease, LeaseError, Owner, Territory};

/// What a writer did: a value that outlives the tree in which the writer stood. Nothing of it is in the user's work tree
/// until [`Patch::apply`], unless the writer worked [in place](crate::Isolation::InPlace).
///
/// Dropping it changes nothing.
#[derive(Debug)]
#[must_use = "a patch changes nothing until it is applied"]
pub struct Patch {
    origin: Origin,
    changes: Vec<Change>,
    left_out: Vec<PathBuf>,
    diff: String,
    digest: Digest,
}

/// Where a patch comes from, and where it goes.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) state: StateDir,
    /// The user's work tree, a canonical path.
    pub(crate) work_tree: PathBuf,
    pub(crate) territory: Territory,
    /// Who asks for the lease when it is brought in.
    pub(crate) owner: Owner,
    /// The commit on which the work tree stood; none where there is none.
    pub(crate) head: Option<String>,
    pub(crate) in_place: bool,
    /// The lease under which it was made, while that is held.
    pub(crate) lease: Weak<Lease>,
    /// What changes in the user's tree meanwhile is the run's own doing.
    pub(crate) landings: Uses,
}

impl Patch {
    pub(crate) async fn of(
        origin: Origin,
        changes: Vec<Change>,
        left_out: Vec<PathBuf>,
    ) -> Result<Self, PatchError> {
        let scratch = origin.scratch()?;
        let diff = diff::text_of(scratch.path(), &changes);
        let diff = diff
            .await
            .map_err(|trouble| PatchError::of_git("diff", trouble))?;
        let digesting = tokio::task::spawn_blocking(move || (digest::of(&changes), changes));
        let (digest, changes) = digesting.await.map_err(|error| PatchError::File {
            path: PathBuf::new(),
            source: error.into(),
        })?;
        Ok(Self {
            origin,
            changes,
            left_out,
            diff,
            digest,
        })
    }

    /// Nothing.
    pub(crate) fn nothing(origin: Origin) -> Self {
        Self {
            origin,
            changes: Vec::new(),
            left_out: Vec::new(),
            diff: String::new(),
            digest: digest::of(&[]),
        }
    }

    /// The changes as a unified diff, at most a little over 1 MiB of it. Bytes from a worker: fence them, strip them.
    pub fn diff(&self) -> &str {
        &self.diff
    }

    /// The digest of all that is changed: paths, rights and contents, before and after. Two patches with equal digests
    /// are the same work; of their [diffs](Self::diff), which are cut, that cannot be said.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The base of what is said of it where it stands on what `base` says.
    pub(crate) fn base_on(&self, base: Option<Digest>) -> Digest {
        let base = base.as_ref().map(|base| &base.as_bytes()[..]);
        Digest::of_parts(base.into_iter().chain([&self.digest.as_bytes()[..]]))
    }

    /// The files that are changed, added or removed, in order, relative to the work tree.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.changes.iter().map(|change| change.path.as_path())
    }

    /// Whether the writer changed nothing of what it was to write.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// What the writer changed beside the paths it was to write. It is not part of the patch and does not come back.
    pub fn left_out(&self) -> &[PathBuf] {
        &self.left_out
    }

    /// What stands against applying it now: the work tree may have changed since, and a link that leads out of it is never
    /// brought in, nor one that goes up after a name (`a/../b`): what is above `a` only the file system can tell. Nothing
    /// is written.
    ///
    /// # Errors
    /// [`PatchError`] when a file cannot be read or git cannot be run.
    ///
    /// # Cancel safety
    /// Safe: it only reads.
    pub async fn conflicts(&self) -> Result<Vec<Conflict>, PatchError> {
        let tree = self.origin.tree()?;
        self.merged_with(&tree, &self.changes)
            .await
            .map(|(_, conflicts)| conflicts)
    }

    /// Brings it into the user's work tree: all of it, or nothing. Files that were changed meanwhile are merged line by
    /// line where that can be done; so are two patches of one desk that are applied at once. The
    /// index is not touched. Applied again, or made in place, it changes nothing.
    ///
    /// A file may become a folder, and a folder a file where nothing else is left in it: what git ignores there is in no
    /// patch, and in the way.
    ///
    /// It holds the lease of its paths meanwhile: the one of the desk that it comes from while that is held, else one of
    /// its own. Where a desk of another step, run or program has it, it waits; where the step from which the patch comes
    /// has taken another desk of these paths, it would wait for itself and fails.
    ///
    /// A program that is killed meanwhile leaves what had come in by then, and files named `.orch-…` beside their places;
    /// the next desk of such a folder removes these.
    ///
    /// # Errors
    /// [`PatchError::Conflicts`], [`PatchError::WaitsForItself`] and others; the tree is then as it was, but for
    /// [`PatchError::NotRestored`].
    ///
    /// # Cancel safety
    /// Safe: once begun, what is written is written in one piece, whether or not anybody still waits, and the lease is
    /// kept until then.
    pub async fn apply(&self) -> Result<(), PatchError> {
        self.bring(&self.changes).await
    }

    /// Commits it as the new branch `name`, on top of the commit on which the work tree stood, and returns the commit's
    /// id. The work tree, the index and the current branch are not touched.
    ///
    /// # Errors
    /// [`PatchError::Git`] when there is no repository, the branch is there already or its name is none;
    /// [`PatchError::Conflicts`] when the patch stands on changes that are not committed.
    ///
    /// # Cancel safety
    /// Dropped, the branch is there whole or not at all.
    pub async fn branch(&self, name: &str) -> Result<String, PatchError> {
        let scratch = self.origin.scratch()?;
        let Origin { work_tree, head, .. } = &self.origin;
        branch::commit(scratch.path(), work_tree, head.as_deref(), &self.changes, name).await
    }

    /// Throws it away. A writer in place has changed the user's files already: they are put back as they were, with what
    /// others changed meanwhile kept.
    ///
    /// # Errors
    /// As [`Patch::apply`], for a patch that was made in place.
    ///
    /// # Cancel safety
    /// As [`Patch::apply`].
    pub async fn discard(self) -> Result<(), PatchError> {
        if !self.origin.in_place {
            return Ok(());
        }
        let back: Vec<Change> = self.changes.iter().map(Change::reversed).collect();
        self.bring(&back).await
    }

    async fn bring(&self, changes: &[Change]) -> Result<(), PatchError> {
        let lease = self.origin.leased().await?;
        let alone = lease.alone().await;
        let _landing = self.origin.landings.begin();
        let tree = self.origin.tree()?;
        let moves = self.moves(&tree, changes).await?;
        let landed = landed(tree, moves, (alone, lease)).await;
        landed.map_err(|error| error.beneath(&self.origin.work_tree))
    }

    /// Brings all of it that can be merged into another tree, and returns what cannot. For trees of our own; `right` is
    /// kept until all is written.
    pub(crate) async fn bring_to(
        &self,
        root: &Path,
        right: impl Send + 'static,
    ) -> Result<Vec<Conflict>, PatchError> {
        let tree = tree_at(root)?;
        let (moves, conflicts) = self.merged_with(&tree, &self.changes).await?;
        let landed = landed(tree, moves, right).await;
        landed.map_err(|error| error.beneath(root))?;
        Ok(conflicts)
    }

    /// What is to be done to the work tree as it is now.
    async fn moves(&self, tree: &Arc<Beneath>, changes: &[Change]) -> Result<Vec<Move>, PatchError> {
        let (moves, conflicts) = self.merged_with(tree, changes).await?;
        if conflicts.is_empty() {
            Ok(moves)
        } else {
            Err(PatchError::Conflicts(conflicts))
        }
    }

    /// What is to be done to `tree` as it is now, and what stands against the rest.
    async fn merged_with(
        &self,
        tree: &Arc<Beneath>,
        changes: &[Change],
    ) -> Result<(Vec<Move>, Vec<Conflict>), PatchError> {
        let scratch = self.origin.scratch()?;
        let (mut moves, mut conflicts) = (Vec::new(), Vec::new());
        // Where a file becomes a folder or a folder a file, what lies beneath the file is nothing.
        let (mut turning, mut were_folders) = (HashSet::new(), HashSet::new());
        for (at, change) in changes.iter().enumerate() {
            let path = change.path.clone();
            let beneath_file = path.ancestors().skip(1).any(|above| turning.contains(above));
            // What is beneath it comes next.
            let next = changes.get(at + 1);
            let is_folder = next.is_some_and(|next| next.path.starts_with(&path));
            let from = match read(tree, &path).await {
                Ok(from) => from,
                Err(_) if beneath_file => None,
                Err(_) if is_folder => {
                    if change.after.is_some() {
                        were_folders.insert(&*change.path);
                    }
                    None
                }
                Err(error) => {
                    let why = error.to_string();
                    conflicts.push(Conflict { path, why });
                    continue;
                }
            };
            let merged = merged(scratch.path(), change, from.as_ref()).await;
            match merged.map_err(|trouble| PatchError::of_git("merge-file", trouble))? {
                Merged::Already => {
                    if change.after.is_some() {
                        turning.insert(&*change.path);
                    }
                }
                Merged::Becomes(Some(to)) if to.leads_out(&path) => {
                    let why = "it is a link that leads, or may lead, out of the work tree".to_owned();
                    conflicts.push(Conflict { path, why });
                }
                Merged::Becomes(to) => {
                    if to.is_none() {
                        turning.insert(&*change.path);
                    }
                    moves.push(Move { path, from, to });
                }
                Merged::Conflict(why) => conflicts.push(Conflict { path, why }),
            }
        }
        // A folder in which something stays becomes no file.
        let stays: HashSet<PathBuf> = conflicts
            .iter()
            .flat_map(|conflict| conflict.path.ancestors().skip(1))
            .filter(|above| were_folders.contains(above))
            .map(Path::to_owned)
            .collect();
        moves.retain(|step| !stays.contains(&step.path));
        conflicts.extend(stays.into_iter().map(|path| {
            let why = "it is a folder, and something in it stays".to_owned();
            Conflict { path, why }
        }));
        Ok((moves, conflicts))
    }
}

/// Does all of `moves`, or none, beside the runtime. Begun, it is done, whoever waits for it; `right` is kept until then.
async fn landed(tree: Arc<Beneath>, moves: Vec<Move>, right: impl Send + 'static) -> Result<(), PatchError> {
    let landing = tokio::task::spawn_blocking(move || {
        let landed = land(&tree, &moves, |_| Ok(()));
        drop(right);
        landed
    });
    landing.await.unwrap_or_else(|error| {
        let path = PathBuf::new();
        Err(PatchError::File {
            path,
            source: error.into(),
        })
    })
}

/// What lies at `path`, read beside the runtime.
async fn read(tree: &Arc<Beneath>, path: &Path) -> io::Result<Option<Leaf>> {
    let (tree, path) = (Arc::clone(tree), path.to_owned());
    let reading = tokio::task::spawn_blocking(move || tree.read(&path, LEAF_LIMIT));
    reading.await.unwrap_or_else(|error| Err(error.into()))
}

fn tree_at(root: &Path) -> Result<Arc<Beneath>, PatchError> {
    let opened = Beneath::open(root).map(Arc::new);
    opened.map_err(|source| PatchError::of_file(root, root.to_owned(), source))
}

impl Origin {
    /// A private directory that goes when it is dropped.
    fn scratch(&self) -> Result<PrivateDir, PatchError> {
        let made = self.state.fresh("patches", &Uuid::new_v4().simple().to_string());
        made.map_err(|source| {
            let place = self.state.path();
            PatchError::of_file(place, place.to_owned(), source)
        })
    }

    fn tree(&self) -> Result<Arc<Beneath>, PatchError> {
        tree_at(&self.work_tree)
    }

    /// The lease of the desk that it came from, or one of its own.
    async fn leased(&self) -> Result<Arc<Lease>, PatchError> {
        if let Some(lease) = self.lease.upgrade() {
            return Ok(lease);
        }
        let (state, tree, territory) = (&self.state, &self.work_tree, self.territory.clone());
        let taken = Lease::take(state, tree, territory, &self.owner, true).await;
        taken.map(Arc::new).map_err(|error| match error {
            LeaseError::WaitsForItself { .. } => PatchError::WaitsForItself(error.to_string()),
            other => PatchError::Leased(other.to_string()),
        })
    }
}
