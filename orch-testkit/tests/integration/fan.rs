//! An orchestrator on the memory engine for tests of limits: many small questions to one scripted agent.

use orch_patterns::agent::Tool;
use orch_patterns::engine::Job;
use orch_patterns::event::EventKind;
use orch_patterns::prelude::*;
use orch_patterns::{Builder, NotStarted, StateDir};
use orch_testkit::memory_engine::{MemoryEngine, Play};

use crate::stages::Seen;

/// The name of the scripted agent.
pub(crate) const AGENT: &str = "scripted";

pub(crate) struct Fan {
    pub(crate) orch: Orchestrator,
    pub(crate) engine: MemoryEngine,
    pub(crate) seen: Seen,
    _root: tempfile::TempDir,
}

/// A builder in a fresh place, with the scripted agent.
pub(crate) fn builder(root: &tempfile::TempDir) -> Builder {
    let tree = root.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    Orchestrator::builder(&tree)
        .state_dir(StateDir::at(root.path().join("state")))
        .agent(Tool::new(AGENT, "true"))
}

/// An orchestrator whose workers play `script`, with what `configure` adds.
pub(crate) fn fan(
    script: impl Fn(&Job) -> Play + Send + Sync + 'static,
    configure: impl FnOnce(Builder) -> Builder,
) -> Fan {
    let root = tempfile::tempdir().unwrap();
    let engine = MemoryEngine::new(script);
    let seen = Seen::default();
    let builder = builder(&root).engine(engine.clone()).observe(seen.clone());
    Fan {
        orch: configure(builder).build().unwrap(),
        engine,
        seen,
        _root: root,
    }
}

impl Fan {
    /// How many jobs were started.
    pub(crate) fn starts(&self) -> usize {
        self.engine.jobs().len()
    }

    /// What happened, but for what the workers said.
    pub(crate) fn kinds(&self) -> Vec<EventKind> {
        self.seen.all().into_iter().map(|event| event.kind).collect()
    }

    /// Under which paths work was asked for, in order.
    pub(crate) fn paths(&self) -> Vec<String> {
        let kinds = self.kinds().into_iter();
        kinds
            .filter_map(|kind| match kind {
                EventKind::WorkerQueued { path, .. } => Some(path.join("/")),
                _ => None,
            })
            .collect()
    }

    /// What became of the workers, in the order in which that was told.
    pub(crate) fn outcomes(&self) -> Vec<Outcome<String>> {
        let kinds = self.kinds().into_iter();
        kinds
            .filter_map(|kind| match kind {
                EventKind::WorkerFinished { outcome, .. } => Some(outcome),
                _ => None,
            })
            .collect()
    }

    /// The step keys of what was started, in order.
    pub(crate) fn keys(&self) -> Vec<String> {
        let jobs = self.engine.jobs();
        jobs.iter().map(|job| job.id.step.to_string()).collect()
    }

    /// Asks `count` questions, up to `width` at once.
    pub(crate) async fn ask_all(&self, count: usize, width: usize) -> Covered<Vec<String>> {
        let all = self.orch.run(&ask().for_each(width), questions(count)).await;
        all.unwrap()
    }
}

pub(crate) fn ask() -> Worker<String, String> {
    Worker::new(|word: &String| Brief::new(format!("Say {word}."))).label("Ask")
}

/// As [`ask`], for the word behind a prefix of its own.
pub(crate) fn ask_as(prefix: &'static str) -> Worker<String, String> {
    Worker::new(move |word: &String| Brief::new(format!("Say {prefix}{word}."))).label("Ask")
}

/// The word that a worker of [`ask`] is asked for.
pub(crate) fn asked(job: &Job) -> String {
    let word = job
        .prompt
        .split("Say ")
        .nth(1)
        .and_then(|rest| rest.split('.').next());
    word.unwrap().to_owned()
}

pub(crate) fn questions(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("q{index}")).collect()
}

/// Those that never ran, with the reason.
pub(crate) fn refusals<C>(covered: &Covered<C>) -> Vec<NotStarted> {
    let missing = covered.missing().iter();
    missing
        .filter_map(|missing| match &missing.why {
            Unfinished::NotStarted(why) => Some(why.clone()),
            _ => None,
        })
        .collect()
}

/// Lets everybody else have many turns: who wants to start has started or been refused by then.
pub(crate) async fn a_while() {
    for _ in 0..300 {
        tokio::task::yield_now().await;
    }
}
