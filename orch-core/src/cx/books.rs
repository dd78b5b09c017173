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
    /// How often the same work was tried before.
    tried: HashMap<StepKey, Tried>,
    pub(super) aloft: BTreeMap<u32, Aloft>,
    /// The run has ended: nothing starts in it any more, whoever still holds its handle.
    closed: bool,
}

/// How often a work was tried in earlier times of its run.
#[derive(Debug, Clone, Copy, Default)]
struct Tried {
    /// What was begun, also where nothing tells how it ended.
    begun: u32,
    /// What came to an end, whichever.
    ended: u32,
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
                EventKind::WorkerQueued { key, .. } => books.tried.entry(*key).or_default().begun += 1,
                EventKind::WorkerRetried { key, .. } => {
                    let tried = books.tried.entry(*key).or_default();
                    tried.begun += 1;
                    tried.ended += 1;
                }
                EventKind::WorkerFinished { key, outcome, .. } => {
                    books.tried.entry(*key).or_default().ended += 1;
                    if let Outcome::Done(message) = outcome {
                        books.known.insert(*key, message.clone());
                    }
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

    /// The number of the next attempt at the same work: 0 for the first.
    ///
    /// A reader that was under way when the program died is taken up where it is, under the number that it had: its
    /// answer is all that is wanted of it. What `writes` wrote where it stood then is not here, whatever it answers; it
    /// is never taken up, and an engine that keeps its jobs must not take it for one that it knows.
    pub(super) fn attempt(&self, key: StepKey, writes: bool) -> u32 {
        let tried = self.tried.get(&key).copied().unwrap_or_default();
        if writes { tried.begun } else { tried.ended }
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
