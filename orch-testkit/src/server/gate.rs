//! The gate at which a reply waits until the test opens it. It knows nothing of HTTP.

use std::sync::Arc;

use tokio::sync::watch;

#[derive(Debug, Default)]
struct State {
    open: bool,
    arrivals: usize,
}

/// Holds replies until the test opens it: the replacement for a delay.
///
/// A clone is the same gate. It works across threads and runtimes.
#[derive(Clone, Debug)]
pub struct Gate {
    state: Arc<watch::Sender<State>>,
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self {
            state: Arc::new(watch::Sender::new(State::default())),
        }
    }

    /// Lets everything through that waits here or comes later. Opening it twice is the same as once.
    pub fn open(&self) {
        self.state.send_modify(|state| state.open = true);
    }

    /// Whether [`Gate::open`] was called.
    pub fn is_open(&self) -> bool {
        self.state.borrow().open
    }

    /// Returns when `count` replies in all have come to this gate; whether they have passed it does not matter.
    ///
    /// # Cancel safety
    /// Cancel safe: it only looks.
    pub async fn reached(&self, count: usize) {
        self.until(|state| state.arrivals >= count).await;
    }

    /// Comes to the gate and waits until it is open.
    pub(super) async fn pass(&self) {
        self.state.send_modify(|state| state.arrivals += 1);
        self.until(|state| state.open).await;
    }

    async fn until(&self, reached: impl FnMut(&State) -> bool) {
        let mut state = self.state.subscribe();
        // The sender lives in `self`, so the channel cannot close while this waits.
        let _closed = state.wait_for(reached).await.is_err();
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}
