//! Birth without a copy of the page tables: `clone` with shared memory, this thread waiting until exec.

use std::cell::UnsafeCell;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd};
use std::ptr;

use nix::errno::Errno;
use nix::libc::{self, c_int, c_void};

use super::handle::Handle;
use super::stack::Stack;
use crate::sys::descriptor::raised;
use crate::sys::fork;
use crate::sys::newborn::{self, Birth, Failure, Stage};
use crate::sys::open_files;

/// The size of the kernel's own signal set on every architecture but MIPS, where these calls refuse it.
const KERNEL_SIGNAL_SET: usize = 8;

/// What parent and child share during a birth.
struct Cradle<'a, B> {
    birth: &'a B,
    become_it: unsafe fn(&B) -> Failure,
    failure: UnsafeCell<Failure>,
}

/// Starts the child in this process's memory on a stack of its own, and returns when it has become its program or
/// failed to. The errno of a failure comes back through the shared memory.
pub(crate) fn vfork(birth: &Birth<'_>) -> Result<Handle, Failure> {
    // SAFETY: `become_program` is made for this.
    unsafe { vfork_into(birth, |birth| newborn::become_program(birth), 0) }
}

/// As [`vfork`], for a child that `become_it` turns into something else, with further flags of `clone`.
///
/// # Safety
/// `become_it` may be called as [`newborn::become_program`] is, and does only what that may do.
pub(super) unsafe fn vfork_into<B>(
    birth: &B,
    become_it: unsafe fn(&B) -> Failure,
    flags: c_int,
) -> Result<Handle, Failure> {
    let stack = Stack::take().map_err(|error| Failure::birth(&error))?;
    let cradle = Cradle {
        birth,
        become_it,
        failure: UnsafeCell::new(Failure {
            stage: Stage::None,
            errno: 0,
        }),
    };
    let mut pidfd: c_int = -1;

    // A handler of this process must not run in the child, on shared memory.
    let blocked = AllBlocked::new().map_err(|error| Failure::birth(&error))?;
    // SAFETY: the stack is private to this birth, and its top is aligned. CLONE_VFORK suspends this thread until the
    // child has left the shared memory by exec or `_exit`, so `cradle`, `birth` and the stack outlive its use of
    // them. Without CLONE_SETTLS the child uses this thread's thread-locals, of which it touches `errno` alone.
    // CLONE_PIDFD writes one int to `pidfd`.
    let pid = unsafe {
        libc::clone(
            child_main::<B>,
            stack.top(),
            libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD | flags,
            (&raw const cradle).cast_mut().cast(),
            &raw mut pidfd,
            ptr::null_mut::<c_void>(),
            ptr::null_mut::<c_void>(),
        )
    };
    let failed = Errno::result(pid).err();
    drop(blocked);
    stack.release();
    if let Some(errno) = failed {
        return Err(Failure {
            stage: Stage::Birth,
            errno: errno as i32,
        });
    }

    if pidfd < 0 {
        // A kernel before 5.2, which does not know the flag: end the child that it made all the same.
        // SAFETY: `pid` is our own child, which nobody has waited for.
        unsafe {
            libc::kill(pid, libc::SIGKILL);
            libc::waitpid(pid, ptr::null_mut(), 0);
        }
        return Err(Failure {
            stage: Stage::Birth,
            errno: libc::ENOSYS,
        });
    }
    // SAFETY: the kernel has just made this descriptor (close-on-exec) and nothing else knows of it.
    // It is not negative, so it is one.
    let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
    let failure = cradle.failure.into_inner();
    let number = u32::try_from(pid).unwrap_or(0);
    let handle = match raised(pidfd) {
        Ok(fd) => Handle::new(fd, number),
        Err(error) => {
            // SAFETY: `pid` is our own child, which nobody has waited for.
            unsafe {
                libc::kill(pid, libc::SIGKILL);
                libc::waitpid(pid, ptr::null_mut(), 0);
            }
            return Err(Failure {
                stage: Stage::Hold,
                ..Failure::birth(&error)
            });
        }
    };
    if failure.stage == Stage::None {
        return Ok(handle);
    }
    // It has called `_exit` or is about to: take its status, so that no zombie stays.
    handle.reap_now();
    Err(failure)
}

/// The child's whole life in shared memory.
extern "C" fn child_main<B>(cradle: *mut c_void) -> c_int {
    // SAFETY: `vfork_into` passes a `Cradle` of this type that it keeps alive while this runs.
    let cradle = unsafe { &*cradle.cast_const().cast::<Cradle<'_, B>>() };
    // SAFETY: this is the child's only thread, all signals are blocked, and `_exit` follows. The parent's thread is
    // suspended, so the write to the cell meets no other access.
    unsafe {
        let failure = (cradle.become_it)(cradle.birth);
        cradle.failure.get().write_volatile(failure);
        libc::_exit(127)
    }
}

/// The portable way, on Linux: fork, then take hold of the child by its number.
pub(crate) fn fork_and_pin(birth: &Birth<'_>) -> Result<Handle, Failure> {
    fork::give_birth(birth, |pid| open_files::with_room(|| Handle::open(pid)))
}

/// All signals of this thread, the C library's own two included, until dropped.
pub(super) struct AllBlocked {
    before: u64,
}

impl AllBlocked {
    pub(super) fn new() -> io::Result<Self> {
        let mut before = 0;
        set_mask(u64::MAX, &raw mut before)?;
        Ok(Self { before })
    }
}

impl Drop for AllBlocked {
    fn drop(&mut self) {
        // Setting back a mask that was in force cannot fail.
        let _ = set_mask(self.before, ptr::null_mut());
    }
}

fn set_mask(mask: u64, before: *mut u64) -> io::Result<()> {
    // SAFETY: both pointers are null or point to eight live bytes, the size that is passed.
    let result = unsafe {
        libc::syscall(
            libc::SYS_rt_sigprocmask,
            libc::SIG_SETMASK,
            &raw const mask,
            before,
            KERNEL_SIGNAL_SET,
        )
    };
    Errno::result(result)?;
    Ok(())
}

/// Sets one signal back to its default. The system call itself: the C library's wrapper may take a lock.
///
/// # Safety
/// As [`newborn::become_program`].
pub(in crate::sys) unsafe fn reset_signal(signal: c_int) {
    /// Zeros are the default disposition, no flags and an empty mask on every architecture, and this is larger than
    /// the kernel's structure on each.
    static DEFAULT: [u64; 8] = [0; 8];
    // SAFETY: the kernel reads its structure from a larger static and writes nothing through a null pointer.
    unsafe {
        libc::syscall(
            libc::SYS_rt_sigaction,
            signal,
            DEFAULT.as_ptr(),
            ptr::null_mut::<c_void>(),
            KERNEL_SIGNAL_SET,
        );
    }
}

/// Marks every descriptor from `first` on close-on-exec, so that none that the parent has leaked survives exec.
///
/// # Safety
/// As [`newborn::become_program`].
pub(in crate::sys) unsafe fn close_on_exec_from(first: c_int) {
    // SAFETY: the call takes numbers alone. A sandbox may refuse it: then one by one.
    unsafe {
        if libc::syscall(libc::SYS_close_range, first, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) == -1 {
            newborn::close_on_exec_one_by_one(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::os::fd::AsFd;
    use std::path::Path;
    use std::sync::atomic::AtomicU32;
    use std::time::Duration;

    use super::{Birth, Failure, Handle, fork_and_pin, vfork};
    use crate::sys::Dispositions;
    use crate::sys::descriptor;
    use crate::sys::image::{Image, Texts};

    const PATIENCE: Duration = Duration::from_secs(60);

    /// The exit code of a shell that would end with 3, born while the word says `gone`.
    fn born(way: fn(&Birth<'_>) -> Result<Handle, Failure>, gone: u32) -> Option<i32> {
        let words = ["sh", "-c", "exit 3"].map(OsString::from);
        let image = Image::new(Path::new("/bin/sh"), None, words, Texts::new(Vec::new())).expect("no NUL");
        let null = descriptor::null().expect("a file");
        let gone = AtomicU32::new(gone);
        let stdio = [null.as_fd(); 3];
        let birth = Birth::new(&image, stdio, None, None, Some(&gone), Dispositions::in_force());
        let child = way(&birth).expect("a child");
        assert!(child.wait_for_end(PATIENCE));
        child.reap().expect("a status").map(|status| status >> 8)
    }

    #[test]
    fn a_newborn_whose_orchestrator_is_dead_ends_before_it_becomes_its_program() {
        for way in [vfork, fork_and_pin] {
            assert_eq!(born(way, 0), Some(3), "it is its program");
            assert_eq!(born(way, 1), Some(127), "it is none");
        }
    }
}
