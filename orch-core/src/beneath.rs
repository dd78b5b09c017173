//! Files beneath a root that a worker may write in: read, written and removed without ever following a link.
//!
//! Every folder on the way is opened by itself, from the one above, and never through a link; so whatever somebody puts
//! in place of a folder meanwhile, nothing outside the root is touched. (`openat2` with `RESOLVE_BENEATH` gives the same
//! on Linux alone.) It knows no git and decides nothing.

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Component, Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat, readlinkat, renameat};
use nix::sys::stat::{Mode, SFlag, fchmod, fstatat, mkdirat};
use nix::unistd::{UnlinkatFlags, symlinkat, unlinkat};
use uuid::Uuid;

mod descent;

pub(crate) use descent::{Met, Stopped, descend, is_gone};

/// What the name of every staged leaf begins with.
const STAGED: &str = ".orch-";

/// A folder beneath which everything happens.
#[derive(Debug)]
pub(crate) struct Beneath {
    root: OwnedFd,
}

/// What lies at a path: a file or a link, with all there is to it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Leaf {
    File { bytes: Vec<u8>, executable: bool },
    Link { target: OsString },
}

/// A new leaf that lies beside its place and is not yet in it. Dropped, it is removed.
///
/// It holds names and no open folder: a patch may have more files than a process may have descriptors.
#[derive(Debug)]
pub(crate) struct Staged<'tree> {
    tree: &'tree Beneath,
    path: PathBuf,
    /// In whose folder it lies until then.
    neighbour: PathBuf,
    beside: Option<OsString>,
}

const FOLDER: OFlag = OFlag::O_DIRECTORY
    .union(OFlag::O_NOFOLLOW)
    .union(OFlag::O_CLOEXEC);

impl Beneath {
    /// Opens `root`; links on the way to it are followed.
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        let root = nix::fcntl::open(root, OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())?;
        Ok(Self { root })
    }

    /// What lies at `path`; `None` when there is nothing.
    ///
    /// # Errors
    /// When something else than a file or link lies there, it is larger than `limit` bytes, or a link or file is on
    /// the way to it.
    pub(crate) fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Leaf>> {
        let (folder, name) = match self.folder_of(path, false) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => found?,
        };
        let stat = match fstatat(&folder, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
            Err(Errno::ENOENT) => return Ok(None),
            stat => stat?,
        };
        let kind = SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT;
        if kind == SFlag::S_IFLNK {
            let target = readlinkat(&folder, name)?;
            return Ok(Some(Leaf::Link { target }));
        }
        if kind != SFlag::S_IFREG {
            return Err(io::Error::other("it is neither a file nor a link"));
        }
        let file = self.file(path)?;
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(io::Error::other(format!("it is larger than {limit} bytes")));
        }
        let executable = stat.st_mode & 0o100 != 0;
        Ok(Some(Leaf::File { bytes, executable }))
    }

    /// Writes `leaf` beside `path`, with the folders on the way; it comes to its place by [`Staged::land`].
    pub(crate) fn stage(&self, path: &Path, leaf: &Leaf) -> io::Result<Staged<'_>> {
        self.stage_beside(path, path, leaf)
    }

    /// As [`Beneath::stage`], beside `neighbour`: a file that is to go before the folders on the way to `path` can be.
    /// These are made when it comes to its place.
    pub(crate) fn stage_beside(&self, path: &Path, neighbour: &Path, leaf: &Leaf) -> io::Result<Staged<'_>> {
        let mut staged = self.stage_at(neighbour, leaf)?;
        path.clone_into(&mut staged.path);
        Ok(staged)
    }

    fn stage_at(&self, path: &Path, leaf: &Leaf) -> io::Result<Staged<'_>> {
        match leaf {
            Leaf::File { bytes, executable } => {
                let (staged, mut file) = self.stage_file(path, *executable)?;
                file.write_all(bytes)?;
                Ok(staged)
            }
            Leaf::Link { target } => {
                let (mut guard, folder, staged) = self.beside(path)?;
                symlinkat(target.as_os_str(), &folder, staged.as_os_str())?;
                guard.beside = Some(staged);
                Ok(guard)
            }
        }
    }

    /// Makes an empty file beside `path`, to be written before it comes to its place.
    fn stage_file(&self, path: &Path, executable: bool) -> io::Result<(Staged<'_>, File)> {
        let (mut guard, folder, staged) = self.beside(path)?;
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        // The process's umask narrows it, as it does for whatever the user makes.
        let mode = if executable { 0o777 } else { 0o666 };
        let mode = Mode::from_bits_truncate(mode);
        let file = File::from(openat(&folder, staged.as_os_str(), flags, mode)?);
        guard.beside = Some(staged);
        // A file that is there keeps what others may do with it.
        if let Some(name) = path.file_name()
            && let Ok(stat) = fstatat(&folder, name, AtFlags::AT_SYMLINK_NOFOLLOW)
            && stat.st_mode & SFlag::S_IFMT.bits() == SFlag::S_IFREG.bits()
        {
            let kept = stat.st_mode & 0o666;
            let runs = if executable { (kept >> 2) & 0o111 } else { 0 };
            fchmod(&file, Mode::from_bits_truncate(kept | runs))?;
        }
        Ok((guard, file))
    }

    /// The folder of `path`, and a name in it that nobody can have foreseen. Nothing lies there yet.
    fn beside(&self, path: &Path) -> io::Result<(Staged<'_>, OwnedFd, OsString)> {
        let (folder, _) = self.folder_of(path, true)?;
        let guard = Staged {
            tree: self,
            path: path.to_owned(),
            neighbour: path.to_owned(),
            beside: None,
        };
        let staged = OsString::from(format!("{STAGED}{}", Uuid::new_v4().simple()));
        Ok((guard, folder, staged))
    }

    /// Puts `leaf` at `path`, over a file or link that is there.
    pub(crate) fn put(&self, path: &Path, leaf: &Leaf) -> io::Result<()> {
        self.stage(path, leaf)?.land()
    }

    /// Removes the file or link at `path`, and the folders above it that are empty then.
    pub(crate) fn remove(&self, path: &Path) -> io::Result<()> {
        let (folder, name) = self.folder_of(path, false)?;
        unlinkat(&folder, name, UnlinkatFlags::NoRemoveDir)?;
        self.prune(path);
        Ok(())
    }

    /// Removes the empty folders above `path`. git knows no empty folders either.
    pub(crate) fn prune(&self, path: &Path) {
        for above in path.ancestors().skip(1) {
            if above.as_os_str().is_empty() {
                return;
            }
            let Ok((folder, name)) = self.folder_of(above, false) else {
                return;
            };
            if unlinkat(&folder, name, UnlinkatFlags::RemoveDir).is_err() {
                return;
            }
        }
    }

    /// The folder that holds `path`, and its name there.
    fn folder_of<'p>(&self, path: &'p Path, create: bool) -> io::Result<(OwnedFd, &'p OsStr)> {
        let refused = || io::Error::new(io::ErrorKind::InvalidInput, "it is no path beneath its root");
        if path.as_os_str().as_bytes().contains(&0) {
            return Err(refused());
        }
        let mut folder = self.root.try_clone()?;
        let mut parts = path.components().peekable();
        while let Some(part) = parts.next() {
            let Component::Normal(name) = part else {
                return Err(refused());
            };
            if parts.peek().is_none() {
                return Ok((folder, name));
            }
            folder = match openat(&folder, name, FOLDER, Mode::empty()) {
                Err(Errno::ENOENT) if create => {
                    match mkdirat(&folder, name, Mode::from_bits_truncate(0o777)) {
                        Ok(()) | Err(Errno::EEXIST) => {}
                        Err(errno) => return Err(errno.into()),
                    }
                    openat(&folder, name, FOLDER, Mode::empty())?
                }
                opened => opened?,
            };
        }
        Err(refused())
    }
}

impl Staged<'_> {
    /// Brings it to its place, in one step, over a file or link that is there.
    pub(crate) fn land(mut self) -> io::Result<()> {
        if let Some(staged) = &self.beside {
            let (from, _) = self.tree.folder_of(&self.neighbour, false)?;
            let (to, name) = self.tree.folder_of(&self.path, self.path != self.neighbour)?;
            renameat(&from, staged.as_os_str(), &to, name)?;
        }
        self.beside = None;
        Ok(())
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        if let Some(staged) = self.beside.take()
            && let Ok((folder, _)) = self.tree.folder_of(&self.neighbour, false)
        {
            let _ = unlinkat(&folder, staged.as_os_str(), UnlinkatFlags::NoRemoveDir);
        }
    }
}

impl std::fmt::Debug for Leaf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { bytes, executable } => {
                write!(f, "File({} bytes, executable: {executable})", bytes.len())
            }
            Self::Link { target } => write!(f, "Link({})", target.display()),
        }
    }
}

impl Leaf {
    /// Its content as bytes, and its mode in git's words.
    pub(crate) fn blob(&self) -> (&[u8], &'static str) {
        match self {
            Self::File {
                bytes,
                executable: true,
            } => (bytes, "100755"),
            Self::File {
                bytes,
                executable: false,
            } => (bytes, "100644"),
            Self::Link { target } => (target.as_bytes(), "120000"),
        }
    }

    /// Whether it is a link that, by its words, leads or may lead out of the root beneath which it lies at `path`.
    ///
    /// What a name in its words leads to is not told by them: it may be a link itself, and what is above that is
    /// anywhere. So no word goes up after a name.
    pub(crate) fn leads_out(&self, path: &Path) -> bool {
        let Self::Link { target } = self else { return false };
        let mut depth = path.components().count().saturating_sub(1);
        let mut named = false;
        for part in Path::new(target).components() {
            match part {
                Component::Normal(_) => named = true,
                Component::CurDir => {}
                Component::ParentDir if depth > 0 && !named => depth -= 1,
                _ => return true,
            }
        }
        false
    }

    /// What git keeps as a blob of this mode.
    pub(crate) fn of_blob(mode: &str, bytes: Vec<u8>) -> Self {
        if mode == "120000" {
            let target = OsString::from_vec(bytes);
            return Self::Link { target };
        }
        let executable = mode == "100755";
        Self::File { bytes, executable }
    }
}

/// Whether this is the name of a leaf that was staged, here or by another program.
pub(crate) fn is_staged(name: &OsStr) -> bool {
    let random = name.as_bytes().strip_prefix(STAGED.as_bytes());
    random.is_some_and(|random| Uuid::try_parse_ascii(random).is_ok() && random.len() == 32)
}

/// `path` with every `.` and `..` in it resolved by its words, links not looked at.
pub(crate) fn by_words(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            // Above the root is the root; above where a relative path begins nobody knows.
            Component::ParentDir if plain.has_root() => {}
            part => plain.push(part),
        }
    }
    plain
}

/// The files and links beneath `path` of `root`, links not followed, `.git` and what is too deep left out. For trees whose
/// listing decides nothing by itself: what is listed is then read through [`Beneath`].
pub(crate) fn walk(root: &Path, path: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let walked = descend::<Infallible>(
        root,
        path,
        |folder| folder.file_name().is_some_and(|name| name == ".git"),
        |path, met| {
            if let Met::Leaf(_) = met
                && path.file_name().is_none_or(|name| name != ".git")
            {
                found.push(path);
            }
            Ok(())
        },
    );
    match walked {
        Ok(()) => Ok(()),
        Err(Stopped::Unreadable(_, error)) => Err(error),
        Err(Stopped::By(never)) => match never {},
    }
}

mod stream;

#[cfg(test)]
mod tests;
