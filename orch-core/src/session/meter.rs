//! How much work is done in one poll, so that no session keeps others waiting: counted, not timed.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

/// The most bytes that are read in one poll of a task.
const BYTES: u64 = 64 << 10;

/// The most sessions that are looked at in one poll of a future.
const SESSIONS: u64 = 256;

/// The most that was done in one poll so far. A poll holds its thread, so this bounds how long others wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Work {
    /// The most bytes that one poll of a session's owner task has read: never above 65,536.
    pub bytes_in_one_poll: u64,
    /// The most sessions that one poll of a call of the table has looked at: never above 256.
    pub sessions_in_one_poll: u64,
    /// How many polls were counted, of owner tasks and of calls.
    pub polls: u64,
}

/// Where the most is kept.
#[derive(Debug, Default)]
pub(super) struct Tally {
    bytes: AtomicU64,
    sessions: AtomicU64,
    polls: AtomicU64,
}

/// What is done in the poll that goes on.
#[derive(Debug, Default)]
pub(super) struct Meter {
    bytes: AtomicU64,
    sessions: AtomicU64,
}

/// A future whose polls are counted.
pub(super) struct Metered<F> {
    inner: Pin<Box<F>>,
    meter: Arc<Meter>,
    tally: Arc<Tally>,
}

impl Tally {
    pub(super) fn work(&self) -> Work {
        Work {
            bytes_in_one_poll: self.bytes.load(Ordering::Relaxed),
            sessions_in_one_poll: self.sessions.load(Ordering::Relaxed),
            polls: self.polls.load(Ordering::Relaxed),
        }
    }
}

impl Meter {
    /// How many bytes may still be read in this poll.
    pub(super) fn room(&self) -> usize {
        let read = self.bytes.load(Ordering::Relaxed);
        usize::try_from(BYTES.saturating_sub(read)).unwrap_or(usize::MAX)
    }

    /// So many bytes were read.
    pub(super) fn read(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// One more session is looked at; waits for the next poll where this one has done enough.
    pub(super) async fn session(&self) {
        if self.sessions.load(Ordering::Relaxed) >= SESSIONS {
            tokio::task::yield_now().await;
        }
        self.sessions.fetch_add(1, Ordering::Relaxed);
    }
}

impl<F: Future> Metered<F> {
    /// The future that `work` makes of its meter.
    pub(super) fn new(tally: &Arc<Tally>, work: impl FnOnce(Arc<Meter>) -> F) -> Self {
        let meter = Arc::new(Meter::default());
        Self {
            inner: Box::pin(work(Arc::clone(&meter))),
            meter,
            tally: Arc::clone(tally),
        }
    }
}

impl<F: Future> Future for Metered<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.meter.bytes.store(0, Ordering::Relaxed);
        self.meter.sessions.store(0, Ordering::Relaxed);
        let polled = self.inner.as_mut().poll(cx);
        let (bytes, sessions) = (
            self.meter.bytes.load(Ordering::Relaxed),
            self.meter.sessions.load(Ordering::Relaxed),
        );
        self.tally.bytes.fetch_max(bytes, Ordering::Relaxed);
        self.tally.sessions.fetch_max(sessions, Ordering::Relaxed);
        self.tally.polls.fetch_add(1, Ordering::Relaxed);
        polled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_looks_at_many_sessions_lets_others_in_between() {
        let tally = Arc::new(Tally::default());
        Metered::new(&tally, |meter| async move {
            for _ in 0..1_000 {
                meter.session().await;
            }
        })
        .await;
        let work = tally.work();
        assert_eq!((work.sessions_in_one_poll, work.polls), (256, 4));
    }
}
