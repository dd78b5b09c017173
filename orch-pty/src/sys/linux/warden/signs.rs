//! What orchestrator and warden tell each other: one byte when it is ready, and silence until one of them ends.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::atomic::{Ordering, fence};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc::{self, c_int};

use super::table::Table;
use crate::sys::descriptor;

/// No handler of the host runs on the calling thread.
pub(crate) fn hear_no_signal() {
    // SAFETY: zeros are a valid set, which is filled; the call reads it.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, std::ptr::null_mut());
    }
}

/// The warden's number, once it says that it is ready; `None` when it has not by then, or is gone.
pub(crate) fn await_ready(lifeline: &OwnedFd, limit: Duration) -> Option<u32> {
    let deadline = Instant::now() + limit;
    let mut said = Vec::new();
    while said.len() < size_of::<u32>() {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || !readable(lifeline, Some(left)) {
            return None;
        }
        let mut chunk = [0; size_of::<u32>()];
        match descriptor::read(lifeline, &mut chunk[said.len()..]) {
            Ok(read @ 1..) => {
                let at = said.len();
                said.extend_from_slice(&chunk[at..at + read]);
            }
            Ok(0) | Err(_) => return None,
        }
    }
    Some(u32::from_ne_bytes(said.try_into().ok()?))
}

/// Sleeps until the warden is gone.
pub(crate) fn await_end(lifeline: &OwnedFd) {
    // It says nothing more: what is readable is the end. A host that allows itself no descriptors cannot ask.
    while !readable(lifeline, None) {
        if !matches!(Errno::last(), Errno::EINTR | Errno::EAGAIN) {
            return;
        }
    }
}

/// Says that the warden is ready.
pub(crate) fn report_ready(lifeline: &OwnedFd) {
    let number = std::process::id().to_ne_bytes();
    // SAFETY: sends the four bytes of a live local; no signal when nobody is there.
    unsafe {
        libc::send(
            lifeline.as_raw_fd(),
            number.as_ptr().cast(),
            number.len(),
            libc::MSG_NOSIGNAL,
        )
    };
}

/// Tells every newborn that it is too late, and returns when whoever has not heard it carries its tag.
pub(crate) fn announce_death(table: &Table) {
    table.gone().store(1, Ordering::SeqCst);
    fence(Ordering::SeqCst);
}

/// Whether nobody holds the other end any more, or lets go of it within `limit`: neither the orchestrator, nor a child
/// of it that has not yet called exec.
pub(crate) fn has_ended(lifeline: &OwnedFd, limit: Duration) -> bool {
    readable(lifeline, Some(limit))
}

/// Ends the calling process, and runs nothing of what a program has registered for its end.
pub(crate) fn leave() -> ! {
    // SAFETY: ends the process.
    unsafe { libc::_exit(0) }
}

/// Whether there is something to read, or the end; `None` waits for ever.
fn readable(fd: &OwnedFd, limit: Option<Duration>) -> bool {
    let mut look = libc::pollfd {
        fd: fd.as_fd().as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    let limit = limit.map_or(-1, |limit| {
        c_int::try_from(limit.as_nanos().div_ceil(1_000_000)).unwrap_or(c_int::MAX)
    });
    // SAFETY: one pollfd, which lives here.
    unsafe { libc::poll(&raw mut look, 1, limit) == 1 }
}
