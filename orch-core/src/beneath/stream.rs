//! Files of any size: copied and compared piece by piece, never held whole.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat, readlinkat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstatat};

use super::{Beneath, Leaf};

/// How much of two files is compared at once.
const PIECE: u64 = 64 << 10;

impl Beneath {
    /// The size of the file at `path`; `None` when no file lies there.
    pub(crate) fn size(&self, path: &Path) -> io::Result<Option<u64>> {
        let stat = self.stat(path)?.filter(|stat| is(stat, SFlag::S_IFREG));
        Ok(stat.map(|stat| u64::try_from(stat.st_size).unwrap_or(0)))
    }

    /// Whether a file lies at `path` that its owner may run. Its content is not looked at.
    pub(crate) fn is_executable(&self, path: &Path) -> io::Result<bool> {
        let stat = self.stat(path)?.filter(|stat| is(stat, SFlag::S_IFREG));
        Ok(stat.is_some_and(|stat| stat.st_mode & 0o100 != 0))
    }

    /// Copies the file or link at `path` to the same path beneath `target`; what is gone is left out. A file that grows
    /// meanwhile is copied as long as it was.
    ///
    /// # Errors
    /// When something else than a file or link lies there, or a link or file is on the way to it.
    pub(crate) fn copy(&self, path: &Path, target: &Self) -> io::Result<()> {
        let Some(stat) = self.stat(path)? else {
            return Ok(());
        };
        if is(&stat, SFlag::S_IFLNK) {
            let (folder, name) = self.folder_of(path, false)?;
            let to = readlinkat(&folder, name)?;
            return target.put(path, &Leaf::Link { target: to });
        }
        let file = self.file(path)?;
        let meta = file.metadata()?;
        let executable = meta.permissions().mode() & 0o100 != 0;
        let (staged, mut copy) = target.stage_file(path, executable)?;
        io::copy(&mut file.take(meta.len()), &mut copy)?;
        staged.land()
    }

    /// Whether the files at `path` here and beneath `other` are the same, byte by byte, and both can be run or neither.
    ///
    /// # Errors
    /// When one of them is no file or cannot be read.
    pub(crate) fn is_same(&self, path: &Path, other: &Self) -> io::Result<bool> {
        if self.size(path)? != other.size(path)? || self.is_executable(path)? != other.is_executable(path)? {
            return Ok(false);
        }
        let (mut here, mut there) = (self.file(path)?, other.file(path)?);
        let (mut left, mut right) = (Vec::new(), Vec::new());
        loop {
            left.clear();
            right.clear();
            let count = here.by_ref().take(PIECE).read_to_end(&mut left)?;
            there.by_ref().take(PIECE).read_to_end(&mut right)?;
            if left != right {
                return Ok(false);
            }
            if count == 0 {
                return Ok(true);
            }
        }
    }

    fn stat(&self, path: &Path) -> io::Result<Option<FileStat>> {
        let (folder, name) = match self.folder_of(path, false) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => found?,
        };
        match fstatat(&folder, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
            Err(Errno::ENOENT) => Ok(None),
            stat => Ok(Some(stat?)),
        }
    }

    /// The file at `path`, to be read.
    pub(super) fn file(&self, path: &Path) -> io::Result<File> {
        let (folder, name) = self.folder_of(path, false)?;
        // Non-blocking: a named pipe may have been put in the file's place since.
        let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        let file = File::from(openat(&folder, name, flags, Mode::empty())?);
        if file.metadata()?.is_file() {
            Ok(file)
        } else {
            Err(io::Error::other("it is neither a file nor a link"))
        }
    }
}

fn is(stat: &FileStat, kind: SFlag) -> bool {
    SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == kind
}
