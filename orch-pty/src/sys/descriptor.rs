//! File descriptors: open them close-on-exec and above the standard three, read and write them.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag};
use nix::unistd;

/// The first descriptor that is nobody's standard stream.
const FIRST_FREE: i32 = 3;

/// Moves a descriptor out of 0, 1 and 2, where it lands when this process runs with a closed standard stream. Thus
/// a later `dup2` onto 0, 1 or 2 in the child never overwrites a source it still needs, and never meets a source
/// that is already in place (which would keep its close-on-exec flag and vanish at exec).
pub(super) fn raised(fd: OwnedFd) -> io::Result<OwnedFd> {
    use std::os::fd::{AsRawFd, FromRawFd};
    if fd.as_raw_fd() >= FIRST_FREE {
        return Ok(fd);
    }
    let above = nix::fcntl::fcntl(&fd, FcntlArg::F_DUPFD_CLOEXEC(FIRST_FREE))?;
    // SAFETY: fcntl has just made this descriptor and nothing else knows of it.
    Ok(unsafe { OwnedFd::from_raw_fd(above) })
}

/// Makes reads and writes return at once.
pub(crate) fn set_nonblocking(fd: impl AsFd) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(nix::fcntl::fcntl(fd.as_fd(), FcntlArg::F_GETFL)?);
    nix::fcntl::fcntl(fd.as_fd(), FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}

/// `/dev/null`, open for both ways.
pub(crate) fn null() -> io::Result<OwnedFd> {
    let null = std::fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    raised(null.into())
}

/// Whether reads and writes at our ends block the thread or return at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    Blocking,
    Nonblocking,
}

/// Which end of a pipe stays with this process, and is therefore the one that must not block.
#[derive(Clone, Copy)]
pub(crate) enum Keep {
    Reader,
    Writer,
}

/// A pipe: `(ours, the child's)`.
pub(crate) fn pipe(keep: Keep, ends: Ends) -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = close_on_exec_pipe()?;
    let (ours, theirs) = match keep {
        Keep::Reader => (reader, writer),
        Keep::Writer => (writer, reader),
    };
    if ends == Ends::Nonblocking {
        set_nonblocking(&ours)?;
    }
    Ok((ours, theirs))
}

#[cfg(not(target_vendor = "apple"))]
pub(super) fn close_on_exec_pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = unistd::pipe2(OFlag::O_CLOEXEC)?;
    Ok((raised(reader)?, raised(writer)?))
}

/// There is no `pipe2` here: a fork in another thread between the two calls inherits the pipe.
#[cfg(target_vendor = "apple")]
pub(super) fn close_on_exec_pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = unistd::pipe()?;
    for end in [&reader, &writer] {
        nix::fcntl::fcntl(end, FcntlArg::F_SETFD(nix::fcntl::FdFlag::FD_CLOEXEC))?;
    }
    Ok((raised(reader)?, raised(writer)?))
}

/// One `read`, taken up again when a signal interrupts it.
pub(crate) fn read(fd: impl AsFd, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match unistd::read(fd.as_fd(), buffer) {
            Err(Errno::EINTR) => {}
            result => return Ok(result?),
        }
    }
}

/// One `read` from a terminal's master; 0 once nobody can write any more and everything was read.
///
/// The kernel says so by an error (`EIO`). It looks for bytes first and for the end second: what is written and closed
/// between the two looks is passed over. Who asks once more after the end is seen gets it.
pub(crate) fn read_terminal(fd: impl AsFd, buffer: &mut [u8]) -> io::Result<usize> {
    for _ in 0..2 {
        match read(fd.as_fd(), buffer) {
            Err(error) if error.raw_os_error() == Some(Errno::EIO as i32) => {}
            result => return result,
        }
    }
    Ok(0)
}

/// One `write`, taken up again when a signal interrupts it before the first byte.
pub(crate) fn write(fd: impl AsFd, bytes: &[u8]) -> io::Result<usize> {
    loop {
        match unistd::write(fd.as_fd(), bytes) {
            Err(Errno::EINTR) => {}
            result => return Ok(result?),
        }
    }
}
