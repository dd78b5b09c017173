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
    end: watch::Receiver<Option<JobEnd>>,
    /// The end of the last turn, and the conversation in which further ones are taken.
    last: Mutex<Option<JobEnd>>,
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
        let (sender, end) = watch::channel(None);
        let local = Arc::new(LocalJob {
            job: job.clone(),
            runner: self.runner.clone(),
            tasks: self.tasks.clone(),
            deadline: Instant::now() + job.limits.total,
            log: EventLog::default(),
            reins: Reins::default(),
            end,
            last: Mutex::default(),
        });
        let task = local.turn_task(job.clone(), Turn::First);
        self.tasks.spawn(async move {
            let end = task.await;
            sender.send_replace(Some(end));
        });
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
    /// The work of one turn. It holds no handle to its own job, so that dropping the handles ends it.
    fn turn_task(&self, job: Job, turn: Turn) -> impl Future<Output = JobEnd> + Send + use<> {
        let (runner, deadline) = (self.runner.clone(), self.deadline);
        let (log, reins) = (self.log.clone(), self.reins.clone());
        async move {
            let end = runner.run(&job, &turn, deadline, &log, &reins).await;
            log.close();
            end
        }
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
        if let Some(end) = self
            .job
            .last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
        {
            return Ok(end);
        }
        let mut end = self.job.end.clone();
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
        let (sender, mut end) = watch::channel(None);
        let task = local.turn_task(
            job,
            Turn::Next {
                thread: thread.clone(),
            },
        );
        local.tasks.spawn(async move {
            let end = task.await;
            sender.send_replace(Some(end));
        });
        let mut end = end
            .wait_for(Option::is_some)
            .await
            .map_err(|_| EngineError::ShutDown)?
            .clone()
            .ok_or(EngineError::ShutDown)?;
        end.thread.get_or_insert(thread);
        *local.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(end.clone());
        Ok(end)
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
