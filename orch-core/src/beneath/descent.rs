//! Going through a tree that somebody hostile may have made: however deep it is, the stack stays flat and one folder is
//! open at a time.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// The most folders above one another that are looked into. Programs that name a file by its path reach no deeper than
/// this in a tree that people made.
const DEPTH: usize = 256;

/// What is met on the way.
#[derive(Debug)]
pub(crate) enum Met {
    /// A folder that is gone into.
    Folder(Metadata),
    /// Anything that holds nothing: a file, a link, a pipe.
    Leaf(Metadata),
    /// A folder that is not gone into: it may not be read, or it is too deep.
    Closed(Metadata),
    /// Something whose path is too long to be asked about.
    TooLong,
}

/// Why a descent was given up.
#[derive(Debug)]
pub(crate) enum Stopped<E> {
    /// What lies at the path cannot be looked at.
    Unreadable(PathBuf, io::Error),
    /// By whoever is told.
    By(E),
}

/// Tells `meet` of what lies at `path` beneath `root` and of all beneath that, in no order. Links are not followed; where
/// `leaves_out` says so of a folder, that is not met. What is gone meanwhile is gone. Blocks.
pub(crate) fn descend<E>(
    root: &Path,
    path: &Path,
    mut leaves_out: impl FnMut(&Path) -> bool,
    mut meet: impl FnMut(PathBuf, Met) -> Result<(), E>,
) -> Result<(), Stopped<E>> {
    let mut pending = vec![(path.to_owned(), 0)];
    while let Some((path, depth)) = pending.pop() {
        let full = root.join(&path);
        let meta = match full.symlink_metadata() {
            Ok(meta) => meta,
            Err(error) if is_gone(&error) => continue,
            Err(error) if error.kind() == io::ErrorKind::InvalidFilename => {
                meet(path, Met::TooLong).map_err(Stopped::By)?;
                continue;
            }
            Err(error) => return Err(Stopped::Unreadable(path, error)),
        };
        if !meta.is_dir() {
            meet(path, Met::Leaf(meta)).map_err(Stopped::By)?;
            continue;
        }
        if depth >= DEPTH {
            meet(path, Met::Closed(meta)).map_err(Stopped::By)?;
            continue;
        }
        let entries = match fs::read_dir(&full) {
            Ok(entries) => entries,
            Err(error) if is_gone(&error) => continue,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                meet(path, Met::Closed(meta)).map_err(Stopped::By)?;
                continue;
            }
            Err(error) => return Err(Stopped::Unreadable(path, error)),
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if is_gone(&error) => continue,
                Err(error) => return Err(Stopped::Unreadable(path, error)),
            };
            let path = path.join(entry.file_name());
            if !(entry.file_type().is_ok_and(|kind| kind.is_dir()) && leaves_out(&path)) {
                pending.push((path, depth + 1));
            }
        }
        meet(path, Met::Folder(meta)).map_err(Stopped::By)?;
    }
    Ok(())
}

/// Whether nothing lies where this came of looking.
pub(crate) fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
