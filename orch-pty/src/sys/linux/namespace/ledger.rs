//! [`Ledger`]: memory that an orchestrator and the first process of a namespace share. It carries the errand in, and says
//! what became of the program. It is read and written as a file, so that no memory is mapped and nothing can block.

use std::fs::File;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;

use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, FcntlArg, SealFlag};
use nix::libc;
use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::sys::descriptor::raised;

/// `orchini` and the version of this layout.
const MAGIC: u64 = u64::from_be_bytes(*b"orchini\x01");
/// The head: magic, and the nonce.
const HEAD: usize = 24;
/// Where the number of the signal that has stopped the program stands; 0 while it runs. One byte is never read in half.
const STOPPED: u64 = 24;
/// Where a byte says that the status is known, and where the status stands. Read only after the first process has ended.
const IS_KNOWN: u64 = 25;
const STATUS: u64 = 28;
/// Where the errand begins: a page of its own, so that it can be given back.
const ERRAND: u64 = 64 * 1024;

#[derive(Debug)]
pub(super) struct Ledger(File);

impl Ledger {
    /// A new one that carries these bytes in.
    pub(super) fn create(nonce: [u64; 2], errand: &[u8]) -> io::Result<Self> {
        let sealable = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
        let unexecutable = sealable | MFdFlags::from_bits_retain(libc::MFD_NOEXEC_SEAL);
        let memory = match memfd_create(c"orch-init", unexecutable) {
            Err(Errno::EINVAL) => memfd_create(c"orch-init", sealable)?,
            result => result?,
        };
        let file = File::from(raised(memory)?);
        file.write_all_at(&head(nonce), 0)?;
        // Now rather than later: what is told in the end must find its page.
        file.write_all_at(&[0; 4], STATUS)?;
        file.write_all_at(errand, ERRAND)?;
        nix::fcntl::fcntl(&file, FcntlArg::F_ADD_SEALS(seals()))?;
        Ok(Self(file))
    }

    /// The ledger behind a descriptor, or `None` when it is anything else. The descriptor itself is left alone.
    pub(super) fn attach(memory: BorrowedFd<'_>, nonce: [u64; 2]) -> Option<Self> {
        let present = nix::fcntl::fcntl(memory, FcntlArg::F_GET_SEALS).ok()?;
        if !SealFlag::from_bits_retain(present).contains(seals()) {
            return None;
        }
        let file = File::from(memory.try_clone_to_owned().ok()?);
        let mut found = [0; HEAD];
        file.read_exact_at(&mut found, 0).ok()?;
        (found == head(nonce)).then_some(Self(file))
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        std::os::fd::AsFd::as_fd(&self.0)
    }

    /// The bytes that it carries in.
    pub(super) fn errand(&self) -> io::Result<Vec<u8>> {
        let length = self.0.metadata()?.len().saturating_sub(ERRAND);
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| io::ErrorKind::InvalidData)?];
        self.0.read_exact_at(&mut bytes, ERRAND)?;
        Ok(bytes)
    }

    /// Gives the memory of the errand back: what a program was given is kept nowhere longer than it must be.
    pub(super) fn erase_errand(&self) -> io::Result<()> {
        let begin = libc::off_t::try_from(ERRAND).map_err(|_| io::ErrorKind::InvalidInput)?;
        let length = self.0.metadata()?.len().saturating_sub(ERRAND);
        let length = libc::off_t::try_from(length).map_err(|_| io::ErrorKind::InvalidInput)?;
        let hole = FallocateFlags::FALLOC_FL_PUNCH_HOLE | FallocateFlags::FALLOC_FL_KEEP_SIZE;
        nix::fcntl::fallocate(&self.0, hole, begin, length)?;
        Ok(())
    }

    /// Says that the program was stopped by this signal, or goes on (0).
    pub(super) fn note_stop(&self, signal: u8) -> io::Result<()> {
        self.0.write_all_at(&[signal], STOPPED)
    }

    pub(super) fn stopped_by(&self) -> Option<u8> {
        let mut signal = [0];
        self.0.read_exact_at(&mut signal, STOPPED).ok()?;
        (signal[0] != 0).then_some(signal[0])
    }

    /// Says how the program ended, as `wait(2)` lays it out.
    pub(super) fn note_end(&self, status: i32) -> io::Result<()> {
        self.0.write_all_at(&status.to_ne_bytes(), STATUS)?;
        self.0.write_all_at(&[1], IS_KNOWN)
    }

    pub(super) fn ended(&self) -> Option<i32> {
        let (mut known, mut status) = ([0], [0; size_of::<i32>()]);
        self.0.read_exact_at(&mut known, IS_KNOWN).ok()?;
        self.0.read_exact_at(&mut status, STATUS).ok()?;
        (known[0] != 0).then(|| i32::from_ne_bytes(status))
    }
}

impl From<Ledger> for OwnedFd {
    fn from(ledger: Ledger) -> Self {
        ledger.0.into()
    }
}

fn head(nonce: [u64; 2]) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    for (bytes, word) in head.chunks_exact_mut(8).zip([MAGIC, nonce[0], nonce[1]]) {
        bytes.copy_from_slice(&word.to_ne_bytes());
    }
    head
}

fn seals() -> SealFlag {
    SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_first_process_notes_the_orchestrator_reads() {
        let ours = Ledger::create([1, 2], b"an errand").expect("memory");
        let theirs = Ledger::attach(ours.descriptor(), [1, 2]).expect("the same");
        assert_eq!(theirs.errand().expect("bytes"), b"an errand");
        assert_eq!((ours.stopped_by(), ours.ended()), (None, None));
        theirs.note_stop(19).expect("room");
        assert_eq!(ours.stopped_by(), Some(19));
        theirs.note_stop(0).expect("room");
        theirs.note_end(0x86).expect("room");
        assert_eq!((ours.stopped_by(), ours.ended()), (None, Some(0x86)));
    }

    #[test]
    fn an_erased_errand_is_gone_and_the_notes_stay() {
        let ledger = Ledger::create([1, 2], &[7; 10_000]).expect("memory");
        ledger.note_end(9).expect("room");
        ledger.erase_errand().expect("a hole");
        assert!(ledger.errand().expect("bytes").iter().all(|&byte| byte == 0));
        assert_eq!(ledger.ended(), Some(9));
    }

    #[test]
    fn another_file_and_another_nonce_are_refused() {
        let ledger = Ledger::create([1, 2], b"").expect("memory");
        assert!(Ledger::attach(ledger.descriptor(), [1, 3]).is_none());
        let file = File::open("/proc/self/exe").expect("a file");
        assert!(Ledger::attach(std::os::fd::AsFd::as_fd(&file), [1, 2]).is_none());
    }
}
