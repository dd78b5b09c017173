//! [`Lifeline`]: the line between an orchestrator and the first process of a namespace. Its first word is the report;
//! then the orchestrator says which signals to pass on; and its end is the orchestrator's end.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc::{self, c_int, c_void};

use crate::sys::descriptor::raised;
use crate::sys::fork::stage_of;
use crate::sys::newborn::{Failure, Stage};

/// One end.
#[derive(Debug)]
pub(super) struct Lifeline(OwnedFd);

/// What the first process has said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// The program runs.
    Started,
    /// It does not.
    Failed(Failure),
    /// Nothing, and it is gone.
    Ended,
    /// Nothing in time.
    Silent,
}

/// What the orchestrator has said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// That this signal is to be passed on.
    Signal(i32),
    /// Nothing yet.
    None,
    /// Its last.
    End,
}

impl Lifeline {
    /// `(ours, the first process's)`: words stay apart, and neither end survives exec.
    pub(super) fn pair() -> io::Result<(Self, Self)> {
        let mut ends = [-1; 2];
        let kind = libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC;
        // SAFETY: writes two ints through the pointer.
        Errno::result(unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, ends.as_mut_ptr()) })?;
        // SAFETY: the call has just made both and nothing else knows of them.
        let [ours, theirs] = ends.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
        Ok((Self(raised(ours)?), Self(raised(theirs)?)))
    }

    pub(super) fn adopt(fd: OwnedFd) -> Self {
        Self(fd)
    }

    /// What the first process says at last, within `limit`.
    pub(super) fn await_report(&self, limit: Duration) -> Report {
        let deadline = Instant::now() + limit;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if ready([self.as_raw_fd()], Some(left)) == [true] {
                break;
            }
            if left.is_zero() {
                return Report::Silent;
            }
        }
        let mut word = [0; 2 * size_of::<i32>()];
        if self.receive(&mut word) != Ok(word.len()) {
            return Report::Ended;
        }
        let (number, errno) = word.split_at(size_of::<i32>());
        let read = |bytes: &[u8]| bytes.try_into().map_or(0, i32::from_ne_bytes);
        match stage_of(read(number)) {
            Some(Stage::None) => Report::Started,
            stage => Report::Failed(Failure {
                stage: stage.unwrap_or(Stage::Exec),
                errno: read(errno),
            }),
        }
    }

    /// Says that the program runs, or why not; whether there is somebody to hear it.
    pub(super) fn report(&self, failure: Option<Failure>) -> bool {
        let (stage, errno) = failure.map_or((Stage::None, 0), |failure| (failure.stage, failure.errno));
        let word = [(stage as i32).to_ne_bytes(), errno.to_ne_bytes()].concat();
        self.send(&word).is_ok()
    }

    /// Has a signal passed on to the program.
    pub(super) fn tell(&self, signal: i32) -> io::Result<()> {
        let signal = u8::try_from(signal).map_err(|_| io::ErrorKind::InvalidInput)?;
        Ok(self.send(&[signal])?)
    }

    /// The next word from the orchestrator.
    pub(super) fn hear(&self) -> Word {
        let mut word = [0];
        match self.receive(&mut word) {
            Ok(1..) => Word::Signal(word[0].into()),
            Err(Errno::EAGAIN | Errno::EINTR) => Word::None,
            Ok(0) | Err(_) => Word::End,
        }
    }

    fn send(&self, word: &[u8]) -> Result<(), Errno> {
        let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
        // SAFETY: sends the bytes of a live slice; no signal when nobody is there.
        let sent = unsafe {
            libc::send(
                self.as_raw_fd(),
                word.as_ptr().cast::<c_void>(),
                word.len(),
                flags,
            )
        };
        Errno::result(sent).map(|_| ())
    }

    fn receive(&self, word: &mut [u8]) -> Result<usize, Errno> {
        let buffer = word.as_mut_ptr().cast::<c_void>();
        // SAFETY: writes at most the bytes of a live slice.
        let received = unsafe { libc::recv(self.as_raw_fd(), buffer, word.len(), libc::MSG_DONTWAIT) };
        Errno::result(received).map(isize::unsigned_abs)
    }
}

impl AsRawFd for Lifeline {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

impl AsFd for Lifeline {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Which of them have something to read or have ended, after at most `limit`; `None` waits for ever. A signal's handler
/// ends the wait early.
pub(super) fn ready<const N: usize>(fds: [RawFd; N], limit: Option<Duration>) -> [bool; N] {
    let mut looks = fds.map(|fd| libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    });
    let limit = limit.map_or(-1, |limit| {
        c_int::try_from(limit.as_nanos().div_ceil(1_000_000)).unwrap_or(c_int::MAX)
    });
    // SAFETY: as many pollfds as the array has, which lives here.
    let found = unsafe { libc::poll(looks.as_mut_ptr(), looks.len() as libc::nfds_t, limit) };
    looks.map(|look| found > 0 && look.revents != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_arrives_and_its_absence_is_told() {
        let failure = Failure {
            stage: Stage::Directory,
            errno: libc::ENOENT,
        };
        for (said, heard) in [(None, Report::Started), (Some(failure), Report::Failed(failure))] {
            let (ours, theirs) = Lifeline::pair().expect("a pair");
            assert_eq!(ours.await_report(Duration::ZERO), Report::Silent);
            assert!(theirs.report(said));
            drop(theirs);
            assert_eq!(ours.await_report(Duration::from_secs(60)), heard);
            assert_eq!(ours.await_report(Duration::from_secs(60)), Report::Ended);
        }
    }

    #[test]
    fn signals_arrive_one_by_one_and_then_the_end() {
        let (ours, theirs) = Lifeline::pair().expect("a pair");
        assert_eq!(theirs.hear(), Word::None);
        ours.tell(2).expect("somebody hears");
        ours.tell(15).expect("somebody hears");
        drop(ours);
        let heard = [theirs.hear(), theirs.hear(), theirs.hear()];
        assert_eq!(heard, [Word::Signal(2), Word::Signal(15), Word::End]);
        assert!(!theirs.report(None), "nobody hears");
    }
}
