//! One run: its identity, its events, its plans, and every worker that was started in it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::books::{Aloft, Books};
use crate::check::{self, Check, Evidence};
use crate::config::Config;
use crate::desk::Book;
use crate::engine::{EngineError, JobHandle};
use crate::error::{Halt, Result};
use crate::event::{Event, EventKind, VERSION};
use crate::ids::RunId;
use crate::job::{End, Job, JobEnd};
use crate::limits::{Gate, Ledger, Paid};
use crate::outcome::{NotStarted, Outcome, Unfinished};
use crate::plan::{Plan, PlanChange, PlanError};
use crate::reader_check::{Noticed, Unjudged, Watches};
use crate::session::Stop;
use crate::step_key::StepKey;

/// What all handles of one run share.
#[derive(Debug)]
pub(crate) struct Run {
    id: RunId,
    pub(crate) config: Arc<Config>,
    cancel: CancellationToken,
    /// The number of the next event; held while an event is appended, so that the store's order is the events' order.
    next_seq: tokio::sync::Mutex<u64>,
    books: Mutex<Books>,
    ledger: Arc<Ledger>,
    pub(crate) desks: Book,
    pub(crate) watches: Watches,
    pub(crate) noticed: Noticed,
    pub(crate) unjudged: Unjudged,
    /// The terminals of its checks.
    checks: TaskTracker,
}

/// An attempt that is followed by another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Again {
    /// Its number, from 0.
    pub(super) failed: u32,
    /// How many there are at most.
    pub(super) of: u32,
    /// The pause.
    pub(super) after: Duration,
}

/// As events tell it.
pub(super) fn millis(pause: Duration) -> u64 {
    u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)
}

/// Counts what the attempts of an earlier time used.
fn count_before(config: &Config, ledger: &Arc<Ledger>, before: &[Event]) {
    let mut agents: HashMap<StepKey, &str> = HashMap::new();
    for event in before {
        match &event.kind {
            EventKind::WorkerQueued { key, agent, .. } => drop(agents.insert(*key, agent)),
            EventKind::WorkerFinished {
                outcome: Outcome::Unfinished(Unfinished::NotStarted(_)),
                ..
            } => {}
            EventKind::WorkerFinished { key, usage, .. } | EventKind::WorkerRetried { key, usage, .. } => {
                let agent = agents.get(key).copied().unwrap_or(&config.default_agent);
                config.admission.count_before(ledger, agent, usage.as_ref());
            }
            _ => {}
        }
    }
}

impl Run {
    /// A run whose finished workers, as told by `before`, do not run again.
    pub(crate) fn new(id: RunId, config: Arc<Config>, cancel: CancellationToken, before: &[Event]) -> Self {
        let ledger = Ledger::new(config.budget);
        count_before(&config, &ledger, before);
        let books = Books::of(before);
        let next_seq = before.last().map_or(0, |event| event.seq + 1);
        Self {
            id,
            config,
            cancel,
            next_seq: tokio::sync::Mutex::new(next_seq),
            books: Mutex::new(books),
            ledger,
            desks: Book::default(),
            watches: Watches::default(),
            noticed: Noticed::default(),
            unjudged: Unjudged::default(),
            checks: TaskTracker::new(),
        }
    }

    pub(crate) fn id(&self) -> RunId {
        self.id
    }

    pub(crate) fn work_tree(&self) -> &Path {
        &self.config.work_tree
    }

    /// What the run has spent and reserved.
    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// What became of the run's budgets, where there are any.
    pub(crate) fn budget_closed(&self) -> Option<EventKind> {
        let bounded = self.ledger.is_bounded();
        bounded.then(|| EventKind::BudgetClosed {
            overruns: self.ledger.overruns(),
            unknown: self.ledger.unknown(),
        })
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    pub(crate) async fn cancelled(&self) {
        self.cancel.cancelled().await;
    }

    /// Records an event, then shows it to the observers.
    pub(crate) async fn emit(&self, kind: EventKind) -> Result<()> {
        let mut seq = self.next_seq.lock().await;
        for note in self.desks.notes() {
            self.record(&mut seq, note).await?;
        }
        self.record(&mut seq, kind).await
    }

    async fn record(&self, seq: &mut u64, kind: EventKind) -> Result<()> {
        let event = Event {
            v: VERSION,
            run: self.id,
            seq: *seq,
            at: Timestamp::now(),
            kind: self.config.redactor.stored(kind),
        };
        self.config.store.append(&event).await?;
        *seq += 1;
        for observer in &self.config.observers {
            observer.on_event(&event);
        }
        Ok(())
    }

    /// The plan at `path`.
    pub(crate) fn plan(&self, path: &[String]) -> Option<Plan> {
        self.books().plans.get(path).cloned()
    }

    /// Begins a new plan at `path`.
    pub(crate) async fn publish_plan(&self, path: &[String], plan: Plan) -> Result<()> {
        let mut seq = self.next_seq.lock().await;
        self.record_plan(&mut seq, path, plan, true).await
    }

    /// Changes the plan at `path`. Two changes at the same time go one after the other, each on what the one before
    /// left, and stand so among the events.
    pub(crate) async fn change_plan(
        &self,
        path: &[String],
        change: impl FnOnce(&mut Plan) -> Result<PlanChange, PlanError> + Send,
    ) -> Result<PlanChange> {
        let mut seq = self.next_seq.lock().await;
        let mut plan = self.plan(path).unwrap_or_default();
        let change = change(&mut plan).map_err(|error| Halt::Misuse(error.to_string()))?;
        if !change.is_empty() {
            self.record_plan(&mut seq, path, plan, false).await?;
        }
        Ok(change)
    }

    async fn record_plan(&self, seq: &mut u64, path: &[String], plan: Plan, published: bool) -> Result<()> {
        let path = path.to_vec();
        self.books().plans.insert(path.clone(), plan.clone());
        let kind = EventKind::PlanChanged {
            path,
            plan,
            published,
        };
        self.record(seq, kind).await
    }

    /// Records what a worker's end changed for others.
    pub(crate) async fn tell(&self, paid: Paid) -> Result<()> {
        if let Some(Gate::Closed { account, until }) = paid.gate {
            self.emit(EventKind::QuotaClosed { account, until }).await?;
        }
        for overrun in paid.overruns {
            self.emit(EventKind::BudgetOverrun(overrun)).await?;
        }
        Ok(())
    }

    /// Takes the secrets out of what a worker left, before anybody reads it.
    pub(crate) fn redacted(&self, end: JobEnd) -> JobEnd {
        self.config.redactor.stored(end)
    }

    /// Takes the secrets out of what was judged after that: it names files, as a worker called them.
    pub(crate) fn clean<T>(&self, outcome: Outcome<T>) -> Outcome<T> {
        match outcome {
            Outcome::Unfinished(why) => Outcome::Unfinished(self.config.redactor.stored(why)),
            done @ Outcome::Done(_) => done,
        }
    }

    /// The next worker's number, and `key` with its ordinal among equals.
    pub(crate) fn enrol(&self, key: StepKey) -> (u32, StepKey) {
        self.books().enrol(key)
    }

    /// The final message of a worker that did the same work before.
    pub(crate) fn known(&self, key: StepKey) -> Option<String> {
        self.books().known(key)
    }

    /// The number of this attempt at the same work: 0 for the first. What `writes` is not taken up again.
    pub(crate) fn attempt(&self, key: StepKey, writes: bool) -> u32 {
        self.books().attempt(key, writes)
    }

    /// Takes a worker into the books.
    ///
    /// # Errors
    /// [`Halt::Misuse`] when the run has ended: a task outlived the pattern that started it.
    pub(crate) fn queued(&self, worker: u32, key: StepKey) -> Result<()> {
        Ok(self.books().queue(worker, key)?)
    }

    /// Says that `job` is about to be submitted, so that a submission that is cut off is not forgotten.
    pub(crate) fn submitting(&self, worker: u32, job: &Job) -> Result<()> {
        self.change(worker, |aloft| aloft.job = Some(job.clone()))
    }

    /// Records that an attempt failed and is followed by another; nothing of it is aloft then.
    pub(super) async fn retried(
        &self,
        worker: u32,
        key: StepKey,
        again: Again,
        why: &Unfinished,
        end: &JobEnd,
    ) -> Result<()> {
        self.emit(EventKind::WorkerRetried {
            worker,
            key,
            attempt: again.failed,
            of: again.of,
            why: why.clone(),
            usage: end.usage,
            after_ms: millis(again.after),
        })
        .await?;
        self.change(worker, |aloft| (aloft.job, aloft.handle) = (None, None))
    }

    pub(crate) fn took_off(&self, worker: u32, handle: &Arc<dyn JobHandle>) -> Result<()> {
        let taken = self.change(worker, |aloft| aloft.handle = Some(Arc::clone(handle)));
        if taken.is_err() {
            handle.cancel();
        }
        taken
    }

    /// Says what became of a worker, before that is recorded.
    pub(crate) fn landing(&self, worker: u32, outcome: &Outcome<String>, end: &JobEnd) -> Result<()> {
        self.change(worker, |aloft| {
            aloft.landing = Some((outcome.clone(), end.clone()));
        })
    }

    pub(crate) fn landed(&self, worker: u32) {
        self.books().aloft.remove(&worker);
    }

    /// Changes a worker that is in the books; the run's end takes all of them out.
    fn change(&self, worker: u32, change: impl FnOnce(&mut Aloft)) -> Result<()> {
        let mut books = self.books();
        let aloft = books.aloft.get_mut(&worker).ok_or(Halt::Cancelled)?;
        change(aloft);
        Ok(())
    }

    /// Ends every worker that nobody waits for any more and returns when nothing of them runs; `hasten` turns the
    /// gentle end into a kill.
    ///
    /// # Errors
    /// [`Halt::LeftBehind`] when a process lives on, or the first error of engine or store.
    pub(crate) async fn settle(&self, hasten: &CancellationToken) -> Result<()> {
        let aloft = self.books().close();
        let ends = aloft.into_iter().map(|(worker, aloft)| async move {
            let id = aloft.job.as_ref().map(|job| job.id);
            let end = self.settle_one(worker, aloft, hasten).await;
            if let (Err(_), Some(id)) = (&end, id) {
                // An engine that cannot be reached tells no end; what it held is not held for ever.
                self.config.admission.strays.lose(id);
            }
            end
        });
        let mut left = Vec::new();
        let ends = join_all(ends).await;
        // A check that was given up is killed by then; here it is seen to be gone.
        self.checks.close();
        self.checks.wait().await;
        self.desks.close().await;
        for end in ends {
            left.extend(end?);
        }
        self.unjudged.tell(self).await?;
        if left.is_empty() {
            Ok(())
        } else {
            Err(Halt::LeftBehind { pids: left }.into())
        }
    }

    /// Ends one worker and reports it; returns the processes of it that live on.
    async fn settle_one(&self, worker: u32, aloft: Aloft, hasten: &CancellationToken) -> Result<Vec<u32>> {
        let cancelled = Outcome::Unfinished(Unfinished::Cancelled);
        let id = aloft.job.as_ref().map(|job| job.id);
        let (outcome, end) = match (aloft.landing, aloft.handle, aloft.job) {
            (Some((outcome, end)), ..) => (outcome, end),
            (None, Some(handle), _) => (cancelled, end_of(&*handle, hasten).await?),
            // It may have been started: submitting is idempotent, and then it can be ended.
            (None, None, Some(job)) => {
                let handle = self.config.engine.submit(&job).await?;
                (cancelled, end_of(&*handle, hasten).await?)
            }
            // It waited, for a place or for its next try: nothing of it ran that is not told already.
            (None, None, None) => {
                let why = NotStarted::LetGo;
                let outcome = Outcome::Unfinished(Unfinished::NotStarted(why.clone()));
                (outcome, JobEnd::new(End::NotStarted(why)))
            }
        };
        if let Some(id) = id {
            self.tell(self.config.admission.strays.ended(id, &end)).await?;
        }
        self.report(worker, aloft.key, outcome, &end).await?;
        Ok(end.left)
    }

    /// Records what became of a worker.
    pub(crate) async fn report(
        &self,
        worker: u32,
        key: StepKey,
        outcome: Outcome<String>,
        end: &JobEnd,
    ) -> Result<()> {
        let exit = end.exit.map(|exit| exit.to_string());
        let (usage, leaked) = (end.usage, end.leaked);
        self.emit(EventKind::WorkerFinished {
            worker,
            key,
            outcome,
            usage,
            exit,
            leaked,
        })
        .await
    }

    /// Runs a check of the step at `path` in `directory`.
    ///
    /// # Errors
    /// [`Halt::Cancelled`] with the run, [`Halt::LeftBehind`] when a process of it lives on.
    pub(crate) async fn check(
        &self,
        path: &[String],
        check: &Check,
        directory: &Path,
        deadline: Option<Instant>,
    ) -> Result<Evidence> {
        self.is_open()?;
        if self.is_cancelled() {
            return Err(Halt::Cancelled.into());
        }
        let (path, command) = (path.to_vec(), check.to_string());
        let kind = EventKind::CheckStarted {
            path: path.clone(),
            command,
        };
        self.emit(kind).await?;
        let (tier, redactor) = (self.config.tier, &self.config.redactor);
        let performed = check::perform(check, directory, tier, deadline, redactor, &self.checks);
        let (evidence, left) = tokio::select! {
            biased;
            () = self.cancelled() => return Err(Halt::Cancelled.into()),
            performed = performed => performed,
        };
        let evidence = self.config.redactor.stored(evidence);
        let kind = EventKind::CheckEnded {
            path,
            evidence: evidence.clone(),
        };
        self.emit(kind).await?;
        if left.is_empty() {
            Ok(evidence)
        } else {
            Err(Halt::LeftBehind { pids: left }.into())
        }
    }

    /// # Errors
    /// [`Halt::Misuse`] when the run has ended: whoever asks outlived the pattern.
    pub(crate) fn is_open(&self) -> Result<(), Halt> {
        self.books().open()
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a job and waits until nothing of it runs.
async fn end_of(handle: &dyn JobHandle, hasten: &CancellationToken) -> Result<JobEnd, EngineError> {
    handle.cancel();
    tokio::select! {
        biased;
        end = handle.wait() => return end,
        () = hasten.cancelled() => {}
    }
    handle.stop(Stop::Now).await?;
    handle.wait().await
}
