//! The engine of this process: every job is a task here and a terminal below it.
//!
//! ```text
//! LocalEngine ── tasks ─┬─ job task ── Runner::run ── deadlines, decoder
//!                       └─ owner task ── terminal, child, kill ladder     (one for each session)
//! LocalJob (handle) ── watch: the end · EventLog: what the worker does · Reins: cancel, now
//! ```

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_trait::async_trait;
use futures::stream::BoxStream;
use orch_pty::Tier;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::runner::Reins;
use super::{
    Abilities, Admission, Cursor, Engine, EngineError, EventLog, Job, JobEnd, JobHandle, JobId, Runner, Stop,
    Usage,
};
use crate::agent::{Agent, Skills, Turn, UsageSpan, WorkerEvent};
use crate::dirs::StateDir;
use crate::job::End;
use crate::limits::from_now;
use crate::outcome::{FailClass, Failure};
use crate::redact::Redactor;

/// Runs workers in pseudo-terminals of this machine.
#[derive(Debug)]
pub struct LocalEngine {
    runner: Runner,
    tasks: TaskTracker,
    jobs: Mutex<HashMap<JobId, Weak<LocalJob>>>,
}

/// One job in this process. When its last handle is dropped, the job is cancelled: nobody could see its end.
#[derive(Debug)]
struct LocalJob {
    job: Job,
    runner: Runner,
    tasks: TaskTracker,
    deadline: Instant,
    log: EventLog,
    reins: Reins,
    /// The end of the last turn; none while one runs. Set by the turn's own task, whoever waits for it.
    end: Arc<watch::Sender<Option<JobEnd>>>,
}

/// Sets the end of a turn once: by [`TurnEnd::set`], or as lost when its task is dropped before that.
struct TurnEnd(Option<Arc<watch::Sender<Option<JobEnd>>>>);

impl TurnEnd {
    fn new(end: &Arc<watch::Sender<Option<JobEnd>>>) -> Self {
        end.send_replace(None);
        Self(Some(Arc::clone(end)))
    }

    /// Gives up the right to set the end before it is seen: who waits for it may start the next turn at once,
    /// whose end this one must not touch.
    fn set(mut self, ended: JobEnd) {
        if let Some(end) = self.0.take() {
            end.send_replace(Some(ended));
        }
    }
}

impl Drop for TurnEnd {
    fn drop(&mut self) {
        if let Some(end) = self.0.take() {
            let failure = Failure::new(
                FailClass::Killed,
                "the engine's task was dropped before the worker's end",
            );
            end.send_replace(Some(JobEnd::new(End::Failed(failure))));
        }
    }
}

/// A handle that knows whether it started its job.
#[derive(Debug)]
struct Submitted {
    job: Arc<LocalJob>,
    admission: Admission,
}

impl LocalEngine {
    /// An engine for `agents` that keeps private files in `state` and lets the variables `pass_env` through.
    pub fn new(
        agents: impl IntoIterator<Item = Arc<dyn Agent>>,
        state: StateDir,
        pass_env: impl IntoIterator<Item = String>,
    ) -> Self {
        let tasks = TaskTracker::new();
        let runner = Runner::new(agents, state, pass_env, tasks.clone());
        Self {
            runner,
            tasks,
            jobs: Mutex::default(),
        }
    }

    /// Starts no worker that is held by less than `tier` when this program dies; a job that would be is an error then.
    #[must_use]
    pub fn require(mut self, tier: Tier) -> Self {
        self.runner = self.runner.require(tier);
        self
    }

    /// Takes secrets out of what a worker says before anything of it is cut. What is passed on whole, as its answer, is
    /// cleaned by the run.
    #[must_use]
    pub fn redact(mut self, redactor: Redactor) -> Self {
        self.runner = self.runner.redact(redactor);
        self
    }

    fn start(&self, job: &Job) -> Arc<LocalJob> {
        let local = Arc::new(LocalJob {
            job: job.clone(),
            runner: self.runner.clone(),
            tasks: self.tasks.clone(),
            deadline: from_now(job.limits.total),
            log: EventLog::default(),
            reins: Reins::default(),
            end: Arc::new(watch::Sender::new(None)),
        });
        local.begin_turn(job.clone(), Turn::First, None);
        local
    }
}

#[async_trait]
impl Engine for LocalEngine {
    fn abilities(&self) -> Abilities {
        Abilities::local()
    }

    async fn submit(&self, job: &Job) -> Result<Arc<dyn JobHandle>, EngineError> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = jobs.get(&job.id).and_then(Weak::upgrade) {
            let done = running.end.borrow().is_some();
            let admission = if done {
                Admission::AlreadyDone
            } else {
                Admission::Attached
            };
            return Ok(Arc::new(Submitted {
                job: running,
                admission,
            }));
        }
        jobs.retain(|_, job| job.strong_count() > 0);
        let local = self.start(job);
        jobs.insert(job.id, Arc::downgrade(&local));
        Ok(Arc::new(Submitted {
            job: local,
            admission: Admission::New,
        }))
    }
}

impl LocalJob {
    fn skills(&self) -> Skills {
        self.runner.skills(&self.job.agent)
    }

    /// Starts the task of one turn. It holds no handle to its own job, so that dropping the handles ends it.
    ///
    /// `used` is what the turns before it used, where the agent counts each turn alone.
    fn begin_turn(&self, job: Job, turn: Turn, used: Option<Usage>) {
        let (runner, deadline) = (self.runner.clone(), self.deadline);
        let (log, reins) = (self.log.clone(), self.reins.clone());
        let end = TurnEnd::new(&self.end);
        self.tasks.spawn(async move {
            let mut ended = runner.run(&job, &turn, deadline, &log, &reins).await;
            if let Turn::Next { thread } = turn {
                ended.thread.get_or_insert(thread);
            }
            if let Some(used) = used {
                ended.usage = ended.usage.map(|usage| usage.plus(used));
            }
            log.close();
            end.set(ended);
        });
    }
}

impl Drop for LocalJob {
    fn drop(&mut self) {
        self.reins.cancel.cancel();
    }
}

#[async_trait]
impl JobHandle for Submitted {
    async fn wait(&self) -> Result<JobEnd, EngineError> {
        let mut end = self.job.end.subscribe();
        let end = end
            .wait_for(Option::is_some)
            .await
            .map_err(|_| EngineError::ShutDown)?
            .clone();
        end.ok_or(EngineError::ShutDown)
    }

    fn events(&self, from: Cursor) -> BoxStream<'_, Result<(Cursor, WorkerEvent), EngineError>> {
        self.job.log.stream(from)
    }

    async fn turn(&self, prompt: &str) -> Result<JobEnd, EngineError> {
        let local = &self.job;
        let unsupported = || EngineError::Unsupported {
            what: "a further turn",
            by: local.job.agent.clone(),
        };
        if !self.takes_turns() {
            return Err(unsupported());
        }
        let before = self.wait().await?;
        let thread = before.thread.ok_or_else(unsupported)?;
        let used = match local.skills().usage {
            UsageSpan::Conversation => None,
            UsageSpan::Turn => before.usage,
        };
        local.log.reopen();
        let job = Job {
            prompt: prompt.to_owned(),
            ..local.job.clone()
        };
        local.begin_turn(job, Turn::Next { thread }, used);
        self.wait().await
    }

    fn takes_turns(&self) -> bool {
        let end = self.job.end.borrow();
        let named = end.as_ref().is_some_and(|end| end.thread.is_some());
        named && self.job.skills().further_turns
    }

    fn admission(&self) -> Admission {
        self.admission
    }

    fn cancel(&self) {
        self.job.reins.cancel.cancel();
    }

    async fn stop(&self, how: Stop) -> Result<(), EngineError> {
        if how == Stop::Now {
            self.job.reins.now.cancel();
        }
        self.cancel();
        self.wait().await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn told() -> JobEnd {
        JobEnd::new(End::Failed(Failure::new(FailClass::Transport, "told")))
    }

    #[test]
    fn a_turn_that_was_dropped_has_an_end() {
        let end = Arc::new(watch::Sender::new(None));
        drop(TurnEnd::new(&end));
        assert!(end.borrow().is_some());
    }

    /// Who sees the end starts the next turn at once, while the last turn's task is not yet gone.
    #[test]
    fn the_end_of_a_turn_leaves_the_next_turn_alone() {
        for _ in 0..2_000 {
            let end = Arc::new(watch::Sender::new(None));
            let turn = TurnEnd::new(&end);
            let task = thread::spawn(move || turn.set(told()));
            while end.borrow().is_none() {
                std::hint::spin_loop();
            }
            let next = TurnEnd::new(&end);
            task.join().unwrap();
            assert!(end.borrow().is_none(), "the next turn has not ended");
            next.set(told());
        }
    }
}
