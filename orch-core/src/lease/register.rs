//! Who holds what across processes: one locked file for each lease, in a private directory for each work tree.
//!
//! A lease's file is held locked for the lease's life, so the kernel frees it when the holder dies, however that
//! happens. Looking and taking is done under a register lock that is held for this alone. Processes see each other when
//! they share a state directory, which all processes of one user do unless they were told otherwise.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::Territory;
use crate::dirs::{StateDir, open_lock};
use crate::ids::Digest;

/// The most bytes of a lease's file that are read.
const FILE_LIMIT: u64 = 1 << 20;

/// The leases of one work tree, as files.
#[derive(Debug)]
pub(super) struct Register {
    place: PathBuf,
}

/// A lease that other processes see. Dropped, it is free.
#[derive(Debug)]
pub(super) struct Entry {
    path: PathBuf,
    _locked: File,
}

/// What came of looking and taking.
#[derive(Debug)]
pub(super) enum Taken {
    Entry(Entry),
    /// Somebody else holds this.
    HeldBy(Territory),
    /// Somebody else looks and takes at this moment.
    Busy,
}

impl Register {
    /// The register of the work tree `tree`, a canonical path.
    pub(super) fn of(state: &StateDir, tree: &Path) -> io::Result<Self> {
        let name = Digest::of(tree.as_os_str().as_bytes()).to_string();
        let place = state.ensure("leases", &name)?;
        Ok(Self { place })
    }

    /// Takes `territory` if nobody holds a part of it. Does not wait.
    pub(super) fn take(&self, territory: &Territory) -> io::Result<Taken> {
        let register = open_lock(&self.place.join("register"), true)?;
        match register.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Taken::Busy),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        if let Some(held) = self.held(None)?.into_iter().find(|held| held.overlaps(territory)) {
            return Ok(Taken::HeldBy(held));
        }
        let path = self.place.join(format!("{}.lease", Uuid::new_v4().simple()));
        let mut file = open_lock(&path, true)?;
        let entry = Entry {
            path,
            _locked: file.try_clone()?,
        };
        // Under the register's lock nobody else looks at it before it is whole.
        file.try_lock().map_err(io::Error::from)?;
        for path in territory.paths() {
            file.write_all(path.as_os_str().as_bytes())?;
            file.write_all(&[0])?;
        }
        Ok(Taken::Entry(entry))
    }

    /// What is held beside `own`. Waits for whoever looks and takes at this moment.
    pub(super) fn held_beside(&self, own: &Entry) -> io::Result<Vec<Territory>> {
        let register = open_lock(&self.place.join("register"), true)?;
        register.lock()?;
        self.held(Some(&own.path))
    }

    /// What is held, but for the lease at `own`. The register must be locked.
    fn held(&self, own: Option<&Path>) -> io::Result<Vec<Territory>> {
        let mut all = Vec::new();
        for entry in fs::read_dir(&self.place)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "lease") && own != Some(&*path) {
                all.extend(held(&path)?);
            }
        }
        Ok(all)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        // Removed while it is locked still: whoever opened it before finds it locked or gone.
        let _ = fs::remove_file(&self.path);
    }
}

/// What the file at `path` holds; `None`, and the file is gone, when its holder is dead.
fn held(path: &Path) -> io::Result<Option<Territory>> {
    let mut file = match open_lock(path, false) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    match file.try_lock() {
        Ok(()) => {
            let removed = fs::remove_file(path);
            return match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(None),
            };
        }
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let mut bytes = Vec::new();
    Read::by_ref(&mut file).take(FILE_LIMIT).read_to_end(&mut bytes)?;
    let paths = bytes.split_inclusive(|&byte| byte == 0).map(|path| {
        let path = path.strip_suffix(&[0]).unwrap_or(path);
        PathBuf::from(std::ffi::OsString::from_vec(path.to_vec()))
    });
    // A file without paths, or a cut one, is a holder that cannot be asked: then all of the tree is held.
    let whole = bytes.last() == Some(&0);
    let territory = if whole {
        Territory::of_clean(paths.collect())
    } else {
        None
    };
    Ok(territory.or_else(|| Territory::of_clean(vec![PathBuf::new()])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> Territory {
        Territory::of_clean(vec![path.into()]).expect("a path")
    }

    #[test]
    fn what_is_held_is_seen_and_what_was_left_is_taken_over() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let state = StateDir::at(root.path().join("state"));
        let register = Register::of(&state, root.path()).expect("a register");
        let Taken::Entry(first) = register.take(&at("src")).expect("no error") else {
            panic!("nobody holds it")
        };
        let second = register.take(&at("src/a")).expect("no error");
        assert!(
            matches!(&second, Taken::HeldBy(held) if *held == at("src")),
            "{second:?}"
        );
        let other = register.take(&at("docs")).expect("no error");
        assert!(matches!(other, Taken::Entry(_)));
        // A holder that died: its file is there and nobody has it locked.
        let left = first.path.clone();
        drop(first);
        assert!(!left.exists());
        fs::write(&left, "src\0").expect("a file");
        let again = register.take(&at("src/a")).expect("no error");
        assert!(matches!(again, Taken::Entry(_)), "{again:?}");
        assert!(!left.exists(), "what the dead left is cleared away");
    }

    #[test]
    fn a_holder_that_cannot_be_asked_holds_all() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let state = StateDir::at(root.path().join("state"));
        let register = Register::of(&state, root.path()).expect("a register");
        let path = register.place.join("x.lease");
        fs::write(&path, "sr").expect("a file");
        let file = File::open(&path).expect("the file");
        file.lock().expect("a lock");
        let taken = register.take(&at("docs")).expect("no error");
        assert!(matches!(taken, Taken::HeldBy(_)), "{taken:?}");
    }
}
