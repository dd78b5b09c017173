//! Birth by fork, and what the child calls on its way.

use nix::libc::{self, c_int};

use super::handle::Handle;
use crate::sys::fork;
use crate::sys::newborn::{self, Birth, Failure};

/// There is no other way here than to fork.
pub(crate) fn vfork(birth: &Birth<'_>) -> Result<Handle, Failure> {
    fork_and_pin(birth)
}

/// There is no other way here than to fork: elsewhere `posix_spawn` cannot take a terminal.
pub(crate) fn posix_spawn(birth: &Birth<'_>) -> Result<Handle, Failure> {
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
pub(in crate::sys) fn loses_statuses(sigchld_ignored: bool) -> bool {
    // SAFETY: zeros are a valid sigaction.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: with a null new action the call only writes the present one to `action`, which lives here.
    let known = unsafe { libc::sigaction(libc::SIGCHLD, std::ptr::null(), &raw mut action) } == 0;
    sigchld_ignored || (known && action.sa_flags & libc::SA_NOCLDWAIT != 0)
}

/// `(ignored, caught)`, asked for signal by signal.
#[allow(clippy::unnecessary_wraps)] // on Linux the answer may be missing
pub(in crate::sys) fn dispositions() -> Option<(u64, u64)> {
    let (mut ignored, mut caught) = (0, 0);
    for signal in 1..=31 {
        // SAFETY: a sigaction of zeros is a valid one (default disposition, empty mask, no flags).
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: with a null new action the call only writes the present one to `action`, which lives here.
        if unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut action) } == 0 {
            match action.sa_sigaction {
                libc::SIG_DFL => {}
                libc::SIG_IGN => ignored |= 1 << (signal - 1),
                _ => caught |= 1 << (signal - 1),
            }
        }
    }
    Some((ignored, caught))
}

/// The number of the calling process.
pub(crate) fn own_number() -> u32 {
    std::process::id()
}
