//! Private directories: owner-only, outside everything that a worker may write, with names nobody can guess.
//!
//! It creates and removes; it does not know what is kept in them. Each is held by a lock while its owner lives
//! (`dirs/hold`), so what a killed program left can be told and removed (`dirs/abandoned`).

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use uuid::Uuid;

mod abandoned;
mod hold;
mod removal;

use hold::{Hold, Way};

pub(crate) use abandoned::Abandoned;
pub(crate) use removal::remove_all;

/// The directory under which runs keep their private files: `$XDG_STATE_HOME/orch`, or `~/.local/state/orch`.
#[derive(Debug, Clone)]
pub struct StateDir(PathBuf);

/// A directory that only its owner can enter (0700), removed with all it holds when dropped. What a killed program had is
/// removed when a run begins that has the same state directory.
#[derive(Debug)]
pub struct PrivateDir {
    path: PathBuf,
    /// None for what lies in a directory that is held.
    hold: Option<Hold>,
    way: Way,
    took_over: bool,
    /// The directory in which it lies, where nobody else held that; it goes after this one.
    within: Option<Box<PrivateDir>>,
}

impl StateDir {
    /// The user's own.
    ///
    /// # Errors
    /// When neither `XDG_STATE_HOME` nor `HOME` is an absolute path.
    pub fn of_user() -> io::Result<Self> {
        let absolute = |name: &str| {
            std::env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let state =
            absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
        let state = state.ok_or_else(|| {
            let what = "no state directory: set HOME or XDG_STATE_HOME to an absolute path";
            io::Error::new(io::ErrorKind::NotFound, what)
        })?;
        Ok(Self(state.join("orch")))
    }

    /// One of the caller's choosing.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        // Absolute, since workers stand somewhere else than we do.
        Self(std::path::absolute(&path).unwrap_or(path))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes `kind/name` in it, for the caller alone. Beside it lies `name.held`, locked, as long as it is there.
    ///
    /// # Errors
    /// When a directory cannot be made, or `kind/name` is there already.
    pub fn fresh(&self, kind: &str, name: &str) -> io::Result<PrivateDir> {
        let path = self.kind(kind)?.join(name);
        let hold = match Hold::take(&path, Way::Alone) {
            Ok(Some(hold)) => Some(hold),
            Ok(None) => return Err(io::ErrorKind::AlreadyExists.into()),
            // A file system without locks: then nobody can tell that it was left.
            Err(_) => None,
        };
        if let Err(error) = make_private(&path) {
            if let Some(hold) = hold.filter(|hold| !hold.is_marked()) {
                hold.strike();
            }
            return Err(error);
        }
        Ok(PrivateDir::held(path, hold, Way::Alone))
    }

    /// Makes `kind/name`, which a process that was killed may have left: what lies there is set aside. Whoever has it
    /// keeps its lock.
    ///
    /// # Errors
    /// When it cannot be made, or a process that lives has it.
    pub(crate) fn claim(&self, kind: &str, name: &str) -> io::Result<PrivateDir> {
        let path = self.kind(kind)?.join(name);
        let Some(hold) = Hold::take(&path, Way::Alone)? else {
            return Err(io::Error::other("the run goes on in this or another process"));
        };
        let mut took_over = false;
        if let Err(error) = make_private(&path) {
            if error.kind() != io::ErrorKind::AlreadyExists {
                hold.strike();
                return Err(error);
            }
            abandoned::aside(&path)?;
            make_private(&path)?;
            took_over = true;
        }
        let mut made = PrivateDir::held(path, Some(hold), Way::Alone);
        made.took_over = took_over;
        Ok(made)
    }

    /// The path of `kind/name`, made if it is not there. It stays.
    pub(crate) fn ensure(&self, kind: &str, name: &str) -> io::Result<PathBuf> {
        let path = self.kind(kind)?.join(name);
        make_if_absent(&path)?;
        Ok(path)
    }

    /// Makes `kind/name` if it is not there, and shares it with all who ask so; the last of them removes it. `None` when
    /// somebody who lives has it: it is his to remove.
    pub(crate) fn share(&self, kind: &str, name: &str) -> io::Result<Option<PrivateDir>> {
        let path = self.kind(kind)?.join(name);
        let hold = match Hold::take(&path, Way::Shared) {
            Ok(Some(hold)) => Some(hold),
            // Not made here: it is there, or its owner removes it at this moment.
            Ok(None) => return Ok(None),
            Err(_) => None,
        };
        make_if_absent(&path)?;
        Ok(hold.map(|hold| PrivateDir::held(path, Some(hold), Way::Shared)))
    }

    /// Makes a fresh directory in `kind/name`, for the caller alone.
    pub(crate) fn room(&self, kind: &str, name: &str) -> io::Result<PrivateDir> {
        let within = self.share(kind, name)?.map(Box::new);
        let path = unused_beneath(&self.place_of(kind, name));
        make_private(&path)?;
        let mut room = PrivateDir::held(path, None, Way::Alone);
        room.within = within;
        Ok(room)
    }

    /// The path of `kind/name`, whether or not it is there.
    pub(crate) fn place_of(&self, kind: &str, name: &str) -> PathBuf {
        self.0.join(kind).join(name)
    }

    /// The folder of a kind, made if it is not there. It stays.
    pub(crate) fn kind(&self, kind: &str) -> io::Result<PathBuf> {
        if let Some(above) = self.0.parent() {
            fs::create_dir_all(above)?;
        }
        let parent = self.0.join(kind);
        make_if_absent(&self.0)?;
        make_if_absent(&parent)?;
        Ok(parent)
    }
}

impl PrivateDir {
    /// A directory that was made.
    fn held(path: PathBuf, hold: Option<Hold>, way: Way) -> Self {
        if let Some(hold) = &hold {
            hold.mark();
        }
        Self {
            path,
            hold,
            way,
            took_over: false,
            within: None,
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether somebody who was killed had left something in its place, which was set aside.
    pub(crate) fn took_over(&self) -> bool {
        self.took_over
    }
}

impl Drop for PrivateDir {
    fn drop(&mut self) {
        // Nothing can be done about a failure here. What is left behind is readable by its owner only, and the file that
        // says so stays with it: somebody else's run removes it.
        match (self.hold.take(), self.way) {
            (Some(hold), Way::Shared) => abandoned::leave(hold),
            (hold, _) => {
                let removed = remove_all(&self.path);
                let is_gone =
                    removed.is_ok() || removed.is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
                if let Some(hold) = hold
                    && is_gone
                {
                    hold.strike();
                }
            }
        }
    }
}

/// The path of something beneath `parent` that is not there and that nobody can have foreseen.
pub(crate) fn unused_beneath(parent: &Path) -> PathBuf {
    parent.join(Uuid::new_v4().simple().to_string())
}

/// Writes a new owner-only file. Never through a link, never over a file that is there.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    // The mode above is narrowed by the process's umask; said outright it is exact.
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(bytes)
}

/// Whether `bytes` more can be written in the private directory `place`: they are, and are gone again.
///
/// # Errors
/// Why not.
pub(crate) fn room_for(place: &Path, bytes: usize) -> io::Result<()> {
    let path = unused_beneath(place);
    let written = write_private(&path, &vec![0; bytes]);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => written.and(Err(error)),
        _ => written,
    }
}

/// Opens a file of ours that is there to be locked; makes it, owner-only, if `create` says so. Never through a link.
pub(crate) fn open_lock(path: &Path, create: bool) -> io::Result<fs::File> {
    // Non-blocking, so that a named pipe put in the file's place cannot hold us.
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(create)
        .truncate(false)
        .mode(0o600)
        .custom_flags(flags.bits())
        .open(path)
}

/// Whether a folder lies at `path`; a link to one is none.
pub(crate) fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|meta| meta.is_dir())
}

/// Reads a file that a worker may have written: a plain file, not a link, at most `limit` bytes. None when there is
/// no such file.
pub(crate) fn read_bounded(path: &Path, limit: usize) -> io::Result<Option<Vec<u8>>> {
    open_plain(path)?.map(|file| within(file, limit)).transpose()
}

/// As [`read_bounded`], of a file that the user may have put elsewhere and linked.
pub(crate) fn read_linked(path: &Path, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let file = open_if_there(path, OFlag::empty())?;
    file.map(|file| within(file, limit)).transpose()
}

/// Opens a file that a worker may have written, to be read: a plain file, not a link. None when there is no such file.
pub(crate) fn open_plain(path: &Path) -> io::Result<Option<fs::File>> {
    open_if_there(path, OFlag::O_NOFOLLOW)
}

fn open_if_there(path: &Path, flags: OFlag) -> io::Result<Option<fs::File>> {
    // Non-blocking, so that a named pipe put in the file's place cannot hold us.
    let flags = (flags | OFlag::O_NONBLOCK).bits();
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("not a plain file"));
    }
    Ok(Some(file))
}

fn within(file: fs::File, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        return Err(io::Error::other(format!("larger than {limit} bytes")));
    }
    Ok(bytes)
}

fn make_if_absent(path: &Path) -> io::Result<()> {
    match make_private(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// Makes an owner-only directory. Never takes one that is there.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn everything_is_owner_only_and_gone_after_the_drop() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let state = StateDir::at(root.path().join("state/orch"));
        let run = state.fresh("runs", "r1").expect("a directory");
        let worker = unused_beneath(run.path());
        make_private(&worker).expect("a directory");
        let file = worker.join("schema.json");
        write_private(&file, b"{}").expect("a file");
        for directory in [state.path(), &state.path().join("runs"), run.path(), &worker] {
            assert_eq!(mode(directory), 0o700, "{}", directory.display());
        }
        assert_eq!(mode(&file), 0o600);
        assert!(state.fresh("runs", "r1").is_err(), "a name is used once");
        assert!(write_private(&file, b"again").is_err(), "a file is written once");
        let path = run.path().to_owned();
        drop(run);
        assert!(!path.exists());
    }

    #[test]
    fn only_plain_files_within_the_bound_are_read() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let file = root.path().join("answer");
        assert_eq!(read_bounded(&file, 3).expect("no error"), None);
        fs::write(&file, "abc").expect("a file");
        assert_eq!(read_bounded(&file, 3).expect("no error"), Some(b"abc".to_vec()));
        assert!(read_bounded(&file, 2).is_err());
        let link = root.path().join("link");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        assert!(read_bounded(&link, 3).is_err());
        assert_eq!(read_linked(&link, 3).expect("no error"), Some(b"abc".to_vec()));
        assert!(read_bounded(root.path(), 3).is_err());
        let pipe = root.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("a named pipe");
        assert!(read_bounded(&pipe, 3).is_err());
        assert!(read_linked(&pipe, 3).is_err());
    }
}
