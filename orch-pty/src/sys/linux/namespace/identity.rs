//! [`Identity`]: who a process is in a user namespace of its own: the same as outside.

use std::ffi::{CStr, CString};
use std::ptr;

use nix::errno::Errno;
use nix::libc::{self, c_int};

/// The two maps, as the kernel reads them; made before there is a child.
pub(super) struct Identity {
    user: CString,
    group: CString,
}

impl Identity {
    /// That of this process.
    pub(super) fn own() -> Option<Self> {
        let (user, group) = (nix::unistd::geteuid(), nix::unistd::getegid());
        Some(Self {
            user: CString::new(format!("{user} {user} 1\n")).ok()?,
            group: CString::new(format!("{group} {group} 1\n")).ok()?,
        })
    }

    /// Takes it on: called by a child in a new user namespace. On failure `errno` says why.
    ///
    /// # Safety
    /// As `newborn::become_program`.
    pub(super) unsafe fn take_on(&self) -> bool {
        // Without privileges outside, the map of groups is taken only once no group can be dropped any more.
        // SAFETY: the caller's.
        unsafe {
            write(c"/proc/self/setgroups", c"deny")
                && write(c"/proc/self/uid_map", &self.user)
                && write(c"/proc/self/gid_map", &self.group)
        }
    }
}

/// Writes a text in one call, as these files want it. System calls themselves: the C library's wrappers may touch what
/// belongs to the thread that waits.
///
/// # Safety
/// As `newborn::become_program`.
unsafe fn write(path: &CStr, text: &CStr) -> bool {
    let flags = libc::O_WRONLY | libc::O_CLOEXEC;
    // SAFETY: strings that live through the calls, and numbers.
    unsafe {
        let fd = libc::syscall(libc::SYS_openat, libc::AT_FDCWD, path.as_ptr(), flags, 0);
        if fd == -1 {
            return false;
        }
        let length = text.count_bytes();
        let written = libc::syscall(libc::SYS_write, fd, text.as_ptr(), length);
        let errno = Errno::last_raw();
        libc::syscall(libc::SYS_close, fd);
        Errno::set_raw(errno);
        usize::try_from(written) == Ok(length)
    }
}

/// Gives a new mount namespace a `/proc` that shows the new PID namespace. Best effort: a container may have masked parts
/// of its `/proc`, and then the kernel lets nobody mount a whole one.
///
/// # Safety
/// As `newborn::become_program`; the caller is in a mount namespace of its own.
pub(super) unsafe fn mount_proc() {
    let flags = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
    // SAFETY: strings that live for ever, null pointers where the kernel takes them, and numbers.
    unsafe {
        // What is mounted here must not show outside; what is mounted or unmounted outside later may come in.
        if mount(ptr::null(), c"/".as_ptr(), libc::MS_REC | libc::MS_SLAVE) != -1 {
            mount(c"proc".as_ptr(), c"/proc".as_ptr(), flags);
        }
    }
}

/// # Safety
/// As [`mount_proc`].
unsafe fn mount(kind: *const libc::c_char, target: *const libc::c_char, flags: libc::c_ulong) -> c_int {
    // SAFETY: the caller's.
    unsafe { libc::mount(kind, target, kind, flags, ptr::null()) }
}
