//! How a child ended when nobody could wait for it: the kernel remembers it on the pidfd since 6.15.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::OnceLock;

use nix::libc;

/// `struct pidfd_info` of `linux/pidfd.h`, first version: 64 bytes.
#[repr(C)]
#[derive(Default)]
struct Remembered {
    mask: u64,
    control_group: u64,
    /// Process, thread group, parent, then users and groups.
    identities: [u32; 11],
    exit_code: i32,
}

/// `PIDFD_INFO_PID`.
const IDENTITIES: u64 = 1 << 0;
/// `PIDFD_INFO_EXIT`.
const EXIT: u64 = 1 << 3;

/// `PIDFD_GET_INFO`: `_IOWR(0xFF, 11, struct pidfd_info)`, as the architectures that Rust knows encode it.
#[allow(clippy::cast_lossless, clippy::cast_possible_wrap)] // an unsigned long with glibc, an int with musl
const GET_INFO: libc::Ioctl = {
    let read_write: u32 = if cfg!(any(
        target_arch = "powerpc",
        target_arch = "powerpc64",
        target_arch = "mips",
        target_arch = "mips64",
        target_arch = "sparc64"
    )) {
        0x6000_0000
    } else {
        0xC000_0000
    };
    (read_write | (64 << 16) | (0xFF << 8) | 0x0B) as libc::Ioctl
};

/// The wait status of a process that has been reaped already.
pub(super) fn remembered(pidfd: BorrowedFd<'_>) -> Option<i32> {
    ask(pidfd, EXIT).map(|info| info.exit_code)
}

/// The parent of a process that is not reaped.
pub(super) fn parent(pidfd: BorrowedFd<'_>) -> Option<u32> {
    ask(pidfd, IDENTITIES).map(|info| info.identities[2])
}

/// Asks for what `wanted` names; `None` when the kernel does not have it.
fn ask(pidfd: BorrowedFd<'_>, wanted: u64) -> Option<Remembered> {
    const { assert!(size_of::<Remembered>() == 64) }
    let mut info = Remembered {
        mask: wanted,
        ..Remembered::default()
    };
    // SAFETY: the call reads and writes 64 bytes, the size that the request encodes, through a live local.
    let result = unsafe { libc::ioctl(pidfd.as_raw_fd(), GET_INFO, &raw mut info) };
    (result == 0 && info.mask & wanted != 0).then_some(info)
}

/// Whether the statuses of children are lost for good: this process told the system to keep none, and the kernel does
/// not remember them either.
pub(in crate::sys) fn loses_statuses(sigchld_ignored: bool) -> bool {
    !kernel_remembers() && (sigchld_ignored || keeps_no_zombies())
}

/// Whether `SA_NOCLDWAIT` is set for `SIGCHLD`, which shows nowhere else.
fn keeps_no_zombies() -> bool {
    // SAFETY: zeros are a valid sigaction.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: with a null new action the call only writes the present one to `action`, which lives here.
    let known = unsafe { libc::sigaction(libc::SIGCHLD, std::ptr::null(), &raw mut action) } == 0;
    known && action.sa_flags & libc::SA_NOCLDWAIT != 0
}

/// Whether this kernel remembers how a process ended that somebody else has reaped.
pub(super) fn kernel_remembers() -> bool {
    release_is_at_least(6, 15)
}

/// Whether this kernel's version is at least so high.
pub(super) fn release_is_at_least(major: u32, minor: u32) -> bool {
    static RELEASE: OnceLock<Option<(u32, u32)>> = OnceLock::new();
    RELEASE
        .get_or_init(release)
        .is_some_and(|found| found >= (major, minor))
}

fn release() -> Option<(u32, u32)> {
    // Not from `/proc`: there may be no descriptor free, and the answer is kept for ever.
    // SAFETY: zeros are a valid utsname, which the call fills; it lives here.
    let mut names: libc::utsname = unsafe { std::mem::zeroed() };
    // SAFETY: writes one utsname through the pointer.
    if unsafe { libc::uname(&raw mut names) } == -1 {
        return None;
    }
    // SAFETY: the kernel has ended its text with a NUL.
    let text = unsafe { CStr::from_ptr(names.release.as_ptr()) };
    let mut numbers = text
        .to_str()
        .ok()?
        .split(|c: char| !c.is_ascii_digit())
        .map_while(|part| part.parse::<u32>().ok());
    Some((numbers.next()?, numbers.next()?))
}
