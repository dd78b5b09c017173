//! `Cx`: what a pattern may do.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use orch_prompts::Artefact;

use super::flight::{Flight, fly};
use super::run::Run;
use crate::deliverable::Deliverable;
use crate::error::{Halt, Result};
use crate::event::EventKind;
use crate::ids::{Digest, RunId};
use crate::plan::{Plan, PlanError};
use crate::snapshot::Snapshot;
use crate::worker::Worker;

/// The handle that a pattern gets while it runs: a cheap clone, valid for its run.
#[derive(Clone)]
pub struct Cx {
    run: Arc<Run>,
    path: Arc<[String]>,
    base: Option<Digest>,
}

impl Cx {
    pub(crate) fn new(run: Arc<Run>) -> Self {
        Self {
            run,
            path: Arc::from([]),
            base: None,
        }
    }

    /// Runs a reader and returns its deliverable.
    ///
    /// The brief is rendered before this returns, so `input` need not live on. The worker waits for a place, starts,
    /// and gets its repair turns; all of it is recorded.
    ///
    /// # Errors
    /// [`Error::Unfinished`](crate::Error::Unfinished) says what became of a worker that did not deliver;
    /// [`Error::Halt`](crate::Error::Halt) that the run is over.
    ///
    /// # Cancel safety
    /// Dropping the future cancels the worker and everything below it.
    pub fn read<'a, I, T: Deliverable>(
        &'a self,
        worker: &Worker<I, T>,
        input: &I,
    ) -> impl Future<Output = Result<T>> + Send + use<'a, I, T> {
        let flight = Flight::prepare::<T>(
            &self.run,
            &self.path,
            self.base,
            worker.spec(),
            &worker.brief_for(input),
        );
        fly(&self.run, flight)
    }

    /// The same handle one level down: `label` becomes part of the step keys beneath it.
    pub fn child(&self, label: impl Into<String>) -> Self {
        let path = self.path.iter().cloned().chain([label.into()]).collect();
        Self {
            run: Arc::clone(&self.run),
            path,
            base: self.base,
        }
    }

    /// Reads `artefact` once and fixes it as the base of everything beneath the returned handle.
    ///
    /// # Errors
    /// [`Halt::Misuse`] when a path is missing or outside the work tree, or the revision is unknown.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn look_at(&self, artefact: &Artefact) -> Result<(Self, Snapshot)> {
        if matches!(artefact, Artefact::Paths(paths) if paths.is_empty()) {
            return Err(
                Halt::Misuse("artefact names no path: there is nothing to look at".to_owned()).into(),
            );
        }
        let snapshot = Snapshot::take(self.work_tree(), artefact).await;
        let snapshot = snapshot.map_err(|error| Halt::Misuse(error.to_string()))?;
        let kind = EventKind::BaseTaken {
            artefact: snapshot.artefact.to_string(),
            digest: snapshot.digest,
            files: snapshot.files,
        };
        self.run.emit(kind).await?;
        let cx = Self {
            base: Some(snapshot.digest),
            ..self.clone()
        };
        Ok((cx, snapshot))
    }

    /// Publishes the plan of the pattern at this handle's path.
    ///
    /// # Errors
    /// [`Halt::Store`] when it could not be recorded.
    pub async fn publish(&self, plan: Plan) -> Result<()> {
        self.run.set_plan(&self.path, plan).await
    }

    /// Begins a step of the plan at this handle's path; the steps before it are completed.
    ///
    /// # Errors
    /// [`Halt::Misuse`] when the plan has no such step or it is completed, [`Halt::Store`] when the change could not
    /// be recorded.
    pub async fn begin_step(&self, index: usize) -> Result<()> {
        self.change_plan(|plan| plan.begin(index)).await
    }

    /// Completes every step of the plan at this handle's path.
    ///
    /// # Errors
    /// [`Halt::Store`] when the change could not be recorded.
    pub async fn finish_plan(&self) -> Result<()> {
        self.change_plan(|plan| {
            plan.finish();
            Ok(())
        })
        .await
    }

    async fn change_plan(&self, change: impl FnOnce(&mut Plan) -> Result<(), PlanError>) -> Result<()> {
        let mut plan = self.run.plan(&self.path);
        change(&mut plan).map_err(|error| Halt::Misuse(error.to_string()))?;
        self.run.set_plan(&self.path, plan).await
    }

    /// The work tree, an absolute path.
    pub fn work_tree(&self) -> &Path {
        self.run.work_tree()
    }

    /// The run.
    pub fn run_id(&self) -> RunId {
        self.run.id()
    }

    /// The labels on the path to here.
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// Waits until the run is cancelled.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn cancelled(&self) {
        self.run.cancelled().await;
    }
}

impl fmt::Debug for Cx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cx")
            .field("run", &self.run.id())
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
