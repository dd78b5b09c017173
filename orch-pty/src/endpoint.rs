//! [`Endpoint`]: our end of a terminal or a pipe, in the reactor. Waits until it can be read or written, and decides
//! nothing about what goes through it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::Interest;
use tokio::io::unix::{AsyncFd, AsyncFdReadyGuard};
use tokio::task::coop::consume_budget;

use crate::flow::{self, Filled, Kind, Then};
use crate::sys::reactor::{self, Unregistered};

/// The reactor remembers a hang-up for ever, though a terminal that somebody opens again has none: what is always
/// "ready" is asked again after so long, so that the thread is free meanwhile.
const AGAIN: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(crate) struct Endpoint {
    fd: AsyncFd<OwnedFd>,
    kind: Kind,
    /// The other side is gone. A terminal can be opened again by its path; what comes then is not read.
    ended: AtomicBool,
    /// A hang-up was announced and there was nothing to read.
    futile: AtomicBool,
    /// System calls that the budget of the reading task has not paid for. Bytes that were taken must reach their
    /// caller, so the budget is never asked between a read and its return.
    owed: AtomicU32,
}

/// An endpoint that can be read now, as far as the reactor knows.
#[derive(Debug)]
pub(crate) struct Readable<'a> {
    endpoint: &'a Endpoint,
    ready: AsyncFdReadyGuard<'a, OwnedFd>,
}

impl Endpoint {
    /// `fd` does not block.
    pub(crate) fn new(fd: OwnedFd, kind: Kind, interest: Interest) -> Result<Self, Unregistered> {
        Ok(Self {
            fd: reactor::register(fd, interest)?,
            kind,
            ended: AtomicBool::new(false),
            futile: AtomicBool::new(false),
            owed: AtomicU32::new(0),
        })
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.get_ref().as_fd()
    }

    /// Whether a read has met the end.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// What there is now: `None` when that is nothing yet, 0 at the end.
    pub(crate) fn try_read(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        Ok(answer(self.fill(buffer)?))
    }

    /// Waits until there is something, or the end.
    pub(crate) async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if buffer.is_empty() || self.has_ended() {
                return Ok(0);
            }
            if let Some(read) = self.readable().await?.read(buffer)? {
                return Ok(read);
            }
        }
    }

    /// Waits until it is worth while to read. Cancel safe.
    pub(crate) async fn readable(&self) -> io::Result<Readable<'_>> {
        for _ in 0..=self.owed.swap(0, Ordering::Relaxed) {
            consume_budget().await;
        }
        if self.futile.swap(false, Ordering::Relaxed) {
            tokio::time::sleep(AGAIN).await;
        }
        let ready = self.fd.readable().await?;
        Ok(Readable {
            endpoint: self,
            ready,
        })
    }

    /// Lets `attempt` write until it says that it did: at once, and again whenever there is room.
    pub(crate) async fn write_by<E: From<io::Error>>(
        &self,
        mut attempt: impl FnMut() -> Result<Option<usize>, E>,
    ) -> Result<usize, E> {
        consume_budget().await;
        if let Some(taken) = attempt()? {
            return Ok(taken);
        }
        loop {
            let mut room = self.fd.writable().await?;
            if let Some(taken) = attempt()? {
                return Ok(taken);
            }
            let hung_up = room.ready().is_write_closed();
            room.clear_ready();
            if hung_up {
                tokio::time::sleep(AGAIN).await;
            }
        }
    }

    fn fill(&self, buffer: &mut [u8]) -> io::Result<Filled> {
        if buffer.is_empty() || self.has_ended() {
            return Ok(Filled {
                bytes: 0,
                reads: 0,
                then: Then::End,
            });
        }
        let filled = flow::fill(self.fd(), self.kind, buffer)?;
        self.owed.store(filled.reads.saturating_sub(1), Ordering::Relaxed);
        if filled.then == Then::End {
            self.ended.store(true, Ordering::Release);
        }
        Ok(filled)
    }
}

impl Readable<'_> {
    /// As [`Endpoint::try_read`]; the reactor learns when there is nothing left.
    pub(crate) fn read(mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let filled = self.endpoint.fill(buffer)?;
        if filled.then == Then::Nothing {
            let hung_up = self.ready.ready().is_read_closed();
            self.ready.clear_ready();
            let futile = hung_up && filled.bytes == 0;
            self.endpoint.futile.store(futile, Ordering::Relaxed);
        }
        Ok(answer(filled))
    }
}

/// Nothing yet is told apart from the end.
fn answer(filled: Filled) -> Option<usize> {
    (filled.bytes > 0 || filled.then == Then::End).then_some(filled.bytes)
}
