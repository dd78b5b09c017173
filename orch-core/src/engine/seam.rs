//! The two traits that an engine implements.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;

use super::Cursor;
use crate::job::{Job, JobEnd, WorkerEvent};
use crate::session::Stop;

/// Where workers run.
#[async_trait]
pub trait Engine: fmt::Debug + Send + Sync + 'static {
    /// What this engine can do.
    fn abilities(&self) -> Abilities;

    /// Starts the job, or attaches to it when a job of this id was submitted before.
    ///
    /// # Errors
    /// Only when the engine could not take the job. A worker that cannot be started is a job that ended with
    /// [`End::NotStarted`](crate::job::End::NotStarted), not an error here.
    ///
    /// # Cancel safety
    /// Dropped before it returns, the job may or may not have been started; submitting it again tells.
    async fn submit(&self, job: &Job) -> Result<Arc<dyn JobHandle>, EngineError>;
}

/// One submitted job.
#[async_trait]
pub trait JobHandle: fmt::Debug + Send + Sync {
    /// What became of the job's last turn, once nothing of it runs any more.
    ///
    /// # Errors
    /// The transport to the engine failed; says nothing about the job.
    ///
    /// # Cancel safety
    /// Safe: the job goes on, and a later call gives the same end.
    async fn wait(&self) -> Result<JobEnd, EngineError>;

    /// What the worker does, from `from` on, each event with the place behind it. May leave out events where
    /// [`Abilities::live_output`] is false or the reader is far behind. Ends when the turn has ended.
    fn events(&self, from: Cursor) -> BoxStream<'_, Result<(Cursor, WorkerEvent), EngineError>>;

    /// A further turn in the same conversation: a repair or a follow-up. Call it after [`JobHandle::wait`] only.
    ///
    /// # Errors
    /// [`EngineError::Unsupported`] when the agent or the engine has no further turns; or the transport failed.
    ///
    /// # Cancel safety
    /// Dropped, the turn goes on until [`JobHandle::cancel`].
    async fn turn(&self, prompt: &str) -> Result<JobEnd, EngineError>;

    /// Whether [`JobHandle::turn`] can be had, as far as is known after [`JobHandle::wait`].
    fn takes_turns(&self) -> bool;

    /// Whether this submission started the job.
    fn admission(&self) -> Admission;

    /// Asks for the end of the job: synchronous and idempotent, so that `Drop` can call it. [`JobHandle::wait`] sees
    /// the end.
    fn cancel(&self);

    /// Ends the job and returns when nothing of it runs any more.
    ///
    /// # Errors
    /// The transport to the engine failed.
    ///
    /// # Cancel safety
    /// Dropped, the job is still being ended.
    async fn stop(&self, how: Stop) -> Result<(), EngineError>;
}

/// What an engine can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "five independent answers to five questions"
)]
pub struct Abilities {
    /// Events arrive as they happen, all of them; otherwise only the last ones, late.
    pub live_output: bool,
    /// Jobs take further turns.
    pub further_turns: bool,
    /// Jobs outlive the orchestrator.
    pub durable: bool,
    /// Jobs run on another machine.
    pub remote: bool,
    /// Nothing is started: everything is prepared, and that is all.
    pub rehearsal: bool,
}

impl Abilities {
    /// What an engine in this process can do: everything live, nothing durable.
    pub fn local() -> Self {
        Self {
            live_output: true,
            further_turns: true,
            durable: false,
            remote: false,
            rehearsal: false,
        }
    }
}

/// Whether a submission started its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Admission {
    /// It did.
    New,
    /// The job was running already.
    Attached,
    /// The job had ended already.
    AlreadyDone,
}

/// The engine itself failed: transport, never a verdict on a worker.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The engine or the agent cannot do this.
    #[error("{what} is not supported by {by}")]
    Unsupported {
        /// What was asked for.
        what: &'static str,
        /// Who cannot do it.
        by: String,
    },
    /// The engine is shutting down, or its task ended early.
    #[error("engine has shut down")]
    ShutDown,
    /// The engine could not be reached.
    #[error("engine {doing} failed: {source}")]
    Transport {
        /// What it was doing.
        doing: &'static str,
        /// Why it failed.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
}
