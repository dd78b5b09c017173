//! [`Table`]: memory that an orchestrator and its warden share. It outlives either of them.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag};
use nix::libc;
use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::sys::descriptor::raised;

/// `orch-pty` and the version of this layout. Both sides are the same executable, so this only guards against a
/// descriptor that means something else.
const MAGIC: u64 = u64::from_be_bytes(*b"orchpty\x01");

/// How many children are listed at most. Those beyond are found by their tag alone.
const SLOTS: usize = 4096;

#[repr(C)]
struct Shared {
    magic: AtomicU64,
    nonce: [AtomicU64; 2],
    run: AtomicU64,
    prefix: AtomicU64,
    /// Held by the orchestrator for its whole life; see `life`.
    life: AtomicU32,
    /// Not 0 once the warden has seen that the orchestrator is dead.
    gone: AtomicU32,
    /// Not 0 once a child may have been started without the tag in its limit.
    weak: AtomicU32,
    unused: AtomicU32,
    slots: [Slot; SLOTS],
}

/// One child: its number, and what tells it from another process of that number.
#[repr(C)]
struct Slot {
    alive_at: AtomicU64,
    pid: AtomicU64,
}

/// A child of the orchestrator, as the table names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Root {
    pub(crate) pid: u32,
    /// A moment in which the number was its own, in nanoseconds since the system's start. Whoever has the number later
    /// and is another process was started after that.
    pub(crate) alive_at: u64,
}

/// The shared memory, mapped.
#[derive(Debug)]
pub(crate) struct Table {
    memory: OwnedFd,
    shared: NonNull<Shared>,
}

// SAFETY: the mapping belongs to the process and is used through atomics alone.
unsafe impl Send for Table {}
// SAFETY: as above.
unsafe impl Sync for Table {}

impl Table {
    /// A new table, of a size that nobody can change.
    pub(crate) fn create(nonce: [u64; 2], run: u64, prefix: u64) -> io::Result<Self> {
        let sealable = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
        let unexecutable = sealable | MFdFlags::from_bits_retain(libc::MFD_NOEXEC_SEAL);
        let memory = match memfd_create(c"orch-warden", unexecutable) {
            Err(Errno::EINVAL) => memfd_create(c"orch-warden", sealable)?,
            result => result?,
        };
        let memory = raised(memory)?;
        let size = libc::off_t::try_from(size_of::<Shared>()).map_err(|_| io::ErrorKind::InvalidInput)?;
        nix::unistd::ftruncate(&memory, size)?;
        nix::fcntl::fcntl(&memory, FcntlArg::F_ADD_SEALS(seals()))?;
        let table = Self::map(memory)?;
        let shared = table.shared();
        shared.run.store(run, Ordering::Relaxed);
        shared.prefix.store(prefix, Ordering::Relaxed);
        for (word, value) in shared.nonce.iter().zip(nonce) {
            word.store(value, Ordering::Relaxed);
        }
        shared.magic.store(MAGIC, Ordering::Release);
        Ok(table)
    }

    /// The table behind a descriptor that was handed over, or `None` when it is anything else.
    pub(super) fn attach(memory: OwnedFd, nonce: [u64; 2]) -> Option<Self> {
        let present = nix::fcntl::fcntl(&memory, FcntlArg::F_GET_SEALS).ok()?;
        let size = nix::sys::stat::fstat(&memory).ok()?.st_size;
        if !SealFlag::from_bits_retain(present).contains(seals())
            || u64::try_from(size) != Ok(size_of::<Shared>() as u64)
        {
            return None;
        }
        let table = Self::map(memory).ok()?;
        let shared = table.shared();
        let said = [0, 1].map(|at: usize| shared.nonce[at].load(Ordering::Relaxed));
        (shared.magic.load(Ordering::Acquire) == MAGIC && said == nonce).then_some(table)
    }

    fn map(memory: OwnedFd) -> io::Result<Self> {
        // SAFETY: a fresh shared mapping that replaces nothing, of a file that is sealed at this size.
        let base = unsafe {
            libc::mmap(
                ptr::null_mut(),
                size_of::<Shared>(),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                memory.as_raw_fd(),
                0,
            )
        };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let shared = NonNull::new(base.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { memory, shared })
    }

    fn shared(&self) -> &Shared {
        // SAFETY: the mapping is as long as `Shared`, aligned to a page, zeroed at first, and lives as long as `self`.
        // The other process writes to it too, but every field is an atomic.
        unsafe { self.shared.as_ref() }
    }

    pub(super) fn memory(&self) -> BorrowedFd<'_> {
        self.memory.as_fd()
    }

    /// The run's hard value and soft prefix.
    pub(crate) fn run(&self) -> (u64, u64) {
        let shared = self.shared();
        (
            shared.run.load(Ordering::Relaxed),
            shared.prefix.load(Ordering::Relaxed),
        )
    }

    pub(super) fn life(&self) -> &AtomicU32 {
        &self.shared().life
    }

    /// The word that a newborn looks at before it execs.
    pub(crate) fn gone(&self) -> &AtomicU32 {
        &self.shared().gone
    }

    pub(crate) fn set_weak(&self) {
        self.shared().weak.store(1, Ordering::SeqCst);
    }

    /// Whether some child may carry its tag in the environment alone.
    pub(crate) fn is_weak(&self) -> bool {
        self.shared().weak.load(Ordering::SeqCst) != 0
    }

    /// How many children can be listed.
    pub(crate) const fn slots() -> usize {
        SLOTS
    }

    /// Lists a child. The slot is the caller's own.
    pub(crate) fn list(&self, slot: usize, root: Root) {
        if let Some(slot) = self.shared().slots.get(slot) {
            slot.alive_at.store(root.alive_at, Ordering::Relaxed);
            slot.pid.store(u64::from(root.pid), Ordering::Release);
        }
    }

    /// Strikes a child off.
    pub(crate) fn strike(&self, slot: usize) {
        if let Some(slot) = self.shared().slots.get(slot) {
            slot.pid.store(0, Ordering::Release);
        }
    }

    /// Everybody who is listed now.
    pub(crate) fn roots(&self) -> Vec<Root> {
        let listed = self.shared().slots.iter().filter_map(|slot| {
            let pid = u32::try_from(slot.pid.load(Ordering::Acquire)).ok()?;
            let alive_at = slot.alive_at.load(Ordering::Relaxed);
            (pid != 0).then_some(Root { pid, alive_at })
        });
        listed.collect()
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        // SAFETY: the whole mapping, to which no reference outlives `self`.
        unsafe { libc::munmap(self.shared.as_ptr().cast(), size_of::<Shared>()) };
    }
}

fn seals() -> SealFlag {
    SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_side_lists_the_other_side_sees() {
        let table = Table::create([1, 2], 3, 4).expect("a table");
        let other = table.memory().try_clone_to_owned().expect("a descriptor");
        let other = Table::attach(other, [1, 2]).expect("the same table");
        let root = Root { pid: 7, alive_at: 8 };
        table.list(5, root);
        assert_eq!((other.roots(), other.run()), (vec![root], (3, 4)));
        table.strike(5);
        assert_eq!(other.roots(), []);
    }

    #[test]
    fn another_file_and_another_nonce_are_refused() {
        let table = Table::create([1, 2], 3, 4).expect("a table");
        let clone = || table.memory().try_clone_to_owned().expect("a descriptor");
        assert!(Table::attach(clone(), [1, 3]).is_none());
        let file = std::fs::File::open("/proc/self/exe").expect("a file");
        assert!(Table::attach(file.into(), [1, 2]).is_none());
        assert!(Table::attach(clone(), [1, 2]).is_some());
    }
}
