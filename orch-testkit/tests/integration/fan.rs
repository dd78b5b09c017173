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

    /// Asks `count` questions, up to `width` at once.
    pub(crate) async fn ask_all(&self, count: usize, width: usize) -> Covered<Vec<String>> {
        let all = self.orch.run(&ask().for_each(width), questions(count)).await;
        all.unwrap()
    }
}

pub(crate) fn ask() -> Worker<String, String> {
    Worker::new(|word: &String| Brief::new(format!("Say {word}."))).label("Ask")
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
