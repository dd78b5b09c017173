//! The number of this process, without a system call: the C library asks the kernel each time.

use std::ptr::{self, NonNull};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::libc;

/// One page that reads as zeros in a child made by fork, so that a copy of this process sees that it is another one.
struct Page(NonNull<AtomicU32>);

// SAFETY: the page is never unmapped, and it is read and written as an atomic alone.
unsafe impl Send for Page {}
// SAFETY: as above.
unsafe impl Sync for Page {}

/// The number of the calling process, also right after a fork.
pub(crate) fn own_number() -> u32 {
    static PAGE: OnceLock<Option<Page>> = OnceLock::new();
    let Some(page) = PAGE.get_or_init(map) else {
        return std::process::id();
    };
    // SAFETY: the mapping is as long as a page, aligned to one, zeroed by the kernel and never unmapped.
    let known = unsafe { page.0.as_ref() };
    match known.load(Ordering::Relaxed) {
        0 => {
            let own = std::process::id();
            known.store(own, Ordering::Relaxed);
            own
        }
        own => own,
    }
}

fn map() -> Option<Page> {
    const LENGTH: usize = size_of::<AtomicU32>();
    // SAFETY: a fresh private mapping that replaces nothing.
    let base = unsafe {
        libc::mmap(
            ptr::null_mut(),
            LENGTH,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if base == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: the mapping just made. Where the kernel cannot wipe it (before 4.14), nothing is remembered in it.
    if unsafe { libc::madvise(base, LENGTH, libc::MADV_WIPEONFORK) } != 0 {
        // SAFETY: the whole mapping, of which nobody knows.
        unsafe { libc::munmap(base, LENGTH) };
        return None;
    }
    NonNull::new(base.cast()).map(Page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_ours_and_in_a_forked_copy_the_copys() {
        assert_eq!(own_number(), std::process::id());
        // SAFETY: the child calls getpid, reads an atomic and `_exit`s.
        match unsafe { libc::fork() } {
            0 => {
                let right = own_number() == std::process::id();
                // SAFETY: ends the forked copy without running anything of the test harness.
                unsafe { libc::_exit(i32::from(!right)) }
            }
            child => {
                let mut status = 0;
                // SAFETY: waits for our own child and writes to a live local.
                unsafe { libc::waitpid(child, &raw mut status, 0) };
                assert_eq!(status, 0);
            }
        }
    }
}
