//! Birth by fork, and what the child calls on its way.

use nix::libc::{self, c_int};

use super::handle::Handle;
use crate::sys::fork;
use crate::sys::newborn::{self, Birth, Failure};

/// There is no other way here than to fork.
pub(crate) fn vfork(birth: &Birth<'_>) -> Result<Handle, Failure> {
    fork_and_pin(birth)
}

pub(crate) fn fork_and_pin(birth: &Birth<'_>) -> Result<Handle, Failure> {
    fork::give_birth(birth, Handle::open)
}

/// No limit here is free to carry a tag.
pub(crate) fn limit_for(_run: u64, _worker: u64) -> Option<[u64; 2]> {
    None
}

/// # Safety
/// As [`newborn::become_program`].
pub(in crate::sys) unsafe fn set_tag_limit(_limit: &[u64; 2]) {}

/// # Safety
/// As [`newborn::become_program`].
pub(in crate::sys) unsafe fn reset_signal(signal: c_int) {
    // SAFETY: zeros are a valid sigaction (the default disposition), and the call is async-signal-safe.
    unsafe {
        let action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, &raw const action, std::ptr::null_mut());
    }
}

/// # Safety
/// As [`newborn::become_program`].
pub(in crate::sys) unsafe fn close_on_exec_from(first: c_int) {
    // SAFETY: the same contract.
    unsafe { newborn::close_on_exec_one_by_one(first) }
}

/// Whether this process has told the system to keep no status of its children.
pub(crate) fn statuses_are_lost() -> bool {
    // SAFETY: zeros are a valid sigaction.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: with a null new action the call only writes the present one to `action`, which lives here.
    let known = unsafe { libc::sigaction(libc::SIGCHLD, std::ptr::null(), &raw mut action) } == 0;
    known && (action.sa_sigaction == libc::SIG_IGN || action.sa_flags & libc::SA_NOCLDWAIT != 0)
}
