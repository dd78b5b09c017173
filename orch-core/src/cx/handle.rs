//! `Cx`: what a pattern may do.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use orch_prompts::Artefact;
use tokio::time::Instant;

use super::aboard;
use super::desk_request::DeskRequest;
use super::flight::{Flight, fly};
use super::post::Post;
use super::run::{Run, millis};
use crate::check::{Check, Evidence};
use crate::deliverable::Deliverable;
use crate::desk::Seat;
use crate::error::{Error, Halt, Result};
use crate::event::EventKind;
use crate::ids::{Digest, RunId};
use crate::limits::{Budget, Purse, Tries};
use crate::needs::Needs;
use crate::outcome::{NotStarted, Unfinished};
use crate::pattern::Pattern;
use crate::plan::{Plan, PlanChange, UpdatePlan};
use crate::reader_check::Stand;
use crate::snapshot::{Snapshot, SnapshotError};
use crate::worker::{Spec, Worker};

/// The handle that a pattern gets while it runs: a cheap clone, valid for its run.
#[derive(Clone)]
pub struct Cx {
    run: Arc<Run>,
    path: Arc<[String]>,
    base: Option<Digest>,
    purse: Purse,
    /// The desk where its readers stand, and its directory; the work tree where there is none.
    at: Option<(Arc<Seat>, Arc<Path>)>,
}

impl Cx {
    pub(crate) fn new(run: Arc<Run>) -> Self {
        Self {
            run,
            path: Arc::from([]),
            base: None,
            purse: Purse::default(),
            at: None,
        }
    }

    /// The handle of a desk's step, for readers that stand at the desk.
    pub(super) fn at_desk(
        run: &Arc<Run>,
        path: &Arc<[String]>,
        base: Option<Digest>,
        purse: Purse,
        seat: &Arc<Seat>,
    ) -> Self {
        Self {
            run: Arc::clone(run),
            path: Arc::clone(path),
            base,
            purse,
            at: Some((Arc::clone(seat), Arc::from(seat.stands()))),
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
            Post::Reader(self.stand_of(worker.spec())),
        );
        fly(&self.run, flight, self.purse)
    }

    /// Asks for a desk: the right to write these files and folders of the work tree, and all beneath them, alone. It is
    /// awaited; see [`DeskRequest`] for what can be said first, and [`Desk`](crate::Desk) for what it is.
    pub fn desk<P: Into<PathBuf>>(&self, paths: impl IntoIterator<Item = P>) -> DeskRequest {
        let paths = paths.into_iter().map(Into::into).collect();
        DeskRequest::new(
            Arc::clone(&self.run),
            Arc::clone(&self.path),
            self.base,
            self.purse,
            paths,
            self.at.is_some(),
        )
    }

    fn stand_of(&self, spec: &Spec) -> Stand {
        match &self.at {
            Some((seat, _)) => Stand::Desk(Arc::clone(seat)),
            None if spec.apart => Stand::Apart,
            None => Stand::WorkTree,
        }
    }

    /// Runs a command of the program's author where this handle stands, and returns what its end shows. It is recorded,
    /// and nothing of it is left afterwards.
    ///
    /// # Errors
    /// [`NotStarted::Rehearsal`] in a rehearsal; `NotStarted` when the time of the budget is over;
    /// [`Error::Halt`](crate::Error::Halt) that the run is over. A command that fails is evidence and no error, and so is
    /// one that cannot be started.
    ///
    /// # Cancel safety
    /// Dropping the future kills the command and everything below it.
    pub async fn check(&self, check: &Check) -> Result<Evidence> {
        let not_started = |why| Err(Unfinished::NotStarted(why).into());
        if self.run.config.engine.abilities().rehearsal {
            return not_started(NotStarted::Rehearsal);
        }
        let ends = self.run.ledger().ends(self.purse);
        if ends.is_some_and(|ends| ends <= Instant::now()) {
            return not_started(self.run.ledger().time_over(self.purse));
        }
        // What it writes at a desk is not the doing of a reader who is there.
        let _use = self.at.as_ref().map(|(seat, _)| seat.uses().begin());
        self.run.check(&self.path, check, self.work_tree(), ends).await
    }

    /// Whether everything that `pattern` is known to [need](Pattern::needs) is here. The orchestrator asks this of the
    /// pattern that it runs; a pattern that may be run by a closure asks it of itself before its first worker.
    ///
    /// # Errors
    /// [`Halt::Misuse`] names every worker whose agent nobody registered, the name that was likely meant, and the agents that
    /// there are.
    pub fn meets<P: Pattern + ?Sized>(&self, pattern: &P) -> Result<()> {
        let unmet = Needs::of(pattern).unmet(&self.run.config.holds.names());
        unmet.map_or(Ok(()), |unmet| Err(Halt::Misuse(unmet).into()))
    }

    /// The same handle one level down: `label` becomes part of the step keys beneath it.
    pub fn child(&self, label: impl Into<String>) -> Self {
        let path = self.path.iter().cloned().chain([label.into()]).collect();
        Self { path, ..self.clone() }
    }

    /// The same handle with a budget of its own for everything that is read through it, inside the budget above.
    ///
    /// # Errors
    /// [`Halt::Misuse`] when it bounds the cost and an agent does not say what it costs.
    pub fn with_budget(&self, budget: Budget) -> Result<Self> {
        if let Some(agent) = self.run.config.costless.first().filter(|_| budget.bounds_cost()) {
            return Err(Halt::Misuse(format!(
                "budget of {} bounds the cost, and nobody knows what {agent} costs: give it a price, or bound its tokens",
                self.path.join("/")
            ))
            .into());
        }
        Ok(Self {
            purse: self.run.ledger().open(self.purse, &self.path, budget),
            ..self.clone()
        })
    }

    /// The same handle for the closing step (the merge, the synthesis, the verification): what is read through it may
    /// spend what the nearest budget has [set apart](Budget::reserve_for_closing) for it, and what the others left.
    /// Where less is left than a worker is expected to use, it still starts, as long as there is anything.
    pub fn closing_step(&self) -> Self {
        Self {
            purse: self.run.ledger().closing(self.purse),
            ..self.clone()
        }
    }

    /// Reads `artefact` once and fixes it as the base of everything beneath the returned handle.
    ///
    /// # Errors
    /// [`Halt::Misuse`] when a path is missing or outside the work tree, or the revision is unknown;
    /// [`NotStarted::MachineRefused`] when a file may not be read or git is not installed.
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
        let snapshot = snapshot.map_err(|error| match error {
            SnapshotError::MachineRefused(refusal) => {
                Error::from(Unfinished::NotStarted(NotStarted::MachineRefused(refusal)))
            }
            wrong => Halt::Misuse(wrong.to_string()).into(),
        })?;
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

    /// Publishes the plan of the pattern at this handle's path, as the pattern begins. Work of one step needs none.
    ///
    /// A pattern that may run inside another takes a [`Cx::child`] of its own first: its plan then stands under the
    /// step that is in progress above ([`PlanTree`](crate::PlanTree)). A further plan at the same path is the plan of
    /// the next pattern there; what the one before completed stays as it is.
    ///
    /// # Errors
    /// [`Halt::Store`] when it could not be recorded.
    ///
    /// # Cancel safety
    /// Dropped, the plan may or may not be recorded. So it is with every change of a plan.
    pub async fn publish(&self, plan: Plan) -> Result<()> {
        self.run.publish_plan(&self.path, plan).await
    }

    /// The plan at this handle's path; none when none was published.
    pub fn plan(&self) -> Option<Plan> {
        self.run.plan(&self.path)
    }

    /// Begins a step of the plan at this handle's path, counted from 0; the steps before it are completed.
    ///
    /// # Errors
    /// [`Halt::Misuse`] when the plan has no such step or it is completed, [`Halt::Store`] when the change could not
    /// be recorded.
    ///
    /// # Cancel safety
    /// As [`Cx::publish`].
    pub async fn begin_step(&self, index: usize) -> Result<()> {
        let begun = self.run.change_plan(&self.path, |plan| plan.begin(index));
        begun.await.map(drop)
    }

    /// Completes every step of the plan at this handle's path.
    ///
    /// # Errors
    /// [`Halt::Store`] when the change could not be recorded.
    ///
    /// # Cancel safety
    /// As [`Cx::publish`].
    pub async fn finish_plan(&self) -> Result<()> {
        let finished = self.run.change_plan(&self.path, |plan| Ok(plan.finish()));
        finished.await.map(drop)
    }

    /// Replaces the plan at this handle's path, as codex's `update_plan` does.
    ///
    /// # Errors
    /// [`Halt::Misuse`] when the update breaks a rule of [`Plan::update`], [`Halt::Store`] when the change could not
    /// be recorded. The plan is then as it was.
    ///
    /// # Cancel safety
    /// As [`Cx::publish`].
    pub async fn update_plan(&self, update: UpdatePlan) -> Result<PlanChange> {
        self.run.change_plan(&self.path, |plan| plan.update(update)).await
    }

    /// Changes direction: puts `plan` in the place of the one at this handle's path and says why.
    ///
    /// # Errors
    /// [`Halt::Misuse`] when `explanation` is blank, [`Halt::Store`] when the change could not be recorded.
    ///
    /// # Cancel safety
    /// As [`Cx::publish`].
    pub async fn revise_plan(&self, plan: Plan, explanation: impl Into<String>) -> Result<PlanChange> {
        let explanation = explanation.into();
        self.run
            .change_plan(&self.path, |before| before.revise(plan, explanation))
            .await
    }

    /// The work tree, an absolute path; where the writers stand, for a handle of a [desk](crate::Desk::cx).
    pub fn work_tree(&self) -> &Path {
        match &self.at {
            Some((_, directory)) => directory,
            None => self.run.work_tree(),
        }
    }

    /// The files of the user's work tree that changed while readers of this run were at work, and that none of them is
    /// known to have changed: somebody saved them, or a program of a reader wrote them. What was read of them may have
    /// been the old text or the new one. Relative to the work tree, in order; each was told as an event.
    pub fn changed_meanwhile(&self) -> Vec<PathBuf> {
        self.run.noticed.files()
    }

    /// The run.
    pub fn run_id(&self) -> RunId {
        self.run.id()
    }

    /// The labels on the path to here.
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// Waits before this step is tried again as a whole, and tells so: which attempt of how many comes next, after how
    /// long, and why. `pause` is what [`Tries`] gave out last.
    ///
    /// # Errors
    /// [`Halt::Cancelled`] with the run, [`Halt::Store`] when it could not be recorded.
    ///
    /// # Cancel safety
    /// Safe: nothing is held meanwhile.
    pub async fn pause(&self, tries: &Tries, pause: Duration, why: &Unfinished) -> Result<()> {
        let kind = EventKind::StepRetried {
            path: self.path.to_vec(),
            attempt: tries.number(),
            of: tries.in_all(),
            why: why.clone(),
            after_ms: millis(pause),
        };
        self.run.emit(kind).await?;
        aboard::pause(&self.run, pause).await
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
