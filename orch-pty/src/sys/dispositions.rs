//! Which signal dispositions of this process a child must not inherit.
//!
//! Exec resets handlers by itself but keeps what is ignored. Between the child's birth and exec, a handler of this
//! process would run in the child, on memory that the two may share: so those are reset too. Handlers of faults
//! (`SIGSEGV` and its like, which the standard library installs) are left to exec: the child's few lines do not
//! fault. So are the C library's own two signals,
//! which nobody sends to another process and which its `posix_spawn` leaves ignored in every child.

use nix::libc;

use super::platform;

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
/// Caught or ignored by the C library itself, which sends them between threads of one process alone.
#[cfg(target_os = "linux")]
const INTERNAL: [i32; 2] = [32, 33];
#[cfg(not(target_os = "linux"))]
const INTERNAL: [i32; 0] = [];
const UNCHANGEABLE: [i32; 2] = [libc::SIGKILL, libc::SIGSTOP];

/// What this process does with signals now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dispositions {
    ignored: Set,
    caught: Set,
}

impl Dispositions {
    /// Asks the system. When it does not tell, everything counts as changed.
    pub(crate) fn in_force() -> Self {
        let (ignored, caught) = platform::dispositions().unwrap_or((Set::MAX, Set::MAX));
        Self { ignored, caught }
    }

    /// Whether the statuses of children are thrown away, so that how one ends can never be known.
    pub(crate) fn lose_statuses(self) -> bool {
        platform::loses_statuses(self.ignored & bits(&[libc::SIGCHLD]) != 0)
    }

    /// The signals that the child sets back to their default before exec.
    pub(super) fn to_reset(self) -> Set {
        (self.ignored | (self.caught & !bits(&FAULTS))) & !(bits(&INTERNAL) | bits(&UNCHANGEABLE))
    }
}

fn bits(signals: &[i32]) -> Set {
    signals.iter().fold(0, |set, signal| set | 1 << (signal - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_pipe_is_ignored_in_this_process_and_so_reset_in_children() {
        // The standard library ignores SIGPIPE in every Rust program.
        assert_ne!(Dispositions::in_force().to_reset() & bits(&[libc::SIGPIPE]), 0);
    }

    #[test]
    fn a_signal_that_comes_to_be_ignored_is_seen_at_the_next_look() {
        let before = Dispositions::in_force().to_reset();
        // SAFETY: ignoring this signal runs nothing; no other test of this process looks at it.
        unsafe { libc::signal(libc::SIGWINCH, libc::SIG_IGN) };
        let after = Dispositions::in_force().to_reset();
        assert_eq!(after, before | bits(&[libc::SIGWINCH]));
    }

    #[test]
    fn faults_and_unchangeable_signals_are_never_reset() {
        let to_reset = Dispositions::in_force().to_reset();
        assert_eq!(
            to_reset & (bits(&FAULTS) | bits(&UNCHANGEABLE) | bits(&INTERNAL)),
            0
        );
    }
}
