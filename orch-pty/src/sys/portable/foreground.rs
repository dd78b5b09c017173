//! The process group in the foreground of a terminal, reached through its master.

use std::io;
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::libc;
use nix::sys::termios::{FlushArg, tcflush};
use nix::unistd;

use crate::signal::Signal;
use crate::sys::signals;

/// Signals the group in the foreground; says whether there is one. Its number stays taken as long as it has members,
/// and it is asked for a moment before.
pub(crate) fn signal_foreground(master: impl AsFd, signal: Signal) -> io::Result<bool> {
    let group = match unistd::tcgetpgrp(master) {
        Ok(group) if group.as_raw() > 1 && group != unistd::getpgrp() => group.as_raw(),
        Ok(_) | Err(Errno::ENOTTY) => return Ok(false),
        Err(errno) => return Err(errno.into()),
    };
    // SAFETY: takes numbers alone.
    match Errno::result(unsafe { libc::killpg(group, signals::number(signal)) }) {
        Ok(_) => Ok(true),
        Err(Errno::ESRCH) => Ok(false),
        Err(errno) => Err(errno.into()),
    }
}

/// Discards what was typed and not read yet: on these systems the master's output queue is the other side's input.
pub(crate) fn discard_input(master: impl AsFd) -> io::Result<()> {
    tcflush(master, FlushArg::TCOFLUSH)?;
    Ok(())
}
