//! Who may start: a place in the table for each live session, kept until the session has ended.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::SessionsError;
use crate::session::shared::Bell;
use crate::session::{SessionId, WhenFull};

/// How full a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capacity {
    /// How many live sessions there are; in a profile that makes room by itself, how many are listed.
    pub used: usize,
    /// How many there may be.
    pub limit: usize,
}

impl Capacity {
    /// How many more may be started.
    pub fn free(self) -> usize {
        self.limit.saturating_sub(self.used)
    }
}

/// The places, and who has left one.
#[derive(Debug)]
pub(super) struct Places {
    free: Arc<Semaphore>,
    limit: usize,
    /// Who has ended, in that order, and was not let go yet.
    ended: Arc<Mutex<VecDeque<SessionId>>>,
    bell: Arc<Bell>,
}

/// One session's place. It goes with the owner task, so it cannot be forgotten.
#[derive(Debug)]
pub(super) struct Place {
    id: SessionId,
    _permit: Option<OwnedSemaphorePermit>,
    ended: Arc<Mutex<VecDeque<SessionId>>>,
    bell: Arc<Bell>,
}

impl Places {
    pub(super) fn new(limit: usize, bell: Arc<Bell>) -> Self {
        let limit = limit.min(Semaphore::MAX_PERMITS);
        Self {
            free: Arc::new(Semaphore::new(limit)),
            limit,
            ended: Arc::default(),
            bell,
        }
    }

    pub(super) fn capacity(&self) -> Capacity {
        Capacity {
            used: self.limit - self.free.available_permits(),
            limit: self.limit,
        }
    }

    pub(super) async fn admit(&self, when_full: WhenFull) -> Result<OwnedSemaphorePermit, SessionsError> {
        let free = Arc::clone(&self.free);
        let admitted = match when_full {
            WhenFull::Refuse => free.try_acquire_owned().ok(),
            WhenFull::Wait => free.acquire_owned().await.ok(),
        };
        admitted.ok_or(SessionsError::Full { limit: self.limit })
    }

    pub(super) fn place(&self, id: SessionId, permit: Option<OwnedSemaphorePermit>) -> Place {
        Place {
            id,
            _permit: permit,
            ended: Arc::clone(&self.ended),
            bell: Arc::clone(&self.bell),
        }
    }

    /// One that has ended was let go: it takes no room among those that are kept.
    pub(super) fn forget(&self, id: SessionId) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.retain(|ended| *ended != id);
    }

    /// Those that ended first and are more than `kept`.
    pub(super) fn take_surplus(&self, kept: usize) -> Vec<SessionId> {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let surplus = ended.len().saturating_sub(kept);
        ended.drain(..surplus).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.push_back(self.id);
        drop(ended);
        self.bell.send_modify(|rung| *rung = rung.wrapping_add(1));
    }
}
