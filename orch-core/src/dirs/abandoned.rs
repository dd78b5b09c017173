//! What dead programs left in a state directory: set aside under the lock of their own, then removed at leisure.
//!
//! Only a directory whose file says that it was made by a holder, and that nobody holds, is set aside: by a new name, so
//! that the old one is free at once, also for a run that is taken up again. What is set aside nobody makes or enters any
//! more. It knows no git and saves nothing.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::hold::{Hold, SUFFIX, Way, gate};
use super::{StateDir, is_folder, removal};

/// What the name of a directory ends with that was set aside.
const ASIDE: &str = ".swept";

/// A directory of a dead program, set aside. Dropped, it is left for the next who looks.
#[derive(Debug)]
pub(crate) struct Abandoned {
    path: PathBuf,
    /// Nobody else is at it. Of the folder itself: two that remove it are slower, and no worse.
    locked: Option<File>,
}

impl StateDir {
    /// Sets aside what dead programs left, and names all that is set aside. What cannot be looked at is left out. Blocks.
    pub(crate) fn set_aside(&self) -> Vec<PathBuf> {
        let kinds = entries(&self.0).into_iter().filter(|kind| is_folder(kind));
        kinds.flat_map(|kind| set_aside_in(&kind)).collect()
    }
}

impl Abandoned {
    /// Takes what was set aside at `path`; `None` when somebody else has it. Blocks.
    pub(crate) fn take(path: &Path) -> Option<Self> {
        let path = path.to_owned();
        if !is_folder(&path) {
            // Something that is no directory had its name: a link is removed, never followed.
            let _ = fs::remove_file(&path);
            return None;
        }
        let locked = File::from(removal::open_folder(&path).ok()?);
        match locked.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return None,
            Err(fs::TryLockError::Error(_)) => return Some(Self { path, locked: None }),
        }
        let locked = Some(locked);
        // Whoever had it until now may have removed it.
        is_folder(&path).then_some(Self { path, locked })
    }

    /// Where it is now.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where it was.
    pub(crate) fn was(&self) -> PathBuf {
        self.path.with_extension("").with_extension("")
    }

    /// Removes it. Blocks.
    ///
    /// # Errors
    /// When something of it cannot be removed.
    pub(crate) fn remove(self) -> io::Result<()> {
        let removed = removal::remove_all(&self.path);
        drop(self.locked);
        removed
    }
}

fn set_aside_in(kind: &Path) -> Vec<PathBuf> {
    // One at a time, and whoever finds a name taken can tell this from its owner's life.
    if let Ok(_gate) = gate(kind, Way::Alone) {
        for path in entries(kind) {
            if ends_with(&path, SUFFIX)
                && let Some(hold) = Hold::of_the_dead(path)
            {
                free(hold);
            }
        }
    }
    let mut aside = entries(kind);
    aside.retain(|path| ends_with(path, ASIDE));
    aside
}

/// Gives up a share of a directory; the last one removes it. Whoever comes to share it meanwhile finds it there, or makes it
/// anew.
pub(super) fn leave(hold: Hold) {
    let directory = hold.directory();
    let aside = {
        let _gate = directory.parent().and_then(|kind| gate(kind, Way::Alone).ok());
        let Some(hold) = hold.last() else { return };
        let aside = aside(&directory);
        match &aside {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {}
            _ => hold.strike(),
        }
        aside
    };
    if let Some(left) = aside.ok().and_then(|aside| Abandoned::take(&aside)) {
        let _ = left.remove();
    }
}

/// Frees the name that a dead program held.
fn free(hold: Hold) {
    let directory = hold.directory();
    let gone = if hold.is_marked() {
        aside(&directory).map(drop)
    } else {
        // It died before it had made the directory its own; somebody else's is not touched.
        fs::remove_dir(&directory)
    };
    match gone {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {}
        _ => hold.strike(),
    }
}

/// Gives `directory` a name that says that it is nobody's. Its holder alone may do so.
pub(super) fn aside(directory: &Path) -> io::Result<PathBuf> {
    let mut name = directory.as_os_str().to_owned();
    name.push(format!(".{}{ASIDE}", Uuid::new_v4().simple()));
    let path = PathBuf::from(name);
    fs::rename(directory, &path)?;
    Ok(path)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn ends_with(path: &Path, suffix: &str) -> bool {
    let name = path.file_name().map_or(&[][..], OsStr::as_bytes);
    name.ends_with(suffix.as_bytes()) && name.len() > suffix.len()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::dirs::write_private;

    /// A directory as a program leaves it that is killed.
    fn left(state: &StateDir, kind: &str, name: &str) -> PathBuf {
        let mut made = state.fresh(kind, name).expect("a directory");
        let path = made.path().to_owned();
        write_private(&path.join("file"), b"text").expect("a file");
        // From here on it is anybody's to clear away.
        made.hold = None;
        std::mem::forget(made);
        path
    }

    fn sweep(state: &StateDir) {
        for path in state.set_aside() {
            let left = Abandoned::take(&path).expect("nobody else is at it");
            left.remove().expect("it goes");
        }
    }

    fn names(state: &StateDir, kind: &str) -> Vec<String> {
        let mut names: Vec<String> = entries(&state.path().join(kind))
            .iter()
            .map(|path| {
                path.file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_the_dead_left_goes_and_what_the_living_have_stays() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let state = StateDir::at(root.path().join("state"));
        left(&state, "patches", "dead");
        let living = state.fresh("patches", "living").expect("a directory");
        sweep(&state);
        assert_eq!(names(&state, "patches"), ["living", "living.held"]);
        drop(living);
        assert!(names(&state, "patches").is_empty());
    }

    #[test]
    fn what_is_set_aside_says_where_it_was_and_the_next_goes_on_with_it() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let state = StateDir::at(root.path().join("state"));
        let was = left(&state, "runs", "r1");
        let aside = state.set_aside();
        let [path] = aside.as_slice() else {
            panic!("{aside:?}")
        };
        let mine = Abandoned::take(path).expect("nobody else is at it");
        assert_eq!(mine.was(), was);
        assert!(Abandoned::take(path).is_none(), "one at a time");
        // It dies before it has removed it.
        drop(mine);
        assert_eq!(state.set_aside(), aside);
        sweep(&state);
        assert!(names(&state, "runs").is_empty());
    }

    #[test]
    fn what_no_program_of_ours_made_is_not_touched() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let state = StateDir::at(root.path().join("state"));
        let (own, away) = (state.path().join("runs/mine"), root.path().join("away"));
        fs::create_dir_all(&own).expect("a folder");
        fs::write(own.join("kept"), "x").expect("a file");
        fs::write(state.path().join("runs/mine.held"), "mine, not yours").expect("a file");
        // A link in place of a kind, to where something lies that looks like ours.
        let elsewhere = StateDir::at(&away);
        let kept = left(&elsewhere, "runs", "r1");
        symlink(away.join("runs"), state.path().join("patches")).expect("a link");
        // A link in place of what a dead program had.
        let dead = left(&state, "sessions", "dead");
        fs::remove_dir_all(&dead).expect("it goes");
        symlink(&kept, &dead).expect("a link");
        for path in state.set_aside() {
            assert!(Abandoned::take(&path).is_none());
        }
        assert!(own.join("kept").exists());
        assert!(kept.join("file").exists());
        assert!(names(&state, "sessions").is_empty());
    }

    /// A lock belongs to whoever opened the file, so threads stand for processes here.
    #[test]
    fn births_and_claims_come_to_their_own_while_others_clear_away() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let state = StateDir::at(root.path().join("state"));
        let state = &state;
        let live = move |thread: usize| {
            for round in 0..200 {
                let run = format!("run-{thread}");
                left(state, "runs", &run);
                let run = state.claim("runs", &run).expect("nobody who lives has it");
                let shared = state.room("runs", &format!("shared-{}", round % 2));
                let shared = shared.expect("a room");
                let fresh = state.fresh("patches", &format!("{thread}-{round}"));
                let fresh = fresh.expect("a directory");
                for made in [&run, &shared, &fresh] {
                    write_private(&made.path().join("file"), b"text").expect("it is there");
                }
            }
        };
        std::thread::scope(|scope| {
            let living = [0, 1, 2].map(|thread| scope.spawn(move || live(thread)));
            while !living.iter().all(std::thread::ScopedJoinHandle::is_finished) {
                for path in state.set_aside() {
                    let removed = Abandoned::take(&path).map(Abandoned::remove);
                    assert!(removed.is_none_or(|removed| removed.is_ok()));
                }
            }
        });
        sweep(state);
        assert!(names(state, "runs").is_empty());
        assert!(names(state, "patches").is_empty());
    }
}
