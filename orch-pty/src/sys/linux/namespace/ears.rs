//! The signals that a first process hears, by a descriptor.

use std::os::fd::{FromRawFd, OwnedFd};

use nix::libc::{self, c_int};

/// Those that are passed on when they come from outside.
const POLITE: [c_int; 8] = [
    libc::SIGINT,
    libc::SIGTERM,
    libc::SIGHUP,
    libc::SIGQUIT,
    libc::SIGCONT,
    libc::SIGWINCH,
    libc::SIGUSR1,
    libc::SIGUSR2,
];

/// A descriptor that reads the signals. All are blocked since birth.
pub(super) fn open() -> Option<OwnedFd> {
    // SAFETY: zeros are a valid set; the calls fill it and read it, and make a descriptor that nothing else knows of.
    unsafe {
        let mut heard: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut heard);
        for signal in POLITE.into_iter().chain([libc::SIGCHLD]) {
            libc::sigaddset(&raw mut heard, signal);
        }
        libc::sigprocmask(libc::SIG_BLOCK, &raw const heard, std::ptr::null_mut());
        let fd = libc::signalfd(-1, &raw const heard, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK);
        (fd != -1).then(|| OwnedFd::from_raw_fd(fd))
    }
}
