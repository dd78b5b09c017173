//! A new terminal by `openpty`, which sets no flag by itself: a fork in another thread at that moment inherits it.

use std::ffi::{CStr, OsStr};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::libc;

use crate::sys::descriptor::{Ends, raised, set_nonblocking};
use crate::sys::terminal::Pair;

pub(crate) fn open(ends: Ends) -> io::Result<Pair> {
    let pair = nix::pty::openpty(None, None)?;
    let (master, slave) = (raised(pair.master)?, raised(pair.slave)?);
    for end in [&master, &slave] {
        fcntl(end, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    }
    if ends == Ends::Nonblocking {
        set_nonblocking(&master)?;
    }
    Ok(Pair { master, slave })
}

/// The path of the slave.
pub(crate) fn path(master: impl AsFd) -> io::Result<PathBuf> {
    /// `ptsname` returns a static buffer.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: returns null or a pointer to a string that the next call overwrites; the lock keeps ours apart, and
    // the string is copied before it is released.
    let name = unsafe { libc::ptsname(master.as_fd().as_raw_fd()) };
    if name.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: not null, and ends in NUL.
    let name = unsafe { CStr::from_ptr(name) };
    Ok(PathBuf::from(OsStr::from_bytes(name.to_bytes())))
}
