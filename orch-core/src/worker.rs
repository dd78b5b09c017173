//! What a worker is: how an input becomes a brief, who does it, within which limits, and what must come back.
//!
//! A `Worker` does nothing by itself. A reader runs through [`Cx::read`](crate::Cx::read), or as a pattern; a
//! writer through [`Desk::write`](crate::Desk::write) alone.

use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::Arc;

use orch_prompts::Brief;

use crate::agent::Hold;
use crate::deliverable::Deliverable;
use crate::limits::{Limits, Retry};

/// Marks a worker that only reads.
#[derive(Debug, Clone, Copy)]
pub struct Reader(());

/// Marks a worker that writes. It is no pattern: it runs only at a [`Desk`](crate::Desk).
#[derive(Debug, Clone, Copy)]
pub struct Writer(());

/// How an input becomes a brief.
type BriefFor<I> = Arc<dyn Fn(&I) -> Brief + Send + Sync>;

/// One delegated task, from an input `I` to a deliverable `T`. A cheap clone.
///
/// ```
/// use orch_core::Worker;
/// use orch_prompts::Brief;
///
/// let scout: Worker<String, String> =
///     Worker::new(|question: &String| Brief::new(format!("Answer: {question}"))).label("Scout");
/// ```
#[must_use = "a worker does nothing until it is run"]
pub struct Worker<I, T, S = Reader> {
    brief: BriefFor<I>,
    spec: Spec,
    marker: PhantomData<fn() -> (T, S)>,
}

/// Everything about a worker but its brief.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    pub(crate) label: String,
    pub(crate) agent: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) limits: Option<Limits>,
    pub(crate) repairs: u32,
    pub(crate) retry: Option<Retry>,
    pub(crate) pool: Option<String>,
    /// How strongly a reader must be held, at least; the orchestrator's least where nothing is said.
    pub(crate) hold: Option<Hold>,
    /// Whether a reader stands in a copy of its own.
    pub(crate) apart: bool,
    /// What it may write; none for a reader.
    pub(crate) writes: Vec<PathBuf>,
}

impl<I, T: Deliverable> Worker<I, T> {
    /// A reader that is told what `brief` makes of its input.
    pub fn new(brief: impl Fn(&I) -> Brief + Send + Sync + 'static) -> Self {
        let spec = Spec {
            label: "Worker".to_owned(),
            agent: None,
            model: None,
            limits: None,
            repairs: 1,
            retry: None,
            pool: None,
            hold: None,
            apart: false,
            writes: Vec::new(),
        };
        Self {
            brief: Arc::new(brief),
            spec,
            marker: PhantomData,
        }
    }
}

impl<I, T> Worker<I, T> {
    /// Lets the worker start only with an agent that holds readers at least so strongly; `NotStarted` otherwise. Without
    /// it the orchestrator's [least](crate::Builder::require_hold) holds.
    pub fn require_hold(mut self, hold: Hold) -> Self {
        self.spec.hold = Some(hold);
        self
    }

    /// Lets the worker stand in a private copy of the work tree (a clone, where that is a git repository; files that git
    /// ignores are not in it). Whatever changes there is its own doing, so every write is found out; it costs a copy
    /// of the tree for each attempt. A worker that is read through a [desk's handle](crate::Desk::cx) stands there.
    pub fn apart(mut self) -> Self {
        self.spec.apart = true;
        self
    }

    /// Makes it a writer of these files, and of everything beneath these folders, relative to the work tree. Its brief
    /// says so, whatever scope the brief had. It runs only by [`Desk::write`](crate::Desk::write).
    ///
    /// ```compile_fail,E0277
    /// use orch_core::{Pattern, Worker};
    /// use orch_prompts::Brief;
    ///
    /// fn is_a_pattern(_: impl Pattern) {}
    /// let fix: Worker<String, String> = Worker::new(|what: &String| Brief::new(what.clone()));
    /// is_a_pattern(fix.writes(["src"])); // without `.writes(..)` this compiles
    /// ```
    pub fn writes<P: Into<PathBuf>>(self, paths: impl IntoIterator<Item = P>) -> Worker<I, T, Writer> {
        let writes = paths.into_iter().map(Into::into).collect();
        Worker {
            brief: self.brief,
            spec: Spec { writes, ..self.spec },
            marker: PhantomData,
        }
    }
}

impl<I, T, S> Worker<I, T, S> {
    /// Names the worker's role; shown as `W3 Scout`, and part of its step key.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.spec.label = label.into();
        self
    }

    /// Chooses the agent by name. Without it the orchestrator's first agent does the work.
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.spec.agent = Some(name.into());
        self
    }

    /// Chooses the model, in the agent's own words. Without it the agent's own configuration decides.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.spec.model = Some(model.into());
        self
    }

    /// Sets the worker's own limits. Without them the orchestrator's hold.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.spec.limits = Some(limits);
        self
    }

    /// How many repair turns a wrong answer gets, at most; 1 unless set.
    pub fn repairs(mut self, turns: u32) -> Self {
        self.spec.repairs = turns;
        self
    }

    /// Says when the worker is tried again after a failure. Without it the orchestrator's
    /// [policy](crate::Builder::retry) holds.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.spec.retry = Some(retry);
        self
    }

    /// Lets the worker start only with a place in the [pool](crate::Builder::pool) of this name.
    pub fn pool(mut self, name: impl Into<String>) -> Self {
        self.spec.pool = Some(name.into());
        self
    }

    /// The brief for one input.
    pub fn brief_for(&self, input: &I) -> Brief {
        (self.brief)(input)
    }

    pub(crate) fn spec(&self) -> &Spec {
        &self.spec
    }
}

impl<I, T, S> Clone for Worker<I, T, S> {
    fn clone(&self) -> Self {
        Self {
            brief: Arc::clone(&self.brief),
            spec: self.spec.clone(),
            marker: PhantomData,
        }
    }
}

impl<I, T, S> fmt::Debug for Worker<I, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("spec", &self.spec)
            .finish_non_exhaustive()
    }
}
