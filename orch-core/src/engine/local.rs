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
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::runner::Reins;
use super::{
    Abilities, Admission, Cursor, Engine, EngineError, EventLog, Job, JobEnd, JobHandle, JobId, Runner, Stop,
};
use crate::agent::{Agent, Turn, WorkerEvent};
use crate::dirs::StateDir;
use crate::job::End;
use crate::limits::from_now;
use crate::outcome::{FailClass, Failure};

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

/// Sets the end of a turn, also when its task is dropped before it has one.
struct EndOnDrop(Arc<watch::Sender<Option<JobEnd>>>);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.send_if_modified(|end| {
            let lost = end.is_none();
            if lost {
                let failure = Failure::new(
                    FailClass::Killed,
                    "the engine's task was dropped before the worker's end",
                );
                *end = Some(JobEnd::new(End::Failed(failure)));
            }
            lost
        });
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
        local.begin_turn(job.clone(), Turn::First);
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
    /// Starts the task of one turn. It holds no handle to its own job, so that dropping the handles ends it.
    fn begin_turn(&self, job: Job, turn: Turn) {
        let (runner, deadline) = (self.runner.clone(), self.deadline);
        let (log, reins) = (self.log.clone(), self.reins.clone());
        self.end.send_replace(None);
        let end = EndOnDrop(Arc::clone(&self.end));
        self.tasks.spawn(async move {
            let mut ended = runner.run(&job, &turn, deadline, &log, &reins).await;
            if let Turn::Next { thread } = turn {
                ended.thread.get_or_insert(thread);
            }
            log.close();
            end.0.send_replace(Some(ended));
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
        let thread = self.wait().await?.thread.ok_or_else(unsupported)?;
        local.log.reopen();
        let job = Job {
            prompt: prompt.to_owned(),
            ..local.job.clone()
        };
        local.begin_turn(job, Turn::Next { thread });
        self.wait().await
    }

    fn takes_turns(&self) -> bool {
        let end = self.job.end.borrow();
        let named = end.as_ref().is_some_and(|end| end.thread.is_some());
        named && self.job.runner.takes_turns(&self.job.job.agent)
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
