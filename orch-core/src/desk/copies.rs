//! Copying files from tree to tree, and comparing two trees: beside the runtime, never through a link.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::beneath::{Beneath, Leaf, is_gone};
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
fn unless_no_content<T>(root: &Path, path: &Path, read: io::Result<T>) -> Result<Option<T>, Trouble> {
    match read {
        Ok(content) => Ok(Some(content)),
        Err(_) if through_a_link(root, path) => Ok(None),
        Err(error) => match root.join(path).symlink_metadata() {
            Ok(meta) if !(meta.is_file() || meta.is_symlink()) => Ok(None),
            Err(unseen) if is_gone(&unseen) => Ok(None),
            // Not readable, it or a folder above it, or the disk fails: that must not be taken for gone.
            _ => Err(Trouble::at(root.join(path), &error)),
        },
    }
}

fn through_a_link(root: &Path, path: &Path) -> bool {
    path.ancestors()
        .skip(1)
        .any(|above| !above.as_os_str().is_empty() && root.join(above).is_symlink())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn only_what_is_not_there_is_gone() {
        for (kind, gone) in [
            (io::ErrorKind::NotFound, true),
            (io::ErrorKind::NotADirectory, true),
            (io::ErrorKind::PermissionDenied, false),
            (io::ErrorKind::ResourceBusy, false),
            (io::ErrorKind::Other, false),
        ] {
            assert_eq!(is_gone(&kind.into()), gone, "{kind}");
        }
        // An error of the disk has no kind of its own.
        assert!(!is_gone(&io::Error::from_raw_os_error(5)));
    }

    #[tokio::test]
    async fn a_file_is_compared_as_gone_or_named_as_unreadable() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let (before, after) = (root.path().join("before"), root.path().join("after"));
        let names = ["gone", "folder", "dir/file", "link/file", "shut/file"];
        for name in names {
            let file = before.join(name);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, "text").expect("a file");
        }
        fs::create_dir_all(after.join("folder")).expect("a folder");
        fs::write(after.join("dir"), "a file now").expect("a file");
        symlink(before.join("link"), after.join("link")).expect("a link");
        fs::create_dir(after.join("shut")).expect("a folder");
        fs::write(after.join("shut/file"), "text").expect("a file");
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect();
        let changes = compare(&before, &after, paths(&names)).await.expect("compared");
        let gone: Vec<&Path> = changes.iter().map(|change| &*change.path).collect();
        assert_eq!(gone, ["dir/file", "folder", "gone", "link/file"].map(Path::new));
        assert!(changes.iter().all(|change| change.after.is_none()));

        fs::set_permissions(after.join("shut"), fs::Permissions::from_mode(0o000)).expect("it is ours");
        let compared = compare(&before, &after, paths(&["shut/file"])).await;
        let is_shut = fs::read_dir(after.join("shut")).is_err();
        fs::set_permissions(after.join("shut"), fs::Permissions::from_mode(0o700)).expect("it is ours");
        match compared {
            // Nothing is shut to the superuser.
            Ok(changes) => assert!(changes.is_empty() && !is_shut, "{changes:?}"),
            Err(why) => assert!(is_shut && why.to_string().contains("shut/file: "), "{why}"),
        }
    }
}
