//! What this process does with signals, in one system call: the kernel writes it into `/proc/self/status`, which is
//! kept open. Asking signal by signal is 62, and is done where that file cannot be had.

use std::fs::File;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, PoisonError};

use nix::libc;

use super::own::own_number;
use crate::sys::descriptor::raised;

/// `(ignored, caught)`.
#[allow(clippy::unnecessary_wraps)] // elsewhere the answer may be missing
pub(in crate::sys) fn dispositions() -> Option<(u64, u64)> {
    Some(all_at_once().unwrap_or_else(one_by_one))
}

/// Without a descriptor.
fn one_by_one() -> (u64, u64) {
    let (mut ignored, mut caught) = (0, 0);
    for signal in 1..=64 {
        // SAFETY: a sigaction of zeros is a valid one (default disposition, empty mask, no flags).
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: with a null new action the call only writes the present one to `action`, which lives here. It refuses
        // the C library's own two.
        if unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut action) } == 0 {
            match action.sa_sigaction {
                libc::SIG_DFL => {}
                libc::SIG_IGN => ignored |= 1 << (signal - 1),
                _ => caught |= 1 << (signal - 1),
            }
        }
    }
    (ignored, caught)
}

fn all_at_once() -> Option<(u64, u64)> {
    static STATUS: Mutex<Option<(u32, File)>> = Mutex::new(None);
    let own = own_number();
    let mut status = STATUS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, file)) = status.take() {
        // A copy of this process made by fork has its own; the open file still tells of the original.
        let found = if of == own { read(&file) } else { None };
        if found.is_some() {
            *status = Some((of, file));
            return found;
        }
        // A program that closes all descriptors to become a daemon may have closed this one, and opened another file
        // under its number since: it is not ours to close.
        if of != own || !is_proc(&file) {
            let _ = file.into_raw_fd();
        }
    }
    let file = File::from(raised(File::open("/proc/self/status").ok()?.into()).ok()?);
    let found = read(&file)?;
    *status = Some((own, file));
    Some(found)
}

/// Whether the descriptor still means a file of `/proc`.
fn is_proc(file: &File) -> bool {
    const PROC_SUPER_MAGIC: libc::c_long = 0x9fa0;
    // SAFETY: zeros are a valid statfs, which the call fills; it lives here.
    let mut system: libc::statfs = unsafe { std::mem::zeroed() };
    // SAFETY: writes one statfs through the pointer.
    let told = unsafe { libc::fstatfs(file.as_raw_fd(), &raw mut system) } == 0;
    #[allow(clippy::unnecessary_cast)] // its type differs between architectures
    let magic = system.f_type as libc::c_long;
    told && magic == PROC_SUPER_MAGIC
}

fn read(status: &File) -> Option<(u64, u64)> {
    let mut chunk = [0; 4096];
    let read = status.read_at(&mut chunk, 0).ok()?;
    if let Some(found) = parse(&chunk[..read]) {
        return Some(found);
    }
    // `Groups:` before the two lines may be long.
    let mut text = chunk[..read].to_vec();
    loop {
        let read = status.read_at(&mut chunk, text.len() as u64).ok()?;
        text.extend_from_slice(&chunk[..read]);
        if let Some(found) = parse(&text) {
            return Some(found);
        }
        if read == 0 {
            return None;
        }
    }
}

/// The two lines follow each other.
fn parse(status: &[u8]) -> Option<(u64, u64)> {
    const IGNORED: &[u8] = b"\nSigIgn:\t";
    const CAUGHT: &[u8] = b"\nSigCgt:\t";
    const DIGITS: usize = 16;
    let at = find(status, IGNORED)? + IGNORED.len();
    let ignored = hexadecimal(status.get(at..at + DIGITS)?)?;
    let rest = status.get(at + DIGITS..)?.strip_prefix(CAUGHT)?;
    Some((ignored, hexadecimal(rest.get(..DIGITS)?)?))
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    // The word begins with a line's end: most bytes need no comparison of more than one.
    let mut from = 0;
    while let Some(next) = text.get(from..)?.iter().position(|&byte| byte == word[0]) {
        from += next;
        if text[from..].starts_with(word) {
            return Some(from);
        }
        from += 1;
    }
    None
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_ask_bring_the_same() {
        let (ignored, caught) = all_at_once().expect("a file of /proc");
        let (ignored_too, caught_too) = one_by_one();
        // Signals 32 and 33 are the C library's own.
        assert_eq!(
            (ignored & !(0b11 << 31), caught & !(0b11 << 31)),
            (ignored_too, caught_too)
        );
    }

    #[test]
    fn the_two_lines_are_read_wherever_they_stand_and_nothing_else_is() {
        let status =
            b"Name:\tx\nGroups:\t1 2\nSigIgn:\t0000000000001001\nSigCgt:\t0000000000000440\nCapInh:\t0\n";
        assert_eq!(parse(status), Some((0x1001, 0x440)));
        for cut in 0..status.len() - b"\nCapInh:\t0\n".len() {
            assert_eq!(parse(&status[..cut]), None, "cut at {cut}");
        }
        assert_eq!(
            parse(b"\nSigIgn:\tnot hexadecimal!\nSigCgt:\t0000000000000440\n"),
            None
        );
    }
}
