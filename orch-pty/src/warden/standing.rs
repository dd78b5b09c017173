//! [`Standing`]: how it stands with the warden, told by the keeper and waited for by spawns.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a failure stands before a spawn has it tried again.
pub(super) const TRY_AGAIN: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Post {
    /// One is being started.
    Starting,
    /// It is ready.
    Manned { warden: u32, limit_holds: bool },
    /// There is none.
    Vacant { why: String, since: Instant },
}

#[derive(Debug)]
struct State {
    post: Post,
    replaced: u32,
}

#[derive(Debug)]
pub(super) struct Standing {
    state: Mutex<State>,
    changed: Condvar,
}

impl Standing {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                post: Post::Starting,
                replaced: 0,
            }),
            changed: Condvar::new(),
        }
    }

    pub(super) fn set(&self, post: Post) {
        self.lock().post = post;
        self.changed.notify_all();
    }

    /// One has died.
    pub(super) fn fell(&self) {
        let mut state = self.lock();
        state.replaced += 1;
        state.post = Post::Starting;
    }

    /// What is known now, and how often a warden was replaced. Waits at most `limit` while one is being started, and has
    /// a failure of some time ago tried again.
    pub(super) fn settled(&self, limit: Duration) -> (Post, u32) {
        let mut state = self.lock();
        if let Post::Vacant { since, .. } = &state.post
            && since.elapsed() >= TRY_AGAIN
        {
            state.post = Post::Starting;
            self.changed.notify_all();
        }
        let (state, _) = self
            .changed
            .wait_timeout_while(state, limit, |state| state.post == Post::Starting)
            .unwrap_or_else(PoisonError::into_inner);
        (state.post.clone(), state.replaced)
    }

    /// Returns when a failure is to be tried again: at the latest after `limit`, because nobody may ask.
    pub(super) fn wait_for_retry(&self, limit: Duration) {
        let state = self.lock();
        let again = self
            .changed
            .wait_timeout_while(state, limit, |state| state.post != Post::Starting)
            .unwrap_or_else(PoisonError::into_inner);
        drop(again);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
