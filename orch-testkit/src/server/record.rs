//! Every request that arrived, in order, and the event that one more did.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::Request;

#[derive(Debug)]
pub(super) struct Record {
    entries: Mutex<Vec<Entry>>,
    arrived: watch::Sender<usize>,
}

#[derive(Debug)]
struct Entry {
    request: Arc<Request>,
    unmatched: bool,
}

impl Record {
    pub(super) fn new() -> Self {
        Self {
            entries: Mutex::default(),
            arrived: watch::Sender::new(0),
        }
    }

    /// Keeps the request that `make` builds from its number, with what `judge` says of it (true: unmatched). Both
    /// run under the lock, so that the order of arrival is also the order in which rules are used up.
    pub(super) fn add<D>(
        &self,
        make: impl FnOnce(usize) -> Request,
        judge: impl FnOnce(&Request) -> (D, bool),
    ) -> (Arc<Request>, D) {
        let mut entries = self.lock();
        let request = Arc::new(make(entries.len()));
        let (decision, unmatched) = judge(&request);
        entries.push(Entry {
            request: Arc::clone(&request),
            unmatched,
        });
        self.arrived.send_replace(entries.len());
        (request, decision)
    }

    pub(super) fn all(&self) -> Vec<Arc<Request>> {
        self.lock()
            .iter()
            .map(|entry| Arc::clone(&entry.request))
            .collect()
    }

    pub(super) fn unmatched(&self) -> Vec<Arc<Request>> {
        self.lock()
            .iter()
            .filter(|entry| entry.unmatched)
            .map(|entry| Arc::clone(&entry.request))
            .collect()
    }

    pub(super) async fn wait_for(&self, count: usize) {
        let mut arrived = self.arrived.subscribe();
        // The sender lives in `self`, so the channel cannot close while this waits.
        let _closed = arrived.wait_for(|&there| there >= count).await.is_err();
    }

    /// A rule's closure that panics poisons the lock; the requests before it are still whole.
    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
