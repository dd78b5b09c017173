//! What changes while a run goes on: its plans, its workers under way, and what is known from an earlier time.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::engine::JobHandle;
use crate::error::Halt;
use crate::event::{Event, EventKind};
use crate::job::{Job, JobEnd};
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::step_key::StepKey;

/// What changes while a run goes on.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) plans: HashMap<Vec<String>, Plan>,
    ordinals: HashMap<StepKey, u32>,
    workers: u32,
    /// Results known from before, by step key: final messages.
    known: HashMap<StepKey, String>,
    /// How often the same work was tried before and came to nothing.
    failed_before: HashMap<StepKey, u32>,
    pub(super) aloft: BTreeMap<u32, Aloft>,
    /// The run has ended: nothing starts in it any more, whoever still holds its handle.
    closed: bool,
}

/// A worker that was queued and not yet reported as finished.
#[derive(Debug, Clone)]
pub(super) struct Aloft {
    pub(super) key: StepKey,
    /// What was, or is about to be, submitted.
    pub(super) job: Option<Job>,
    /// The submitted job.
    pub(super) handle: Option<Arc<dyn JobHandle>>,
    /// What became of it, while that is being recorded.
    pub(super) landing: Option<(Outcome<String>, JobEnd)>,
}

impl Books {
    /// The books of a run that is taken up again: `before` is what happened to its workers.
    pub(super) fn of(before: &[Event]) -> Self {
        let mut books = Self::default();
        for event in before {
            match &event.kind {
                EventKind::WorkerFinished {
                    key,
                    outcome: Outcome::Done(message),
                    ..
                } => {
                    books.known.insert(*key, message.clone());
                }
                EventKind::WorkerFinished { key, .. } | EventKind::WorkerRetried { key, .. } => {
                    *books.failed_before.entry(*key).or_default() += 1;
                }
                _ => {}
            }
        }
        books
    }

    /// The next worker's number, and `key` with its ordinal among equals.
    pub(super) fn enrol(&mut self, key: StepKey) -> (u32, StepKey) {
        self.workers += 1;
        let ordinal = self.ordinals.entry(key).or_default();
        let key = key.nth(*ordinal);
        *ordinal += 1;
        (self.workers, key)
    }

    /// The final message of a worker that did the same work before.
    pub(super) fn known(&self, key: StepKey) -> Option<String> {
        self.known.get(&key).cloned()
    }

    /// How often the same work was tried before and came to nothing.
    pub(super) fn failed_before(&self, key: StepKey) -> u32 {
        self.failed_before.get(&key).copied().unwrap_or(0)
    }

    /// Takes a worker in.
    ///
    /// # Errors
    /// [`Halt::Misuse`] when the run has ended.
    pub(super) fn queue(&mut self, worker: u32, key: StepKey) -> Result<(), Halt> {
        self.open()?;
        let aloft = Aloft {
            key,
            job: None,
            handle: None,
            landing: None,
        };
        self.aloft.insert(worker, aloft);
        Ok(())
    }

    /// Says that the run has ended; returns the workers that were not yet reported.
    pub(super) fn close(&mut self) -> BTreeMap<u32, Aloft> {
        self.closed = true;
        std::mem::take(&mut self.aloft)
    }

    /// # Errors
    /// [`Halt::Misuse`] when the run has ended.
    pub(super) fn open(&self) -> Result<(), Halt> {
        if self.closed {
            let why = "something was asked for after its run had ended: keep no handle of a run beyond it";
            return Err(Halt::Misuse(why.to_owned()));
        }
        Ok(())
    }
}
