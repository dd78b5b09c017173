//! An engine that prepares every job, starts none, and remembers what it would have run.
//!
//! A pattern runs through it up to the first step that needs an answer, so it sees exactly the command lines and
//! prompts that are known before anything runs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt as _};

use super::{Abilities, Admission, Cursor, End, Engine, EngineError, Job, JobEnd, JobHandle, Stop};
use crate::agent::{Agent, Input, Turn, WorkerDirs, WorkerEvent, launch};
use crate::outcome::NotStarted;
use crate::roll::Unknown;

/// An engine for dry runs: every worker ends as [`NotStarted::Rehearsal`].
#[derive(Debug, Clone)]
pub struct Rehearsal {
    agents: Arc<BTreeMap<String, Arc<dyn Agent>>>,
    seen: Arc<Mutex<Vec<RehearsedJob>>>,
}

/// What would have been run for one job.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RehearsedJob {
    /// The job, with its prompt.
    pub job: Job,
    /// The command line, program first; or why there is none. `<private>` stands for the worker's private directory,
    /// which does not exist yet.
    pub command: Result<Vec<String>, String>,
    /// Whether the prompt goes in by standard input; otherwise it is empty.
    pub prompt_on_stdin: bool,
}

impl Rehearsal {
    /// A rehearsal with these agents.
    pub fn new(agents: impl IntoIterator<Item = Arc<dyn Agent>>) -> Self {
        let agents = agents
            .into_iter()
            .map(|agent| (agent.name().to_owned(), agent))
            .collect();
        Self {
            agents: Arc::new(agents),
            seen: Arc::default(),
        }
    }

    /// What was submitted so far, in order.
    pub fn jobs(&self) -> Vec<RehearsedJob> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn rehearse(&self, job: &Job) -> RehearsedJob {
        let dirs = WorkerDirs::new(&job.work_tree, PathBuf::from("<private>"));
        let launched = match self.agents.get(&job.agent) {
            None => {
                let known: Vec<String> = self.agents.keys().cloned().collect();
                let name = &job.agent;
                Err(Unknown { name, known: &known }.to_string())
            }
            Some(agent) => {
                // A rehearsal needs no program: one that is not installed is shown by its name.
                let program = agent.program();
                let program = program.locate().unwrap_or_else(|_| program.name().into());
                let launch = launch(&**agent, job, &dirs, &Turn::First);
                launch
                    .map(|launch| (program, launch))
                    .map_err(|error| error.to_string())
            }
        };
        let prompt_on_stdin = launched
            .as_ref()
            .is_ok_and(|(_, launch)| launch.input != Input::Nothing);
        let command = launched.map(|(program, launch)| {
            let rest = launch
                .arguments
                .iter()
                .map(|argument| argument.to_string_lossy().into_owned());
            std::iter::once(program.display().to_string())
                .chain(rest)
                .collect()
        });
        RehearsedJob {
            job: job.clone(),
            command,
            prompt_on_stdin,
        }
    }
}

#[async_trait]
impl Engine for Rehearsal {
    fn abilities(&self) -> Abilities {
        Abilities {
            rehearsal: true,
            ..Abilities::local()
        }
    }

    async fn submit(&self, job: &Job) -> Result<Arc<dyn JobHandle>, EngineError> {
        let rehearsed = self.rehearse(job);
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(rehearsed);
        Ok(Arc::new(Rehearsed))
    }
}

/// A job that never began.
#[derive(Debug)]
struct Rehearsed;

#[async_trait]
impl JobHandle for Rehearsed {
    async fn wait(&self) -> Result<JobEnd, EngineError> {
        Ok(JobEnd::new(End::NotStarted(NotStarted::Rehearsal)))
    }

    fn events(&self, _from: Cursor) -> BoxStream<'_, Result<(Cursor, WorkerEvent), EngineError>> {
        stream::empty().boxed()
    }

    async fn turn(&self, _prompt: &str) -> Result<JobEnd, EngineError> {
        Err(EngineError::Unsupported {
            what: "a further turn",
            by: "a rehearsal".to_owned(),
        })
    }

    fn takes_turns(&self) -> bool {
        false
    }

    fn admission(&self) -> Admission {
        Admission::New
    }

    fn cancel(&self) {}

    async fn stop(&self, _how: Stop) -> Result<(), EngineError> {
        Ok(())
    }
}
