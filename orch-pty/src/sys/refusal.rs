//! What the numbers of errors mean to this crate.

use std::io;

use nix::errno::Errno;

/// Why exec refused a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The program, or what should run it, is not there.
    Missing,
    /// The program, or what should run it, may not be executed.
    Forbidden,
    /// It is no program of this system.
    BadFormat,
    /// Arguments and environment are too long.
    TooLong,
    /// Anything else.
    Other,
}

impl Refusal {
    pub(crate) fn of_exec(error: &io::Error) -> Self {
        match Errno::from_raw(error.raw_os_error().unwrap_or(0)) {
            Errno::ENOENT | Errno::ENOTDIR => Self::Missing,
            Errno::EACCES | Errno::EPERM => Self::Forbidden,
            Errno::ENOEXEC => Self::BadFormat,
            Errno::E2BIG => Self::TooLong,
            _ => Self::Other,
        }
    }
}

/// Whether a wait failed because there is no such child (any more).
pub(crate) fn is_no_child(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::ECHILD as i32)
}

/// Whether a read from a terminal's master failed because no process holds the other side any more.
pub(crate) fn is_hang_up(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::EIO as i32)
}

/// Whether a system call failed for want of a free descriptor.
pub(crate) fn is_out_of_descriptors(error: &io::Error) -> bool {
    [Errno::EMFILE, Errno::ENFILE]
        .iter()
        .any(|&errno| error.raw_os_error() == Some(errno as i32))
}

/// Whether a system call failed because this process may have no more descriptors; a higher limit helps.
pub(crate) fn is_at_own_limit_of_descriptors(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::EMFILE as i32)
}

/// Whether no process could be made because there are as many as there may be.
pub(crate) fn is_out_of_processes(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::EAGAIN as i32)
}

/// Whether there is no such process, file or directory (any more), as `/proc` and calls on processes put it.
#[cfg(target_os = "linux")]
pub(crate) fn is_gone(error: &io::Error) -> bool {
    [Errno::ESRCH, Errno::ENOENT]
        .iter()
        .any(|&errno| error.raw_os_error() == Some(errno as i32))
}

/// Whether something is there and this process may not have it.
#[cfg(target_os = "linux")]
pub(crate) fn is_withheld(error: &io::Error) -> bool {
    [Errno::EPERM, Errno::EACCES]
        .iter()
        .any(|&errno| error.raw_os_error() == Some(errno as i32))
}
