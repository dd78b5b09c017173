//! Removing a tree that somebody hostile made: as deep as it may be, and with folders that nobody may enter.
//!
//! `std`'s own removal calls itself for every folder and keeps each open. Here the stack stays flat and few folders are open
//! at a time: the way up is by `..`, and a folder that is not the one that was left is not touched. Links are removed,
//! never followed.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{FchmodatFlags, Mode, SFlag, fchmod, fchmodat, fstat, fstatat};
use nix::unistd::{UnlinkatFlags, unlinkat};

const FOLDER: OFlag = OFlag::O_DIRECTORY
    .union(OFlag::O_NOFOLLOW)
    .union(OFlag::O_CLOEXEC);

/// How often is begun anew where somebody adds to the tree meanwhile.
const ROUNDS: usize = 4;

/// Removes the folder at `path` and all it holds. Blocks.
///
/// # Errors
/// When something cannot be removed, or is added all the time. All that could be removed is gone then.
pub(crate) fn remove_all(path: &Path) -> io::Result<()> {
    let root = open_folder(path)?;
    fchmod(&root, Mode::S_IRWXU)?;
    let mut rounds = 0;
    loop {
        let cleared = clear(root.try_clone()?);
        rounds += 1;
        match std::fs::remove_dir(path) {
            Err(_) if rounds < ROUNDS => {}
            Err(error) => return Err(cleared.err().map_or(error, io::Error::from)),
            Ok(()) => return Ok(()),
        }
    }
}

/// Opens a folder, also one that nobody may enter; never through a link in its place.
pub(super) fn open_folder(path: &Path) -> io::Result<OwnedFd> {
    match nix::fcntl::open(path, FOLDER, Mode::empty()) {
        Err(Errno::EACCES) => {
            enable(nix::fcntl::AT_FDCWD, path)?;
            Ok(nix::fcntl::open(path, FOLDER, Mode::empty())?)
        }
        opened => Ok(opened?),
    }
}

/// A folder on the way down, and what of it is still to be removed.
struct Level {
    /// Device and inode: by them it is known again on the way up.
    id: (u64, u64),
    /// What it is called in the folder above.
    name: CString,
    pending: Vec<CString>,
}

impl Level {
    fn of(folder: &OwnedFd, name: CString) -> nix::Result<Self> {
        Ok(Self {
            id: id_of(folder)?,
            name,
            pending: names_in(folder)?,
        })
    }
}

/// Removes what `root` holds; the first error is returned when all else is gone.
fn clear(root: OwnedFd) -> nix::Result<()> {
    let mut first = Ok(());
    let mut levels = vec![Level::of(&root, CString::default())?];
    let mut current = root;
    while let Some(level) = levels.last_mut() {
        let Some(name) = level.pending.pop() else {
            let done = levels.pop();
            let (Some(done), Some(above)) = (done, levels.last()) else {
                break;
            };
            let folder = openat(&current, c"..", FOLDER, Mode::empty())?;
            // Whoever moves a folder away meanwhile does not lead us out of the tree.
            if id_of(&folder)? != above.id {
                return first.and(Err(Errno::ESTALE));
            }
            current = folder;
            first = first.and(removed(&current, &done.name).map(drop));
            continue;
        };
        let entered = match removed(&current, &name) {
            Ok(true) => continue,
            Ok(false) => enter(&current, name),
            Err(errno) => Err(errno),
        };
        match entered {
            Ok((folder, level)) => {
                current = folder;
                levels.push(level);
            }
            Err(errno) => first = first.and(Err(errno)),
        }
    }
    first
}

fn enter(above: &OwnedFd, name: CString) -> nix::Result<(OwnedFd, Level)> {
    enable(above, name.as_c_str())?;
    let folder = openat(above, name.as_c_str(), FOLDER, Mode::empty())?;
    let level = Level::of(&folder, name)?;
    Ok((folder, level))
}

fn id_of(folder: &OwnedFd) -> nix::Result<(u64, u64)> {
    let stat = fstat(folder)?;
    #[allow(
        clippy::unnecessary_cast,
        clippy::cast_sign_loss,
        reason = "their types differ by platform"
    )]
    Ok((stat.st_dev as u64, stat.st_ino as u64))
}

/// Removes a file, a link or an empty folder; false when it is a folder that holds something.
fn removed(folder: &OwnedFd, name: &CStr) -> nix::Result<bool> {
    let stat = match fstatat(folder, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
        Err(Errno::ENOENT) => return Ok(true),
        stat => stat?,
    };
    let is_folder = SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == SFlag::S_IFDIR;
    let way = if is_folder {
        UnlinkatFlags::RemoveDir
    } else {
        UnlinkatFlags::NoRemoveDir
    };
    match unlinkat(folder, name, way) {
        Ok(()) | Err(Errno::ENOENT) => Ok(true),
        Err(Errno::ENOTEMPTY | Errno::EEXIST) if is_folder => Ok(false),
        Err(errno) => Err(errno),
    }
}

/// Gives its owner every right to a folder.
fn enable<P: ?Sized + nix::NixPath>(above: impl std::os::fd::AsFd, name: &P) -> nix::Result<()> {
    fchmodat(above, name, Mode::S_IRWXU, FchmodatFlags::NoFollowSymlink)
}

fn names_in(folder: &OwnedFd) -> nix::Result<Vec<CString>> {
    let mut folder = Dir::openat(folder, c".", OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())?;
    let mut names = Vec::new();
    for entry in folder.iter() {
        let entry = entry?;
        if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
            names.push(entry.file_name().to_owned());
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn folders_that_nobody_may_enter_go_and_what_links_name_stays() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let (tree, away) = (root.path().join("tree"), root.path().join("away"));
        fs::create_dir_all(tree.join("a/b/c")).expect("folders");
        fs::create_dir_all(&away).expect("a folder");
        fs::write(away.join("kept"), "x").expect("a file");
        fs::write(tree.join("a/b/c/file"), "x").expect("a file");
        symlink(&away, tree.join("a/b/link")).expect("a link");
        symlink(&away, tree.join("link")).expect("a link");
        for closed in ["a/b/c", "a/b", "a"] {
            fs::set_permissions(tree.join(closed), Permissions::from_mode(0o000)).expect("rights");
        }
        remove_all(&tree).expect("it goes");
        assert!(!tree.exists());
        assert!(away.join("kept").exists());
        symlink(&away, &tree).expect("a link");
        remove_all(&tree).expect_err("a link is no folder");
        assert!(away.join("kept").exists());
    }
}
