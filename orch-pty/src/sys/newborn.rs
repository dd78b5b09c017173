//! What the child does between its birth and exec. Nothing here allocates, locks, panics or returns on success.

use std::ffi::c_char;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering, fence};

use nix::errno::Errno;
use nix::libc::{self, c_int};

use super::dispositions::{self, Dispositions};
use super::image::Image;
use super::{open_files, platform};

/// All that a child needs to become another program. Plain numbers and pointers: the child may share its memory
/// with a running process.
pub(crate) struct Birth<'a> {
    pub(super) path: *const c_char,
    pub(super) argv: *const *const c_char,
    pub(super) envp: *const *const c_char,
    /// Null: stay where the parent is.
    pub(super) directory: *const c_char,
    /// Sources of descriptors 0, 1 and 2. Each is above 2.
    pub(super) stdio: [c_int; 3],
    /// The terminal to take as controlling terminal, or -1.
    pub(super) controlling: c_int,
    /// Soft and hard value of the limit that carries the tag.
    pub(super) limit: Option<[u64; 2]>,
    /// The limit of open files, when this process's own was raised.
    pub(super) open_files: Option<libc::rlimit>,
    /// A word that is not 0 once whoever watches over this process has seen its death; or null.
    pub(super) gone: *const AtomicU32,
    pub(super) reset: dispositions::Set,
    borrowed: std::marker::PhantomData<(&'a Image, BorrowedFd<'a>)>,
}

impl<'a> Birth<'a> {
    pub(crate) fn new(
        image: &'a Image,
        stdio: [BorrowedFd<'a>; 3],
        controlling: Option<BorrowedFd<'a>>,
        limit: Option<[u64; 2]>,
        gone: Option<&'a AtomicU32>,
        dispositions: Dispositions,
    ) -> Self {
        Self {
            path: image.path().as_ptr(),
            argv: image.argv(),
            envp: image.envp(),
            directory: image.directory().map_or(ptr::null(), std::ffi::CStr::as_ptr),
            stdio: stdio.map(|fd| fd.as_raw_fd()),
            controlling: controlling.map_or(-1, |fd| fd.as_raw_fd()),
            limit,
            open_files: open_files::of_children(),
            gone: gone.map_or(ptr::null(), ptr::from_ref),
            reset: dispositions.to_reset(),
            borrowed: std::marker::PhantomData,
        }
    }
}

/// What the child was at when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Stage {
    /// Nothing failed.
    None,
    /// Making the child itself; seen by the parent.
    Birth,
    /// A session of its own.
    Session,
    /// The controlling terminal.
    Terminal,
    /// Descriptors 0, 1 and 2.
    Stdio,
    /// The directory.
    Directory,
    /// Exec.
    Exec,
    /// The directory or exec: the way of birth does not tell which.
    Unknown,
    /// It has become its program, and cannot be held: it was killed, and whatever it has started is to be found.
    Hold,
    /// A namespace of its own.
    Namespace,
    /// This executable once more, as the first process of that namespace.
    Init,
}

/// A failure of a birth: the stage and its `errno`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) stage: Stage,
    pub(crate) errno: i32,
}

impl Failure {
    pub(super) fn birth(error: &std::io::Error) -> Self {
        Self {
            stage: Stage::Birth,
            errno: error.raw_os_error().unwrap_or(libc::EIO),
        }
    }

    pub(super) fn here(stage: Stage) -> Self {
        Self {
            stage,
            errno: Errno::last_raw(),
        }
    }
}

/// Becomes the program. Returns only when it cannot.
///
/// # Safety
/// Called in a child that has this thread alone and will exec or `_exit`, with all signals blocked. The pointers of
/// `birth` are good: it borrows what they point to.
pub(super) unsafe fn become_program(birth: &Birth<'_>) -> Failure {
    // SAFETY: for every call below. Each is a thin wrapper of one system call (async-signal-safe by signal-safety(7)
    // or a plain `syscall`), takes numbers or pointers that `birth` keeps good, takes no lock and does not allocate.
    // `errno` is written to the thread-local of the thread that made us, which waits (shared memory) or is our own.
    unsafe {
        reset_signals(birth.reset);
        if libc::setsid() == -1 {
            return Failure::here(Stage::Session);
        }
        if birth.controlling != -1 && libc::ioctl(birth.controlling, libc::TIOCSCTTY as _, 0) == -1 {
            return Failure::here(Stage::Terminal);
        }
        // Sources lie above 2, so no target overwrites a later source and each copy loses close-on-exec.
        let [input, output, error] = birth.stdio;
        if libc::dup2(input, 0) == -1 || libc::dup2(output, 1) == -1 || libc::dup2(error, 2) == -1 {
            return Failure::here(Stage::Stdio);
        }
        carry_tag(birth);
        if !birth.directory.is_null() && libc::chdir(birth.directory) == -1 {
            return Failure::here(Stage::Directory);
        }
        platform::close_on_exec_from(3);
        if let Some(limit) = &birth.open_files {
            open_files::set_own(limit);
        }
        let mut nothing: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut nothing);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const nothing, ptr::null_mut());
        libc::execve(birth.path, birth.argv, birth.envp);
        Failure::here(Stage::Exec)
    }
}

/// Sets signals back to their defaults.
///
/// # Safety
/// As [`become_program`].
pub(super) unsafe fn reset_signals(signals: dispositions::Set) {
    let mut signal: c_int = 1;
    while signal <= 64 {
        if signals & (1 << (signal - 1)) != 0 {
            // A refusal (a number the kernel does not know) leaves what was there.
            // SAFETY: the caller's, which is the same.
            unsafe { platform::reset_signal(signal) };
        }
        signal += 1;
    }
}

/// Takes the tag on, and ends here when whoever watches over the orchestrator has seen its death.
///
/// # Safety
/// As [`become_program`].
pub(super) unsafe fn carry_tag(birth: &Birth<'_>) {
    // SAFETY: as in `become_program`.
    unsafe {
        if let Some(limit) = birth.limit {
            // The environment carries the tag as well, so a refusal is no reason to fail.
            platform::set_tag_limit(&limit);
        }
        if !birth.gone.is_null() {
            // The warden sets the word and then looks for tags; this sets the tag and then looks at the word. Between
            // them the two fences order that, so whichever is first, this child dies.
            fence(Ordering::SeqCst);
            if (*birth.gone).load(Ordering::SeqCst) != 0 {
                libc::_exit(127);
            }
        }
    }
}

/// Marks `first` and every descriptor above it close-on-exec, one by one: where no single call does it.
///
/// # Safety
/// As [`become_program`].
pub(super) unsafe fn close_on_exec_one_by_one(first: c_int) {
    /// A table that is larger than this has been seen on no machine; the loop must end.
    const MOST: c_int = 1 << 20;
    // SAFETY: getrlimit writes to the local it is given; fcntl on a number that is not open does nothing.
    unsafe {
        let mut table: libc::rlimit = std::mem::zeroed();
        let known = libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut table) == 0;
        let end = if known {
            c_int::try_from(table.rlim_cur).unwrap_or(MOST).min(MOST)
        } else {
            MOST
        };
        let mut fd = first;
        while fd < end {
            libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC);
            fd += 1;
        }
    }
}
