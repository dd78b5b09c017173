//! Which signal dispositions of this process a child must not inherit.
//!
//! Exec resets handlers by itself but keeps what is ignored. Between the child's birth and exec, a handler of this
//! process would run in the child, on memory that the two may share: so those are reset too. Handlers of faults
//! (`SIGSEGV` and its like, which the standard library installs) are left to exec: the child's few lines do not
//! fault.

use nix::libc;

/// A set of signals: signal `n` is bit `n - 1`.
pub(super) type Set = u64;

const FAULTS: [i32; 6] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGILL,
    libc::SIGFPE,
    libc::SIGTRAP,
    libc::SIGSYS,
];
const UNCHANGEABLE: [i32; 2] = [libc::SIGKILL, libc::SIGSTOP];

/// The signals that the child sets back to their default before exec.
pub(super) fn to_reset() -> Set {
    // When nothing is known, everything is reset.
    let (ignored, caught) = in_force().unwrap_or((Set::MAX, Set::MAX));
    (ignored | (caught & !bits(&FAULTS))) & !bits(&UNCHANGEABLE)
}

fn bits(signals: &[i32]) -> Set {
    signals.iter().fold(0, |set, signal| set | 1 << (signal - 1))
}

/// `(ignored, caught)`, from `/proc/self/status`: three system calls instead of one for each signal.
#[cfg(target_os = "linux")]
fn in_force() -> Option<(Set, Set)> {
    use std::io::Read;

    let mut file = std::fs::File::open("/proc/self/status").ok()?;
    let mut text = Vec::with_capacity(4096);
    let mut chunk = [0; 4096];
    loop {
        let read = file.read(&mut chunk).ok()?;
        text.extend_from_slice(&chunk[..read]);
        // The two lines follow each other; `Groups:` before them may be long.
        if let Some(caught) = mask_of(&text, b"\nSigCgt:\t") {
            return Some((mask_of(&text, b"\nSigIgn:\t")?, caught));
        }
        if read == 0 {
            return None;
        }
    }
}

#[cfg(target_os = "linux")]
fn mask_of(status: &[u8], label: &[u8]) -> Option<Set> {
    let start = status.windows(label.len()).position(|window| window == label)? + label.len();
    let digits = status.get(start..)?;
    let digits = &digits[..digits.iter().position(|&byte| byte == b'\n')?];
    Set::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// `(ignored, caught)`, asked for signal by signal.
#[cfg(not(target_os = "linux"))]
#[allow(clippy::unnecessary_wraps)] // on Linux the answer may be missing
fn in_force() -> Option<(Set, Set)> {
    let (mut ignored, mut caught) = (0, 0);
    for signal in 1..=31 {
        // SAFETY: a sigaction of zeros is a valid one (default disposition, empty mask, no flags).
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: with a null new action the call only writes the present one to `action`, which lives here.
        if unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut action) } == 0 {
            match action.sa_sigaction {
                libc::SIG_DFL => {}
                libc::SIG_IGN => ignored |= bits(&[signal]),
                _ => caught |= bits(&[signal]),
            }
        }
    }
    Some((ignored, caught))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_pipe_is_ignored_in_this_process_and_so_reset_in_children() {
        // The standard library ignores SIGPIPE in every Rust program.
        assert_ne!(to_reset() & bits(&[libc::SIGPIPE]), 0);
    }

    #[test]
    fn faults_and_unchangeable_signals_are_never_reset() {
        assert_eq!(to_reset() & (bits(&FAULTS) | bits(&UNCHANGEABLE)), 0);
    }
}
