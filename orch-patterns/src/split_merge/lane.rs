//! One slice's way: its worker, at a desk of its own or reading; its patch; its check.
//!
//! What kept a slice from being done is data here. A halt goes up.

use std::sync::Arc;

use crate::staff::Staff;
use orch_core::{
    Check, Cx, Deliverable, Desk, Error, Evidence, FailClass, Failure, Isolation, Outcome, Patch, Result,
    Retry, Unfinished, Verdict, Worker, Writer, plain,
};
use orch_prompts::{Brief, Slice, Slices};

use super::brief::complete;
use super::part::{Part, Report};
use crate::deliverable::{Fix, Section};

/// What a program says of its slices: the brief, and the check.
pub(super) type BriefFor = Arc<dyn Fn(&Slice) -> Brief + Send + Sync>;
pub(super) type CheckFor = Arc<dyn Fn(&Slice) -> Option<Check> + Send + Sync>;

/// The most characters of a slice's label in its worker's.
const LABEL: usize = 60;

/// How slices are worked on, one like the other.
#[derive(Clone)]
pub(super) struct Lane {
    pub(super) brief: BriefFor,
    pub(super) check: Option<CheckFor>,
    pub(super) isolation: Isolation,
    pub(super) retry: Option<Retry>,
    pub(super) staff: Staff,
}

impl Lane {
    /// Works on `slice`, one of `all`.
    pub(super) async fn run(&self, cx: &Cx, slice: &Slice, all: &Arc<Slices>) -> Result<Part> {
        if slice.is_section() {
            let reading = cx.read(&self.reader(slice, all), slice);
            let outcome = outcome_of(reading.await)?;
            return Ok(Part::new(slice, outcome.map(Report::Section)));
        }
        let writer = self.writer(slice, all);
        let mut tries = self.retry.unwrap_or_default().tries();
        let mut step = cx.clone();
        let mut attempt = 0_usize;
        loop {
            // Each attempt has a fresh desk: half of an edit is nothing to build upon.
            let part = self.attempt(&step, slice, &writer).await?;
            let Outcome::Unfinished(why) = &part.outcome else {
                return Ok(part);
            };
            let Some(pause) = tries.after(why) else {
                return Ok(part);
            };
            cx.pause(&tries, pause, why).await?;
            attempt += 1;
            step = cx.child(format!("retry {attempt}"));
        }
    }

    async fn attempt(&self, cx: &Cx, slice: &Slice, writer: &Worker<Slice, Fix, Writer>) -> Result<Part> {
        let request = cx.desk(&slice.paths).isolation(self.isolation);
        let mut desk = match outcome_of(request.await)? {
            Outcome::Done(desk) => desk,
            Outcome::Unfinished(why) => return Ok(Part::new(slice, Outcome::Unfinished(why))),
        };
        let outcome = outcome_of(desk.write(writer, slice).await)?;
        let mut part = Part::new(slice, outcome.map(Report::Fix));
        match outcome_of(desk.patch().await)? {
            Outcome::Done(patch) => part.patch = Some(Arc::new(patch)),
            Outcome::Unfinished(why) if part.outcome.is_done() => part.outcome = Outcome::Unfinished(why),
            Outcome::Unfinished(_) => {}
        }
        let check = self.check.as_ref().and_then(|check| check(slice));
        if let Some(check) = check
            && part.outcome.is_done()
        {
            let evidence = match &part.patch {
                Some(patch) => outcome_of(checked(&desk, patch, &check).await)?,
                None => outcome_of(desk.cx().check(&check).await)?,
            };
            if let Outcome::Done(evidence) = &evidence
                && evidence.verdict == Verdict::Refuted
            {
                let why = format!("its own check refuted it: {evidence}");
                let failure = Failure::new(FailClass::Other, why);
                part.outcome = Outcome::Unfinished(Unfinished::Failed(failure));
            }
            part.check = Some(evidence);
        }
        Ok(part)
    }

    fn writer(&self, slice: &Slice, all: &Arc<Slices>) -> Worker<Slice, Fix, Writer> {
        let worker = self.worker(slice, all);
        // Its retries are this lane's.
        match self.retry {
            Some(_) => worker.retry(Retry::never()).writes(&slice.paths),
            None => worker.writes(&slice.paths),
        }
    }

    fn reader(&self, slice: &Slice, all: &Arc<Slices>) -> Worker<Slice, Section> {
        let worker = self.worker(slice, all);
        match self.retry {
            Some(retry) => worker.retry(retry),
            None => worker,
        }
    }

    fn worker<T: Deliverable>(&self, slice: &Slice, all: &Arc<Slices>) -> Worker<Slice, T> {
        let (brief, all) = (Arc::clone(&self.brief), Arc::clone(all));
        let worker = Worker::new(move |slice: &Slice| complete(brief(slice), slice, &all));
        self.staff
            .hire(worker, format!("Slice {}", plain::line(&slice.label, LABEL)))
    }
}

/// What is unfinished becomes data; a halt goes up.
pub(super) fn outcome_of<T>(result: Result<T>) -> Result<Outcome<T>> {
    match result {
        Ok(value) => Ok(Outcome::Done(value)),
        Err(Error::Unfinished(why)) => Ok(Outcome::Unfinished(why)),
        Err(halt) => Err(halt),
    }
}

/// What a check says of the user's tree with `patch` in it, and with nothing else that a writer left.
pub(super) async fn checked(desk: &Desk, patch: &Patch, check: &Check) -> Result<Evidence> {
    let shown = desk.show(patch).await?;
    match shown.conflicts.first() {
        None => shown.cx.check(check).await,
        Some(conflict) => Err(Error::failed(format!(
            "the work tree was changed in the same places meanwhile, first {conflict}"
        ))),
    }
}
