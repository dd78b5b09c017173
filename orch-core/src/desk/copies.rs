//! Copying files from tree to tree, and comparing two trees: beside the runtime, never through a link.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::beneath::{Beneath, Leaf};
use crate::patch::Change;
use crate::refusal::Trouble;

/// The largest file that is held: what is larger is copied and compared piece by piece, and cannot be part of a patch.
const LEAF_LIMIT: u64 = 256 << 20;

/// The most bytes of changes that are held.
const CHANGES_LIMIT: usize = 512 << 20;

/// Copies those of `files` that are files or links. What is gone, and folders, is left out.
pub(crate) async fn copy(from: &Path, to: &Path, files: Vec<PathBuf>) -> Result<(), Trouble> {
    let (from, to) = (from.to_owned(), to.to_owned());
    beside(move || {
        let (source, target) = (open(&from)?, open(&to)?);
        for path in files {
            unless_no_content(&from, &path, source.copy(&path, &target))
                .map_err(|trouble| trouble.of_writing(&to))?;
        }
        Ok(())
    })
    .await
}

/// What differs between the tree `before` and the tree `after`, at `paths`.
///
/// # Errors
/// When a file cannot be read, or one that differs is too large to be held.
pub(super) async fn compare(
    before: &Path,
    after: &Path,
    paths: BTreeSet<PathBuf>,
) -> Result<Vec<Change>, Trouble> {
    let (before, after) = (before.to_owned(), after.to_owned());
    beside(move || {
        let (old, new) = (open(&before)?, open(&after)?);
        let (mut changes, mut held) = (Vec::new(), 0);
        for path in paths {
            if is_large(&old, &path) || is_large(&new, &path) {
                if old.is_same(&path, &new).unwrap_or(false) {
                    continue;
                }
                return Err(format!(
                    "{} is changed and has more than {LEAF_LIMIT} bytes, which no patch holds: have it ignored by git, or move it away",
                    crate::plain::line(&path.to_string_lossy(), 200)
                )
                .into());
            }
            let (old, new) = (read(&old, &before, &path)?, read(&new, &after, &path)?);
            if old != new {
                held += [&old, &new]
                    .into_iter()
                    .flatten()
                    .map(|leaf| leaf.blob().0.len())
                    .sum::<usize>();
                if held > CHANGES_LIMIT {
                    return Err(format!(
                        "more than {CHANGES_LIMIT} bytes are changed: have build output ignored by git"
                    )
                    .into());
                }
                changes.push(Change {
                    path,
                    before: old,
                    after: new,
                });
            }
        }
        Ok(changes)
    })
    .await
}

/// Work that blocks.
pub(super) async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err("the runtime was shut down".into()))
}

fn open(root: &Path) -> Result<Beneath, Trouble> {
    Beneath::open(root).map_err(Trouble::with(root))
}

/// A file or link; folders, pipes and what is behind a link is no content.
fn read(tree: &Beneath, root: &Path, path: &Path) -> Result<Option<Leaf>, Trouble> {
    let leaf = unless_no_content(root, path, tree.read(path, LEAF_LIMIT))?;
    Ok(leaf.flatten())
}

fn is_large(tree: &Beneath, path: &Path) -> bool {
    let size = tree.size(path).ok().flatten();
    size.is_some_and(|size| size > LEAF_LIMIT)
}

/// What came of reading `path`; `None` where it failed because there is no content.
fn unless_no_content<T>(root: &Path, path: &Path, read: std::io::Result<T>) -> Result<Option<T>, Trouble> {
    match read {
        Ok(content) => Ok(Some(content)),
        Err(error) => match root.join(path).symlink_metadata() {
            // Not readable, or the disk is full: that must not be taken for gone.
            Ok(meta) if (meta.is_file() || meta.is_symlink()) && !through_a_link(root, path) => {
                Err(Trouble::at(root.join(path), &error))
            }
            _ => Ok(None),
        },
    }
}

fn through_a_link(root: &Path, path: &Path) -> bool {
    path.ancestors()
        .skip(1)
        .any(|above| !above.as_os_str().is_empty() && root.join(above).is_symlink())
}
