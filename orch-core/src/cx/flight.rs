//! One worker's way through the house.
//!
//! brief → step key → known from before? → a place → the engine → events → the end → validate → repair → outcome.
//! It decides the order of these and what is recorded; each of them is decided elsewhere.

use std::sync::Arc;
use std::time::Duration;

use orch_prompts::Brief;

use super::aboard::{Aboard, board, pause, refused};
use super::post::Post;
use super::repair::{nonce, repair_prompt};
use super::run::{Again, Run};
use super::worker_log::WorkerLog;
use crate::deliverable::Deliverable;
use crate::desk::Seat;
use crate::error::{Error, Halt, Result};
use crate::event::EventKind;
use crate::ids::Digest;
use crate::job::{End, Job, JobEnd, JobId};
use crate::limits::{Purse, Retry, Tries};
use crate::outcome::{NotStarted, Outcome, Unfinished};
use crate::step_key::{StepIdentity, StepKey};
use crate::worker::Spec;

/// The most bytes of a wrong answer that are kept for a person.
const RAW_LIMIT: usize = 64 << 10;

/// Everything about a worker's work that is known before it waits for anything.
#[derive(Debug)]
pub(super) struct Flight {
    worker: u32,
    path: Vec<String>,
    key: StepKey,
    job: Job,
    repairs: u32,
    pool: Option<String>,
    retry: Retry,
    post: Post,
    /// Why it cannot start, whatever there is room for.
    refusal: Option<NotStarted>,
}

impl Flight {
    pub(super) fn prepare<T: Deliverable>(
        run: &Run,
        path: &[String],
        base: Option<Digest>,
        spec: &Spec,
        brief: &Brief,
        post: Post,
    ) -> Result<Self> {
        let config = &run.config;
        if brief.scope_ref().allows_writes() && post.seat().is_none() {
            return Err(Halt::Misuse(format!(
                "brief of {} asks for write scope, and the worker is a reader",
                spec.label
            ))
            .into());
        }
        let agent = spec.agent.as_deref().unwrap_or(&config.default_agent);
        let schema = T::schema().map_err(|error| {
            Halt::Misuse(format!(
                "deliverable of {} cannot be asked for: {error}",
                spec.label
            ))
        })?;
        let identity = StepIdentity {
            version: 1,
            path,
            label: &spec.label,
            brief,
            agent,
            model: spec.model.as_deref(),
            schema: schema.as_ref(),
            base,
        };
        let unnamed = |error| Halt::Misuse(format!("brief of {} has no step key: {error}", spec.label));
        let (worker, key) = run.enrol(identity.key().map_err(unnamed)?);
        let id = JobId {
            run: run.id(),
            step: key,
            attempt: run.attempt(key, post.seat().is_some()),
        };
        let label = format!("W{worker} {}", spec.label);
        let stands = post
            .seat()
            .map_or_else(|| run.work_tree().to_owned(), Seat::stands);
        let refusal = config.holds.unknown(agent).or_else(|| match &post {
            Post::Reader(_) => config.holds.refusal(agent, spec.hold),
            Post::Writer(_) => None,
        });
        let mut job = Job::new(id, label, agent, stands, brief.render(&nonce()));
        job.scope.clone_from(brief.scope_ref());
        job.model.clone_from(&spec.model);
        job.limits = spec.limits.unwrap_or(config.limits);
        job.schema = schema;
        job.web = brief.searches_web();
        job.lineage = config.admission.lineage.worker_of(run.id());
        if let Some(pool) = &spec.pool
            && !config.admission.has_pool(pool)
        {
            return Err(Halt::Misuse(format!(
                "{} wants a place in pool {pool}, which no builder made",
                spec.label
            ))
            .into());
        }
        Ok(Self {
            worker,
            path: path.to_vec(),
            key,
            job,
            repairs: spec.repairs,
            pool: spec.pool.clone(),
            retry: spec.retry.unwrap_or(config.retry),
            post,
            refusal,
        })
    }
}

/// Runs the work.
pub(super) async fn fly<T: Deliverable>(run: &Arc<Run>, flight: Result<Flight>, purse: Purse) -> Result<T> {
    let Flight {
        worker,
        path,
        key,
        mut job,
        repairs,
        pool,
        retry,
        post,
        refusal,
    } = flight?;
    if run.is_cancelled() {
        return Err(Halt::Cancelled.into());
    }
    let (label, agent) = (job.label.clone(), job.agent.clone());
    run.queued(worker, key)?;
    run.emit(EventKind::WorkerQueued {
        worker,
        label,
        path,
        key,
        agent,
    })
    .await?;
    // What a writer answered before is not what it wrote: it works again.
    if post.seat().is_none()
        && let Some(message) = run.known(key)
        && let Ok(value) = T::parse(&message)
    {
        run.landed(worker);
        run.emit(EventKind::WorkerReused { worker }).await?;
        return Ok(value);
    }
    if let Some(why) = refusal {
        return Err(refused(run, worker, key, why).await?.into());
    }
    let mut tries = Tries::of(retry);
    // Those of an earlier time count: their attempts have names too.
    let of = job.id.attempt.saturating_add(tries.in_all());
    loop {
        // What it holds is given back when its process is gone, whichever way this future ends.
        let boarded = board(run, &job, pool.as_deref(), purse).await?;
        let placed = match boarded {
            Ok(aboard) => aboard.placed(&post).await,
            Err(why) => Err(why),
        };
        let aboard = match placed {
            Ok(aboard) => aboard,
            Err(why) => return Err(refused(run, worker, key, why).await?.into()),
        };
        // The account closed while a place was made: whoever has not started asks again, and gets a place of then.
        if !aboard.is_welcome() {
            continue;
        }
        let terms = Terms { repairs, of };
        match attempt::<T>(run, worker, key, terms, aboard, &mut tries).await? {
            Attempt::Ended(result) => return result,
            Attempt::Again(after) => pause(run, after).await?,
        }
        job.id.attempt += 1;
    }
}

/// What an attempt may have.
#[derive(Debug, Clone, Copy)]
struct Terms {
    /// Repair turns, at most.
    repairs: u32,
    /// Attempts in all, at most.
    of: u32,
}

/// How one attempt at the work ended.
enum Attempt<T> {
    /// It is recorded.
    Ended(Result<T>),
    /// It is tried again after a pause.
    Again(Duration),
}

/// Runs one attempt.
async fn attempt<T: Deliverable>(
    run: &Run,
    worker: u32,
    key: StepKey,
    Terms { repairs, of }: Terms,
    mut aboard: Aboard<'_>,
    tries: &mut Tries,
) -> Result<Attempt<T>> {
    let job = &aboard.job().clone();
    run.submitting(worker, job)?;
    aboard.start();
    let handle = run.config.engine.submit(job).await?;
    aboard.took_off(&handle);
    run.took_off(worker, &handle)?;
    let ends = aboard.ends();

    let mut log = WorkerLog::new(run, worker, &*handle);
    let turn = Aboard::within_budget(ends, &*handle, handle.wait());
    let mut end = run.redacted(log.follow(turn).await?);
    let mut repairs_left = repairs;
    let outcome = loop {
        let wrong = match &end.end {
            End::Answered(message) => match read_answer::<T>(message, job.limits.answer_bytes) {
                Ok(value) => break Outcome::Done((value, message.clone())),
                Err(complaint) => Wrong {
                    complaint,
                    raw: message.clone(),
                },
            },
            End::Failed(failure) => break Outcome::Unfinished(Unfinished::Failed(failure.clone())),
            End::Cancelled => break Outcome::Unfinished(Unfinished::Cancelled),
            End::NotStarted(why) => break Outcome::Unfinished(Unfinished::NotStarted(why.clone())),
        };
        if repairs_left == 0 || !handle.takes_turns() {
            break wrong.into_outcome();
        }
        repairs_left -= 1;
        run.emit(EventKind::WorkerRepaired {
            worker,
            complaint: crate::plain::block(&wrong.complaint),
        })
        .await?;
        let prompt = repair_prompt(&wrong.complaint);
        let turn = Aboard::within_budget(ends, &*handle, handle.turn(&prompt));
        let next = run.redacted(log.follow(turn).await?);
        if let End::NotStarted(why) = &next.end {
            // The work itself was done: that nothing was started would be untrue of it.
            let outcome = wrong
                .but(&format!("no further turn was started: {why}"))
                .into_outcome();
            end = joined(end, next);
            break outcome;
        }
        end = joined(end, next);
    };
    let outcome = run.clean(aboard.judged(outcome, &end.changed).await?);
    aboard.settle(&end).await?;
    if let Outcome::Unfinished(why) = &outcome
        && end.left.is_empty()
        && let Some(after) = tries.after(why)
    {
        let again = Again {
            failed: job.id.attempt,
            of,
            after,
        };
        run.retried(worker, key, again, why, &end).await?;
        aboard.landed();
        return Ok(Attempt::Again(after));
    }
    let (recorded, result) = match outcome {
        Outcome::Done((value, message)) => (Outcome::Done(message), Ok(value)),
        Outcome::Unfinished(why) => (Outcome::Unfinished(why.clone()), Err(Error::Unfinished(why))),
    };
    run.landing(worker, &recorded, &end)?;
    run.report(worker, key, recorded, &end).await?;
    // Not before it is reported: a future that is dropped in between leaves the report to the run's end.
    run.landed(worker);
    aboard.landed();
    if !end.left.is_empty() {
        return Err(Halt::LeftBehind { pids: end.left }.into());
    }
    Ok(Attempt::Ended(result))
}

/// The end of a further turn, with what the turns before it left and used.
fn joined(before: JobEnd, mut next: JobEnd) -> JobEnd {
    next.left.extend(before.left);
    next.leaked |= before.leaked;
    next.usage = next.usage.or(before.usage);
    next.changed.extend(before.changed);
    next
}

/// An answer that is not to the contract.
struct Wrong {
    complaint: String,
    raw: String,
}

impl Wrong {
    fn but(mut self, more: &str) -> Self {
        self.complaint = format!("{}; {more}", self.complaint);
        self
    }

    fn into_outcome<T>(self) -> Outcome<T> {
        let mut raw = self.raw;
        if raw.len() > RAW_LIMIT {
            let cut = (0..=RAW_LIMIT).rev().find(|&at| raw.is_char_boundary(at));
            raw.truncate(cut.unwrap_or(0));
        }
        let complaint = crate::plain::block(&self.complaint);
        let raw = crate::plain::block(&raw);
        Outcome::Unfinished(Unfinished::Invalid { complaint, raw })
    }
}

fn read_answer<T: Deliverable>(message: &str, limit: usize) -> Result<T, String> {
    if message.len() > limit {
        return Err(format!(
            "the answer has {} bytes, at most {limit} are taken",
            message.len()
        ));
    }
    T::parse(message)
}
