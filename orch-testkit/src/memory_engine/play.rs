//! What a scripted worker does.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use orch_core::agent::WorkerEvent;
use orch_core::engine::{End, Usage};
use orch_core::{FailClass, Failure};

type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

/// One turn of a scripted worker.
#[derive(Clone)]
#[non_exhaustive]
pub enum Act {
    /// It ends so.
    End(End),
    /// It never ends by itself.
    Silence,
    /// It waits for the future, then ends so.
    After(Arc<dyn Fn() -> Waiting + Send + Sync>, End),
}

/// What a scripted worker does, turn by turn.
#[derive(Debug, Clone)]
#[must_use = "a play does nothing until an engine plays it"]
pub struct Play {
    pub(super) acts: VecDeque<Act>,
    pub(super) events: Vec<WorkerEvent>,
    pub(super) usage: Option<Usage>,
    pub(super) changed: Vec<String>,
}

impl Play {
    /// A worker whose first turn is `act`.
    pub fn of(act: Act) -> Self {
        Self {
            acts: VecDeque::from([act]),
            events: Vec::new(),
            usage: None,
            changed: Vec::new(),
        }
    }

    /// A worker that answers at once.
    pub fn answer(text: impl Into<String>) -> Self {
        Self::of(Act::End(End::Answered(text.into())))
    }

    /// A worker that fails at once.
    pub fn fail(class: FailClass, detail: &str) -> Self {
        Self::of(Act::End(End::Failed(Failure::new(class, detail))))
    }

    /// A worker that never answers.
    pub fn silence() -> Self {
        Self::of(Act::Silence)
    }

    /// A worker that waits for what `until` makes, then answers.
    pub fn answer_after<F, Fut>(until: F, text: impl Into<String>) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let until = Arc::new(move || -> Waiting { Box::pin(until()) });
        Self::of(Act::After(until, End::Answered(text.into())))
    }

    /// What a further turn answers. A worker with one turn takes no further ones.
    pub fn then_answer(mut self, text: impl Into<String>) -> Self {
        self.acts.push_back(Act::End(End::Answered(text.into())));
        self
    }

    /// Something it does before its first turn ends.
    pub fn event(mut self, event: WorkerEvent) -> Self {
        self.events.push(event);
        self
    }

    /// A file that it says it changed.
    pub fn changed(mut self, path: impl Into<String>) -> Self {
        self.changed.push(path.into());
        self
    }

    /// What it says it used.
    pub fn usage(mut self, usage: Usage) -> Self {
        self.usage = Some(usage);
        self
    }
}

impl std::fmt::Debug for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::End(end) => f.debug_tuple("End").field(end).finish(),
            Self::Silence => f.write_str("Silence"),
            Self::After(_, end) => f.debug_tuple("After").field(end).finish_non_exhaustive(),
        }
    }
}
