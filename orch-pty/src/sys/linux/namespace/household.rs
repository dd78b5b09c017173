//! What a first process hears while its program runs: signals from outside, the ends of all who live in the namespace, and
//! the end of its orchestrator. What it makes of that is not decided here.

use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;

use nix::libc::{self, c_int, pid_t};

use super::lifeline::{Word, ready};
use super::post::Post;

/// Something has happened.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// The orchestrator has ended, or let go of the program.
    OrchestratorGone,
    /// A signal is to be passed on.
    Pass(c_int),
    /// Somebody in the namespace has ended, stopped, or goes on.
    Children,
    /// Nothing that matters.
    Nothing,
}

/// What became of one who lives in the namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Its wait status.
    Ended(c_int),
    Stopped(c_int),
    Continued,
}

impl Post {
    /// Sleeps until something happens.
    pub(crate) fn next(&self) -> News {
        let fds = [
            self.lifeline.as_raw_fd(),
            self.host.as_raw_fd(),
            self.signals.as_raw_fd(),
        ];
        match ready(fds, None) {
            // A copy of the orchestrator, made by fork, may hold the lifeline on.
            [_, true, _] => News::OrchestratorGone,
            [true, ..] => match self.lifeline.hear() {
                Word::Signal(signal) => News::Pass(signal),
                Word::None => News::Nothing,
                Word::End => News::OrchestratorGone,
            },
            [_, _, true] => self.heard(),
            _ => News::Nothing,
        }
    }

    fn heard(&self) -> News {
        let mut one = MaybeUninit::<libc::signalfd_siginfo>::zeroed();
        let size = size_of::<libc::signalfd_siginfo>();
        // SAFETY: writes at most one record to a live local, whose zeros are valid too.
        let (read, one) = unsafe {
            let read = libc::read(self.signals.as_raw_fd(), one.as_mut_ptr().cast(), size);
            (read, one.assume_init())
        };
        if usize::try_from(read) != Ok(size) {
            return News::Nothing;
        }
        match c_int::try_from(one.ssi_signo) {
            Ok(libc::SIGCHLD) => News::Children,
            // Whoever lives in the namespace has a number here; it can signal the program itself.
            Ok(signal) if one.ssi_pid == 0 => News::Pass(signal),
            _ => News::Nothing,
        }
    }

    /// Says whether the program has stopped (and by which signal) or goes on.
    pub(crate) fn note_stop(&self, signal: Option<c_int>) {
        let signal = signal.and_then(|signal| u8::try_from(signal).ok());
        // Its page is there since the beginning.
        let _ = self.ledger.note_stop(signal.unwrap_or(0));
    }

    /// Says how the program ended.
    pub(crate) fn note_end(&self, status: c_int) {
        let _ = self.ledger.note_end(status);
    }
}

/// Takes the next change of anybody in the namespace, and says whose it is. All of them are this process's to wait for:
/// nothing of the host program runs in it.
pub(crate) fn next_change() -> Option<(u32, Change)> {
    let mut status = 0;
    let options = libc::WNOHANG | libc::WUNTRACED | libc::WCONTINUED | libc::__WALL;
    // SAFETY: writes one int through the pointer.
    let pid = unsafe { libc::waitpid(-1, &raw mut status, options) };
    let pid = u32::try_from(pid).ok().filter(|&pid| pid != 0)?;
    let change = if libc::WIFSTOPPED(status) {
        Change::Stopped(libc::WSTOPSIG(status))
    } else if libc::WIFCONTINUED(status) {
        Change::Continued
    } else {
        Change::Ended(status)
    };
    Some((pid, change))
}

/// Passes a signal on to a child that was not waited for, so that its number means nobody else.
pub(crate) fn pass(signal: c_int, child: u32) {
    if let Ok(child) = pid_t::try_from(child) {
        // SAFETY: takes numbers alone.
        unsafe { libc::kill(child, signal) };
    }
}
