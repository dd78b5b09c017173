//! The process group in the foreground of a terminal, reached through its master.

use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::libc::{self, c_int, pid_t};
use nix::sys::termios::{FlushArg, tcflush};

use super::handle::{self, Handle};
use crate::signal::Signal;
use crate::sys::signals;

/// Signals the group in the foreground; says whether there is one.
///
/// The kernel itself sends an interrupt or a quit, to whoever is in the foreground at that moment. For the other
/// signals the group is looked up here: its leader is pinned first and must belong to the terminal's session after
/// that. Where the leader has gone before its group, the group's number is all there is; it stays taken as long as
/// the group has members.
pub(crate) fn signal_foreground(master: impl AsFd, signal: Signal) -> io::Result<bool> {
    let master = master.as_fd();
    let Some(group) = number(master, libc::TIOCGPGRP)? else {
        return Ok(false);
    };
    if matches!(signal, Signal::Interrupt | Signal::Quit) {
        // SAFETY: TIOCSIG takes the number of a signal by value.
        let sent = unsafe { libc::ioctl(master.as_raw_fd(), libc::TIOCSIG, signals::number(signal)) };
        Errno::result(sent)?;
        return Ok(true);
    }
    // SAFETY: takes nothing and cannot fail.
    if group == unsafe { libc::getpgrp() } {
        return Ok(false);
    }
    let sent = match Handle::open(group.unsigned_abs()) {
        Ok(leader) if leads_in(master, group)? && leader.is_unreaped() => leader.signal_group_led(signal),
        Err(_) if number(master, libc::TIOCGPGRP)? == Some(group) => {
            handle::signal_group(group.unsigned_abs(), signal)
        }
        Ok(_) | Err(_) => return Ok(false),
    };
    match sent {
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(false),
        result => result.map(|()| true),
    }
}

/// Whether the process of this number is in the terminal's session and its group still in the foreground.
fn leads_in(master: impl AsFd, group: pid_t) -> io::Result<bool> {
    let master = master.as_fd();
    // SAFETY: takes a number alone.
    let session = unsafe { libc::getsid(group) };
    Ok(session > 0
        && number(master, libc::TIOCGSID)? == Some(session)
        && number(master, libc::TIOCGPGRP)? == Some(group))
}

/// A process number that the terminal keeps; `None` when it keeps none, for it is no session's.
fn number(master: impl AsFd, request: libc::Ioctl) -> io::Result<Option<pid_t>> {
    let mut number: c_int = 0;
    // SAFETY: both requests that come here write one `pid_t` through the pointer, which points to a live local.
    let result = unsafe { libc::ioctl(master.as_fd().as_raw_fd(), request, &raw mut number) };
    match Errno::result(result) {
        Ok(_) if number > 1 => Ok(Some(number)),
        Ok(_) | Err(Errno::ENOTTY) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

/// Discards what was typed and not read yet, also what the line discipline has no room for. Only the other side can
/// empty the line discipline, so that one is opened for a moment.
pub(crate) fn discard_input(master: impl AsFd) -> io::Result<()> {
    let master = master.as_fd();
    let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    // SAFETY: TIOCGPTPEER takes open flags by value and returns a new descriptor.
    let slave = Errno::result(unsafe { libc::ioctl(master.as_raw_fd(), libc::TIOCGPTPEER, flags) })?;
    // SAFETY: the call above has just made this descriptor and nothing else knows of it.
    let slave = unsafe { OwnedFd::from_raw_fd(slave) };
    tcflush(master, FlushArg::TCOFLUSH)?;
    tcflush(&slave, FlushArg::TCIFLUSH)?;
    Ok(())
}
