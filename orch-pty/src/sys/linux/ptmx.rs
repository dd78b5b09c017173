//! A new terminal, without a path lookup and without a moment in which a descriptor could be inherited.

use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::path::PathBuf;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::libc::{self, c_int, c_uint};
use nix::sys::stat::Mode;

use crate::sys::descriptor::{Ends, raised};
use crate::sys::terminal::Pair;

/// Opens a terminal: three system calls.
pub(crate) fn open(ends: Ends) -> io::Result<Pair> {
    let mut flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    flags.set(OFlag::O_NONBLOCK, ends == Ends::Nonblocking);
    let master = raised(nix::fcntl::open("/dev/ptmx", flags, Mode::empty())?)?;
    let unlocked: c_int = 0;
    // SAFETY: TIOCSPTLCK reads one int through the pointer, which points to a live local.
    Errno::result(unsafe { libc::ioctl(master.as_raw_fd(), libc::TIOCSPTLCK, &raw const unlocked) })?;
    let slave_flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    // SAFETY: TIOCGPTPEER takes open flags by value and returns a new descriptor.
    let slave = Errno::result(unsafe { libc::ioctl(master.as_raw_fd(), libc::TIOCGPTPEER, slave_flags) })?;
    // SAFETY: the call above has just made this descriptor and nothing else knows of it.
    let slave = raised(unsafe { OwnedFd::from_raw_fd(slave) })?;
    Ok(Pair { master, slave })
}

/// The path of the slave, `/dev/pts/N`.
pub(crate) fn path(master: impl AsFd) -> io::Result<PathBuf> {
    let mut number: c_uint = 0;
    // SAFETY: TIOCGPTN writes one unsigned int through the pointer, which points to a live local.
    let result = unsafe { libc::ioctl(master.as_fd().as_raw_fd(), libc::TIOCGPTN, &raw mut number) };
    Errno::result(result)?;
    Ok(PathBuf::from(format!("/dev/pts/{number}")))
}
