//! A word in shared memory that tells, without a moment's delay, that the process that held it is dead.
//!
//! The kernel walks the *robust list* of each thread that ends, before anything else of it is torn down, and marks the
//! words on it. An end of file or a pidfd tells the same only after the dying process's memory is gone, which takes
//! about 130 ms for each GiB.

use std::io;
use std::mem::offset_of;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::errno::Errno;
use nix::libc::{self, c_long, c_void};

use super::table::Table;

/// The word's number is the thread that holds it, and the kernel is to wake who waits.
const WAITERS: u32 = 0x8000_0000;
/// What the kernel sets when that thread has ended.
const OWNER_DIED: u32 = 0x4000_0000;

/// `struct robust_list_head`, with room for the one entry.
#[repr(C)]
struct List {
    first: *const c_void,
    /// From an entry to its word.
    offset: c_long,
    pending: *const c_void,
    /// The one entry: a pointer to the next, which is the list's own beginning.
    entry: *const c_void,
}

/// Marks the calling thread as the one whose end is the end of this process. It must never end before.
///
/// This replaces the list that the C library keeps for robust locks of this thread; it takes none.
///
/// # Errors
/// The kernel refuses, or does not keep its promise (a sandbox's own kernel may not).
pub(crate) fn hold_for_life(table: &'static Table) -> io::Result<()> {
    static PROMISE: AtomicU32 = AtomicU32::new(0);
    // Proof before trust: a thread that holds a word and ends.
    let tried = std::thread::Builder::new()
        .name("orch-keeper-try".into())
        .spawn(|| hold(&PROMISE))?
        .join();
    tried.map_err(|_| io::Error::other("a thread ended early"))??;
    if PROMISE.load(Ordering::SeqCst) & OWNER_DIED == 0 {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "this kernel does not tell of a thread's end (robust futexes)",
        ));
    }
    hold(table.life())
}

fn hold(word: &'static AtomicU32) -> io::Result<()> {
    let list = Box::leak(Box::new(List {
        first: ptr::null(),
        offset: 0,
        pending: ptr::null(),
        entry: ptr::null(),
    }));
    let head: *mut List = list;
    // SAFETY: in bounds of the box.
    let entry = unsafe { head.byte_add(offset_of!(List, entry)) };
    list.first = entry.cast();
    list.entry = head.cast();
    list.offset = (ptr::from_ref(word) as usize)
        .wrapping_sub(entry as usize)
        .cast_signed() as c_long;
    // SAFETY: takes no argument.
    let thread = unsafe { libc::syscall(libc::SYS_gettid) };
    let thread = u32::try_from(thread).map_err(|_| io::ErrorKind::InvalidData)?;
    word.store(thread | WAITERS, Ordering::SeqCst);
    // SAFETY: the list lives for ever (it was leaked), and so does the word. The kernel reads both when this thread ends
    // and writes to the word alone.
    Errno::result(unsafe { libc::syscall(libc::SYS_set_robust_list, head, 3 * size_of::<*const c_void>()) })?;
    Ok(())
}

/// Sleeps until the thread that holds the table's word has ended.
pub(crate) fn wait_for_death(table: &Table) {
    let word = table.life();
    loop {
        let value = word.load(Ordering::SeqCst);
        if value & OWNER_DIED != 0 {
            return;
        }
        // SAFETY: reads the word, which lives in a mapping, and sleeps while it is `value`; no time limit. The memory is
        // shared between processes, so the private form would not do.
        unsafe {
            libc::syscall(
                libc::SYS_futex,
                word.as_ptr(),
                libc::FUTEX_WAIT,
                value,
                ptr::null::<libc::timespec>(),
            )
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_thread_is_told() {
        let table: &'static Table = Box::leak(Box::new(Table::create([1, 2], 3, 4).expect("a table")));
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let holder = std::thread::spawn(move || {
            hold_for_life(table).expect("a promise");
            let _ = wait.recv();
        });
        while table.life().load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        let waiter = std::thread::spawn(move || wait_for_death(table));
        drop(go);
        holder.join().expect("a thread");
        waiter.join().expect("a thread");
    }
}
