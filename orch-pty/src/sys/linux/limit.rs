//! The tag that survives a scrubbed environment: `RLIMIT_LOCKS`, which the kernel has ignored since 2.4 but still
//! hands from parent to child and keeps across exec. Everybody may lower it.

use std::io;
use std::sync::OnceLock;

use nix::errno::Errno;
use nix::libc::{self, pid_t};

use crate::sys::Limit;

/// Soft and hard value for the child that is `worker` in the run `run` (`worker` below `run`), or `None` when the
/// hard value in force is already lower than the tag. A nested orchestrator keeps the hard value of the outer run.
pub(crate) fn limit_for(run: u64, worker: u64) -> Option<[u64; 2]> {
    let [_, hard] = own()?;
    match hard {
        libc::RLIM64_INFINITY => Some([worker, run]),
        outer if outer >= worker => Some([worker, outer]),
        _ => None,
    }
}

/// Soft and hard value of this process, as they were at the first question.
pub(crate) fn own() -> Option<[u64; 2]> {
    static OWN: OnceLock<Option<[u64; 2]>> = OnceLock::new();
    *OWN.get_or_init(|| match read(0) {
        Ok(Limit::Is(pair)) => Some(pair),
        _ => None,
    })
}

/// Sets the limit of the calling process.
///
/// # Safety
/// As `newborn::become_program`: this is called by the child.
pub(in crate::sys) unsafe fn set_tag_limit(limit: &[u64; 2]) {
    // SAFETY: reads a pair of numbers, as `struct rlimit64` is laid out, and writes nothing through a null pointer.
    unsafe {
        libc::syscall(
            libc::SYS_prlimit64,
            0,
            libc::RLIMIT_LOCKS,
            limit.as_ptr(),
            std::ptr::null_mut::<libc::rlimit64>(),
        );
    }
}

/// Sets the limit of another process: best effort, the environment carries the tag as well. The caller holds `pid`
/// unreaped.
pub(super) fn set(pid: pid_t, limit: &[u64; 2]) {
    // SAFETY: reads a pair of numbers, as `struct rlimit64` is laid out, and writes nothing through a null pointer.
    unsafe {
        libc::syscall(
            libc::SYS_prlimit64,
            pid,
            libc::RLIMIT_LOCKS,
            limit.as_ptr(),
            std::ptr::null_mut::<libc::rlimit64>(),
        );
    }
}

/// Sets the limit of open files of another process, as [`set`].
pub(super) fn set_open_files(pid: pid_t, limit: &libc::rlimit) {
    // SAFETY: reads a live structure and writes nothing through a null pointer.
    unsafe { libc::prlimit(pid, libc::RLIMIT_NOFILE, limit, std::ptr::null_mut()) };
}

/// The limit of a process, alive or a zombie; 0 means the caller.
///
/// # Errors
/// The call itself is refused, by a sandbox say.
pub(crate) fn read(pid: u32) -> io::Result<Limit> {
    let Ok(pid) = pid_t::try_from(pid) else {
        return Ok(Limit::Nobody);
    };
    let mut limit = [0_u64; 2];
    // SAFETY: writes a pair of numbers, as `struct rlimit64` is laid out, through a live local; sets nothing.
    let result = unsafe {
        libc::syscall(
            libc::SYS_prlimit64,
            pid,
            libc::RLIMIT_LOCKS,
            std::ptr::null::<libc::rlimit64>(),
            limit.as_mut_ptr(),
        )
    };
    match Errno::result(result) {
        Ok(_) => Ok(Limit::Is(limit)),
        Err(Errno::ESRCH) => Ok(Limit::Nobody),
        Err(Errno::EPERM) => Ok(Limit::Withheld),
        Err(errno) => Err(errno.into()),
    }
}
