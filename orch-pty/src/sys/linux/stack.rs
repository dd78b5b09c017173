//! Stacks for children that share this process's memory until they exec.

use std::io;
use std::ptr::{self, NonNull};
use std::sync::{Mutex, PoisonError};

use nix::errno::Errno;
use nix::libc::{self, c_void};

/// The child's path needs a few hundred bytes; a late-bound symbol may need some KiB more for saved registers.
const SIZE: usize = 64 * 1024;
/// Below the stack, never accessible. Larger than a page everywhere (arm64 has pages of 64 KiB).
const GUARD: usize = 64 * 1024;

/// As many as there were births at one moment; each keeps a page or two resident.
static IDLE: Mutex<Vec<Stack>> = Mutex::new(Vec::new());

/// A mapping of `GUARD + SIZE` bytes that grows down towards its guard.
pub(super) struct Stack {
    base: NonNull<c_void>,
}

// SAFETY: a mapping belongs to the process and not to a thread; `Stack` is its only owner.
unsafe impl Send for Stack {}

impl Stack {
    /// An idle stack, or a new one. The caller gives it back with [`release`](Self::release).
    pub(super) fn take() -> io::Result<Self> {
        let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(Self::map, Ok)
    }

    pub(super) fn release(self) {
        IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(self);
    }

    fn map() -> io::Result<Self> {
        // SAFETY: a fresh private mapping that replaces nothing.
        let base = unsafe {
            libc::mmap(
                ptr::null_mut(),
                GUARD + SIZE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK,
                -1,
                0,
            )
        };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let stack = Self {
            base: NonNull::new(base).ok_or(io::ErrorKind::OutOfMemory)?,
        };
        // SAFETY: the first GUARD bytes of the mapping just made, which nothing uses yet.
        Errno::result(unsafe { libc::mprotect(base, GUARD, libc::PROT_NONE) })?;
        Ok(stack)
    }

    /// One past the highest byte; aligned to a page, which is enough for every calling convention.
    pub(super) fn top(&self) -> *mut c_void {
        // SAFETY: one past the end of the mapping.
        unsafe { self.base.as_ptr().byte_add(GUARD + SIZE) }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: the whole mapping, owned by this value, with no child on it (`vfork` has returned).
        unsafe { libc::munmap(self.base.as_ptr(), GUARD + SIZE) };
    }
}
