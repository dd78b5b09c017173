//! Who has a private directory: whoever holds the file beside it locked.
//!
//! `NAME.held` lies beside `NAME`, and the kernel frees its lock when the holder dies, however that happens. It is made and
//! locked before the directory is made, and removed, under the lock, after the directory is gone; so a file that nobody has
//! locked says that its directory is nobody's. Whoever has locked a file looks whether it is still the one that lies there.
//! A file and no directory is locked, since a shared file system passes the lock of a file on to other machines.
//!
//! It removes no directory.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

use super::open_lock;

/// What the name of such a file ends with.
pub(super) const SUFFIX: &str = ".held";

/// What it says once the directory beside it was made by its holder.
const MARK: &[u8] = b"orch: the directory beside this is private to whoever has this locked\n";

/// How often a file may be taken away between its making and its lock: each time somebody cleared away at that moment.
const TRIES: usize = 1_000;

/// A locked file. Dropped, it is free, and lies there still.
#[derive(Debug)]
pub(super) struct Hold {
    path: PathBuf,
    file: File,
}

/// How it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Alone,
    /// By several at once: the last one clears away.
    Shared,
}

impl Hold {
    /// Takes `directory`, which need not be there; `None` when somebody who lives has it. Does not wait for him.
    ///
    /// # Errors
    /// When the file cannot be made, or the file system has no locks.
    pub(super) fn take(directory: &Path, way: Way) -> io::Result<Option<Self>> {
        if let Some(hold) = Self::attempt(directory, way)? {
            return Ok(Some(hold));
        }
        // Perhaps it is only set aside at this moment: that is done behind the gate.
        let _gate = directory.parent().and_then(|kind| gate(kind, Way::Shared).ok());
        Self::attempt(directory, way)
    }

    fn attempt(directory: &Path, way: Way) -> io::Result<Option<Self>> {
        let mut path = file_of(directory);
        for _ in 0..TRIES {
            let file = open_lock(&path, true)?;
            let locked = match way {
                Way::Alone => file.try_lock(),
                Way::Shared => file.try_lock_shared(),
            };
            match locked {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => {
                    let _ = fs::remove_file(&path);
                    return Err(error);
                }
            }
            let hold = Self { path, file };
            if hold.lies_there() {
                return Ok(Some(hold));
            }
            path = hold.path;
        }
        Err(io::Error::other("it is taken away again and again"))
    }

    /// Takes what was left at the file `path`, alone; `None` when somebody has it, or it is no such file.
    pub(super) fn of_the_dead(path: PathBuf) -> Option<Self> {
        let file = open_lock(&path, false).ok()?;
        let hold = Self { path, file };
        let is_file = hold.file.metadata().ok()?.is_file();
        (is_file && hold.file.try_lock().is_ok() && hold.lies_there()).then_some(hold)
    }

    /// The directory that it is about.
    pub(super) fn directory(&self) -> PathBuf {
        self.path.with_extension("")
    }

    /// Says that the directory was made by its holder. Without it nobody ever clears it away.
    pub(super) fn mark(&self) {
        // A disk that is full: then it is not cleared away after a kill.
        let _ = self.file.write_all_at(MARK, 0);
    }

    pub(super) fn is_marked(&self) -> bool {
        let mut said = [0; MARK.len()];
        self.file.read_exact_at(&mut said, 0).is_ok() && said == MARK
    }

    /// Gives up a share; `Some` when there is no other, and then it is held alone.
    pub(super) fn last(self) -> Option<Self> {
        self.file.unlock().ok()?;
        (self.file.try_lock().is_ok() && self.lies_there()).then_some(self)
    }

    /// Removes the file, and with it frees the name. It must be held alone, and the directory be gone.
    pub(super) fn strike(self) {
        let _ = fs::remove_file(&self.path);
    }

    /// Somebody else may have removed the file before it was locked.
    fn lies_there(&self) -> bool {
        let id = |meta: fs::Metadata| (meta.dev(), meta.ino());
        let lies = self.path.symlink_metadata().map(id).ok();
        lies.is_some() && lies == self.file.metadata().map(id).ok()
    }
}

/// Closes the gate of a kind of directories: alone for who sets directories aside, shared for who would know whether
/// somebody does. Held for moments only.
pub(super) fn gate(kind: &Path, way: Way) -> io::Result<File> {
    let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW;
    let gate = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits())
        .open(kind)?;
    match way {
        Way::Alone => gate.lock()?,
        Way::Shared => gate.lock_shared()?,
    }
    Ok(gate)
}

fn file_of(directory: &Path) -> PathBuf {
    let mut name = directory.as_os_str().to_owned();
    name.push(SUFFIX);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(directory: &Path, way: Way) -> Option<Hold> {
        Hold::take(directory, way).expect("no error")
    }

    #[test]
    fn one_holds_it_alone_or_several_share_it_and_the_last_knows() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let place = root.path().join("place");
        let alone = taken(&place, Way::Alone).expect("nobody has it");
        assert!(taken(&place, Way::Alone).is_none());
        assert!(taken(&place, Way::Shared).is_none());
        alone.strike();
        let (one, other) = (taken(&place, Way::Shared), taken(&place, Way::Shared));
        let (one, other) = (one.expect("a share"), other.expect("a share"));
        assert!(taken(&place, Way::Alone).is_none());
        assert!(one.last().is_none());
        other.last().expect("the last").strike();
        assert!(!file_of(&place).exists());
    }

    #[test]
    fn who_locks_a_file_that_was_taken_away_does_not_have_the_name() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let place = root.path().join("place");
        let (one, other) = (taken(&place, Way::Shared), taken(&place, Way::Shared));
        let (one, other) = (one.expect("a share"), other.expect("a share"));
        // The other one is the last, clears away, and a third one begins anew.
        one.file.unlock().expect("no error");
        other.last().expect("the last").strike();
        let third = taken(&place, Way::Shared).expect("a share");
        assert!(one.last().is_none(), "its file is not the one that lies there");
        assert!(third.last().is_some());
    }

    #[test]
    fn what_was_left_is_taken_unless_somebody_has_it() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let place = root.path().join("place");
        let hold = taken(&place, Way::Alone).expect("nobody has it");
        assert!(Hold::of_the_dead(file_of(&place)).is_none());
        drop(hold);
        let left = Hold::of_the_dead(file_of(&place)).expect("it is nobody's");
        assert!(!left.is_marked());
        left.mark();
        assert!(left.is_marked());
        let link = root.path().join("link.held");
        std::os::unix::fs::symlink(file_of(&place), &link).expect("a link");
        assert!(Hold::of_the_dead(link).is_none());
    }

    #[test]
    fn nobody_has_a_name_beside_somebody_else_however_often_its_file_is_taken_away() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let place = root.path().join("place");
        let is_had = std::sync::atomic::AtomicBool::new(false);
        let order = std::sync::atomic::Ordering::SeqCst;
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..3_000 {
                        if let Some(hold) = taken(&place, Way::Alone) {
                            assert!(!is_had.swap(true, order), "two have it");
                            is_had.store(false, order);
                            hold.strike();
                        }
                    }
                });
            }
        });
    }
}
