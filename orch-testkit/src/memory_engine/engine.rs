//! The engine that plays.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures::stream::BoxStream;
use orch_core::agent::WorkerEvent;
use orch_core::engine::{
    Abilities, Admission, Cursor, End, Engine, EngineError, EventLog, Job, JobEnd, JobHandle, JobId, Stop,
};
use orch_core::{FailClass, Failure};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{Act, Play};

type Script = Arc<dyn Fn(&Job) -> Play + Send + Sync>;

/// An engine that answers every job from a script. A cheap clone of the same engine.
#[derive(Clone)]
pub struct MemoryEngine {
    script: Script,
    stage: Arc<Mutex<Stage>>,
}

#[derive(Debug, Default)]
struct Stage {
    jobs: Vec<Job>,
    prompts: Vec<String>,
    running: HashMap<JobId, Arc<Part>>,
}

/// One job under way.
#[derive(Debug)]
struct Part {
    play: Mutex<Play>,
    log: EventLog,
    cancel: CancellationToken,
    deadline: Instant,
    /// The end of the last turn; the lock is held while a turn is played, so that two waiters see one end.
    last: tokio::sync::Mutex<Option<JobEnd>>,
}

#[derive(Debug)]
struct Handle {
    part: Arc<Part>,
    admission: Admission,
    stage: Arc<Mutex<Stage>>,
}

impl MemoryEngine {
    /// An engine that asks `script` what each job's worker does.
    pub fn new(script: impl Fn(&Job) -> Play + Send + Sync + 'static) -> Self {
        Self {
            script: Arc::new(script),
            stage: Arc::default(),
        }
    }

    /// The jobs that were started, in order.
    pub fn jobs(&self) -> Vec<Job> {
        lock(&self.stage).jobs.clone()
    }

    /// Every prompt, those of further turns included, in order.
    pub fn prompts(&self) -> Vec<String> {
        lock(&self.stage).prompts.clone()
    }
}

#[async_trait]
impl Engine for MemoryEngine {
    fn abilities(&self) -> Abilities {
        Abilities::local()
    }

    async fn submit(&self, job: &Job) -> Result<Arc<dyn JobHandle>, EngineError> {
        let play = (self.script)(job);
        let mut stage = lock(&self.stage);
        if let Some(part) = stage.running.get(&job.id) {
            let stage = Arc::clone(&self.stage);
            return Ok(Arc::new(Handle {
                part: Arc::clone(part),
                admission: Admission::Attached,
                stage,
            }));
        }
        let part = Arc::new(Part {
            log: EventLog::default(),
            cancel: CancellationToken::new(),
            deadline: Instant::now() + job.limits.total,
            last: tokio::sync::Mutex::default(),
            play: Mutex::new(play),
        });
        lock(&part.play)
            .events
            .drain(..)
            .for_each(|event| part.log.push(event));
        stage.jobs.push(job.clone());
        stage.prompts.push(job.prompt.clone());
        stage.running.insert(job.id, Arc::clone(&part));
        Ok(Arc::new(Handle {
            part,
            admission: Admission::New,
            stage: Arc::clone(&self.stage),
        }))
    }
}

impl Part {
    /// Plays the next turn.
    async fn play(&self) -> JobEnd {
        // Taken off only when it has been played: a waiter that is dropped half-way leaves it to the next one.
        let act = lock(&self.play).acts.front().cloned().unwrap_or(Act::Silence);
        let playing = async {
            match act {
                Act::End(end) => end,
                Act::Silence => std::future::pending().await,
                Act::After(until, end) => {
                    until().await;
                    end
                }
            }
        };
        let end = tokio::select! {
            biased;
            () = self.cancel.cancelled() => End::Cancelled,
            end = playing => end,
            () = sleep_until(self.deadline) => {
                End::Failed(Failure::new(FailClass::TotalTimeout, "the scripted worker was silent"))
            }
        };
        self.log.close();
        let mut play = lock(&self.play);
        play.acts.pop_front();
        let mut job_end = JobEnd::new(end);
        job_end.usage = play.usage;
        job_end.changed.clone_from(&play.changed);
        job_end.thread = (!play.acts.is_empty()).then(|| "scripted".to_owned());
        job_end
    }
}

#[async_trait]
impl JobHandle for Handle {
    async fn wait(&self) -> Result<JobEnd, EngineError> {
        let mut last = self.part.last.lock().await;
        if last.is_none() {
            *last = Some(self.part.play().await);
        }
        last.clone().ok_or(EngineError::ShutDown)
    }

    fn events(&self, from: Cursor) -> BoxStream<'_, Result<(Cursor, WorkerEvent), EngineError>> {
        self.part.log.stream(from)
    }

    async fn turn(&self, prompt: &str) -> Result<JobEnd, EngineError> {
        if !self.takes_turns() {
            return Err(EngineError::Unsupported {
                what: "a further turn",
                by: "this scripted worker".to_owned(),
            });
        }
        self.part.log.reopen();
        lock(&self.stage).prompts.push(prompt.to_owned());
        let mut last = self.part.last.lock().await;
        let end = self.part.play().await;
        *last = Some(end.clone());
        Ok(end)
    }

    fn takes_turns(&self) -> bool {
        !lock(&self.part.play).acts.is_empty()
    }

    fn admission(&self) -> Admission {
        self.admission
    }

    fn cancel(&self) {
        self.part.cancel.cancel();
    }

    async fn stop(&self, _how: Stop) -> Result<(), EngineError> {
        self.cancel();
        self.wait().await.map(drop)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for MemoryEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryEngine")
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}
