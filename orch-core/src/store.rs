//! Where events and artefacts are kept: one small seam, with an in-memory twin here.
//!
//! A result that was handed out is in the store. What "in the store" is worth (this process's memory, a disk after a
//! sync) is the store's own promise.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::event::Event;
use crate::ids::{Digest, RunId};

/// Keeps what happened.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Adds an event to its run. When this returns, the event is as safe as the store makes anything.
    ///
    /// # Errors
    /// When it could not be kept; the run then ends.
    ///
    /// # Cancel safety
    /// Dropped, the event may or may not be kept.
    async fn append(&self, event: &Event) -> Result<(), StoreError>;

    /// The events of a run, in order; none when the run is not known.
    ///
    /// # Errors
    /// When they cannot be read.
    async fn read(&self, run: RunId) -> Result<Vec<Event>, StoreError>;

    /// Keeps bytes that are too large for an event, under their digest.
    ///
    /// # Errors
    /// When they could not be kept.
    async fn put_artefact(&self, bytes: &[u8]) -> Result<Digest, StoreError>;

    /// The bytes kept under a digest.
    ///
    /// # Errors
    /// When they cannot be read.
    async fn artefact(&self, digest: Digest) -> Result<Option<Vec<u8>>, StoreError>;
}

/// The store could not keep or read something.
#[derive(Debug, Clone, thiserror::Error)]
#[error("store {doing} failed: {source}")]
pub struct StoreError {
    /// What it was doing.
    pub doing: &'static str,
    /// Why it failed.
    pub source: Arc<dyn std::error::Error + Send + Sync>,
}

/// A store in this process's memory: gone with the process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    runs: Mutex<BTreeMap<RunId, Vec<Event>>>,
    artefacts: Mutex<BTreeMap<Digest, Vec<u8>>>,
}

#[async_trait]
impl Store for MemoryStore {
    async fn append(&self, event: &Event) -> Result<(), StoreError> {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.entry(event.run).or_default().push(event.clone());
        Ok(())
    }

    async fn read(&self, run: RunId) -> Result<Vec<Event>, StoreError> {
        Ok(self
            .runs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&run)
            .cloned()
            .unwrap_or_default())
    }

    async fn put_artefact(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest::of(bytes);
        let mut artefacts = self.artefacts.lock().unwrap_or_else(PoisonError::into_inner);
        artefacts.entry(digest).or_insert_with(|| bytes.to_vec());
        Ok(digest)
    }

    async fn artefact(&self, digest: Digest) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .artefacts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&digest)
            .cloned())
    }
}
