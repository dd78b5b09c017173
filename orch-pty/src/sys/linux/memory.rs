//! Bytes from the kernel: random ones, and files that live in memory.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag};
use nix::libc;
use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::sys::descriptor::raised;

/// A file of exactly these bytes, at offset 0, which nobody can change.
pub(crate) fn stdin_from_bytes(bytes: &[u8]) -> io::Result<OwnedFd> {
    let sealable = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    // Without a word about execution, newer kernels warn in their log; those before 6.3 refuse the word.
    let unexecutable = sealable | MFdFlags::from_bits_retain(libc::MFD_NOEXEC_SEAL);
    let memory = match memfd_create(c"stdin", unexecutable) {
        Err(Errno::EINVAL) => memfd_create(c"stdin", sealable)?,
        result => result?,
    };
    let file = File::from(raised(memory)?);
    // A write at an offset leaves the file's own offset, which the child shares, at 0.
    file.write_all_at(bytes, 0)?;
    let seals =
        SealFlag::F_SEAL_WRITE | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL;
    nix::fcntl::fcntl(&file, FcntlArg::F_ADD_SEALS(seals))?;
    Ok(file.into())
}

/// 128 random bits.
pub(crate) fn random() -> io::Result<[u64; 2]> {
    let mut words = [0_u64; 2];
    loop {
        // SAFETY: writes at most the sixteen bytes of a live local. Requests of up to 256 bytes are never cut short.
        let result = unsafe { libc::getrandom(words.as_mut_ptr().cast(), size_of_val(&words), 0) };
        match Errno::result(result) {
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
            Ok(_) => return Ok(words),
        }
    }
}
