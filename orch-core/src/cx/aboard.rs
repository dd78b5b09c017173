//! A worker's admission, and what it holds from then until its process is gone.
//!
//! What is held travels with the job: a worker that nobody waits for any more takes it along until its end is seen.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::post::Post;
use super::run::Run;
use crate::desk::Seat;
use crate::engine::{EngineError, JobHandle};
use crate::error::{Halt, Result};
use crate::event::EventKind;
use crate::job::{End, Job, JobEnd};
use crate::limits::{Ask, Berth, Gate, Purse};
use crate::outcome::{FailClass, Failure, NotStarted, Outcome, Unfinished};
use crate::reader_check::{self, Reading};
use crate::session::Stop;

/// A worker that was admitted. Dropped before its end is settled, it is told to end, and what it holds is kept until
/// it has.
pub(super) struct Aboard<'a> {
    run: &'a Run,
    job: Job,
    berth: Option<Berth>,
    handle: Option<Arc<dyn JobHandle>>,
    /// The moment at which the time of its budget is over.
    ends: Option<Instant>,
    purse: Purse,
    /// A writer's.
    seat: Option<&'a Seat>,
    /// A reader's.
    reading: Option<Reading>,
}

/// Waits until the worker may start; the inner error says why it does not.
pub(super) async fn board<'a>(
    run: &'a Run,
    job: &Job,
    pool: Option<&str>,
    purse: Purse,
) -> Result<Result<Aboard<'a>, NotStarted>> {
    let (config, ledger) = (&run.config, run.ledger());
    let ask = Ask {
        agent: &job.agent,
        pool,
        ledger,
        purse,
    };
    if let Some(too_deep) = job.lineage.refusal() {
        return Ok(Err(too_deep));
    }
    let ends = ledger.ends(purse);
    if ends.is_some_and(|ends| ends <= Instant::now()) {
        return Ok(Err(ledger.time_over(purse)));
    }
    let entered = tokio::select! {
        biased;
        () = run.cancelled() => return Err(Halt::Cancelled.into()),
        entered = config.admission.enter(ask) => entered,
        () = at(ends) => Err(ledger.time_over(purse)),
        never = config.admission.strays.look_after(&*config.engine) => match never {},
    };
    Ok(match entered {
        Ok((berth, opened)) => {
            let aboard = Aboard {
                run,
                job: job.clone(),
                berth: Some(berth),
                handle: None,
                ends,
                purse,
                seat: None,
                reading: None,
            };
            if let Some(Gate::Opened { account }) = opened {
                run.emit(EventKind::QuotaOpened { account }).await?;
            }
            Ok(aboard)
        }
        Err(why) => Err(why),
    })
}

impl<'a> Aboard<'a> {
    /// Gives a writer its seat, and a reader the place where it stands. A copy of a large tree takes its time, and that
    /// is the budget's.
    ///
    /// # Errors
    /// When the reader cannot be given a copy of its own, or the time of its budget is over before it has one.
    pub(super) async fn placed(mut self, post: &'a Post) -> Result<Self, NotStarted> {
        match post {
            Post::Writer(seat) => self.seat = Some(seat),
            Post::Reader(stand) => {
                let ends = self.ends;
                let reading = tokio::select! {
                    biased;
                    () = at(ends) => Err(self.run.ledger().time_over(self.purse)),
                    reading = reader_check::begin(self.run, &mut self.job, stand) => reading,
                };
                self.reading = Some(reading?);
            }
        }
        Ok(self)
    }

    /// Whether it may start still: its account may have closed since it was admitted.
    pub(super) fn is_welcome(&self) -> bool {
        self.berth.as_ref().is_none_or(Berth::is_welcome)
    }

    /// The job as it is submitted: it stands where its worker does.
    pub(super) fn job(&self) -> &Job {
        &self.job
    }

    /// What became of it, once it is looked at what it changed that it had no right to; `said` is what its agent says
    /// that it changed.
    pub(super) async fn judged<T>(&self, outcome: Outcome<T>, said: &[String]) -> Result<Outcome<T>> {
        match (self.seat, &self.reading) {
            (Some(seat), _) => Ok(seat.judged(outcome).await),
            (None, Some(reading)) => reading.judged(self.run, outcome, said).await,
            (None, None) => Ok(outcome),
        }
    }

    /// Says that the job is submitted from now on.
    pub(super) fn start(&mut self) {
        if let Some(seat) = self.seat {
            seat.sit(&self.job);
        }
        if let Some(reading) = &self.reading {
            reading.start();
        }
        if let Some(berth) = &mut self.berth {
            berth.start();
        }
    }

    pub(super) fn took_off(&mut self, handle: &Arc<dyn JobHandle>) {
        if let Some(seat) = self.seat {
            seat.took_off(handle);
        }
        self.handle = Some(Arc::clone(handle));
    }

    /// The end of a turn; when the time of the budget is over, it is brought about.
    pub(super) async fn within_budget(
        ends: Option<Instant>,
        handle: &dyn JobHandle,
        turn: impl Future<Output = Result<JobEnd, EngineError>> + Send,
    ) -> Result<JobEnd, EngineError> {
        let mut turn = std::pin::pin!(turn);
        tokio::select! {
            biased;
            end = &mut turn => return end,
            () = at(ends) => {}
        }
        let (stopped, end) = tokio::join!(handle.stop(Stop::Now), turn);
        stopped?;
        let mut end = end?;
        if end.end == End::Cancelled {
            let failure = Failure::new(FailClass::TotalTimeout, "the time of its budget is over");
            end.end = End::Failed(failure);
        }
        Ok(end)
    }

    /// The moment at which the time of its budget is over.
    pub(super) fn ends(&self) -> Option<Instant> {
        self.ends
    }

    /// Gives back what the worker held, now that nothing of it runs.
    pub(super) async fn settle(&mut self, end: &JobEnd) -> Result<()> {
        let paid = self.berth.take().map(|berth| berth.settle(end));
        self.run.tell(paid.unwrap_or_default()).await
    }

    /// Its end is recorded: there is nothing to see to any more.
    pub(super) fn landed(&mut self) {
        if let Some(seat) = self.seat {
            seat.left();
        }
        self.handle = None;
    }
}

impl Drop for Aboard<'_> {
    fn drop(&mut self) {
        let handle = self.handle.take();
        if let Some(handle) = &handle {
            handle.cancel();
        }
        if let Some(mut berth) = self.berth.take()
            && berth.is_started()
        {
            // It may write there still.
            berth.keep(self.reading.take().and_then(Reading::into_room));
            let strays = &self.run.config.admission.strays;
            strays.add(self.job.clone(), handle, berth);
        }
    }
}

/// Records that a worker did not start.
pub(super) async fn refused(
    run: &Run,
    worker: u32,
    key: crate::step_key::StepKey,
    why: NotStarted,
) -> Result<Unfinished> {
    let end = JobEnd::new(End::NotStarted(why.clone()));
    let why = Unfinished::NotStarted(why);
    let outcome = Outcome::Unfinished(why.clone());
    run.landing(worker, &outcome, &end)?;
    run.report(worker, key, outcome, &end).await?;
    run.landed(worker);
    Ok(why)
}

/// Waits before a worker is tried again.
pub(super) async fn pause(run: &Run, pause: Duration) -> Result<()> {
    tokio::select! {
        biased;
        () = run.cancelled() => Err(Halt::Cancelled.into()),
        () = sleep(pause) => Ok(()),
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
