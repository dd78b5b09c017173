//! Copying files from tree to tree, and comparing two trees: beside the runtime, never through a link.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::beneath::{Beneath, Leaf};
use crate::patch::Change;

/// The largest file that is copied or compared.
const LEAF_LIMIT: u64 = 256 << 20;

/// The most bytes of changes that are held.
const CHANGES_LIMIT: usize = 512 << 20;

/// Copies those of `files` that are files or links. What is gone, and folders, is left out.
pub(crate) async fn copy(from: &Path, to: &Path, files: Vec<PathBuf>) -> Result<(), String> {
    let (from, to) = (from.to_owned(), to.to_owned());
    beside(move || {
        let (source, target) = (open(&from)?, open(&to)?);
        for path in files {
            if let Some(leaf) = read(&source, &from, &path)? {
                target.put(&path, &leaf).map_err(named(&to, &path))?;
            }
        }
        Ok(())
    })
    .await
}

/// What differs between the tree `before` and the tree `after`, at `paths`.
pub(super) async fn compare(
    before: &Path,
    after: &Path,
    paths: BTreeSet<PathBuf>,
) -> Result<Vec<Change>, String> {
    let (before, after) = (before.to_owned(), after.to_owned());
    beside(move || {
        let (old, new) = (open(&before)?, open(&after)?);
        let (mut changes, mut held) = (Vec::new(), 0);
        for path in paths {
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
                    ));
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
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err("the runtime was shut down".to_owned()))
}

fn open(root: &Path) -> Result<Beneath, String> {
    Beneath::open(root).map_err(named(root, Path::new("")))
}

/// A file or link; folders, pipes and what is behind a link is no content.
fn read(tree: &Beneath, root: &Path, path: &Path) -> Result<Option<Leaf>, String> {
    match tree.read(path, LEAF_LIMIT) {
        Ok(leaf) => Ok(leaf),
        Err(error) => match root.join(path).symlink_metadata() {
            // Too large or not readable: that must not be taken for gone.
            Ok(meta) if meta.is_file() && !through_a_link(root, path) => Err(named(root, path)(error)),
            _ => Ok(None),
        },
    }
}

fn through_a_link(root: &Path, path: &Path) -> bool {
    path.ancestors()
        .skip(1)
        .any(|above| !above.as_os_str().is_empty() && root.join(above).is_symlink())
}

fn named(root: &Path, path: &Path) -> impl Fn(std::io::Error) -> String {
    let path = root.join(path);
    move |error| format!("{}: {error}", path.display())
}
