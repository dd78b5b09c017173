//! The same scripted reviewers on two engines: in memory, and as real programs in real terminals.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use orch_patterns::agent::{Agent, Tool};
use orch_patterns::event::Event;
use orch_patterns::{Artefact, FailClass};
use orch_patterns::{Lens, Limits, Observer, Orchestrator, ReviewFanout, Reviewer, StateDir};
use orch_testkit::memory_engine::{MemoryEngine, Play};
use serde_json::{Value, json};

/// What one scripted reviewer does.
#[derive(Debug, Clone)]
pub(crate) enum Role {
    /// Answers so, at once.
    Says(String),
    /// Fails.
    Fails,
    /// Never answers.
    Silent,
}

/// Where the reviewers play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Memory,
    Terminals,
}

pub(crate) const BOTH: [Stage; 2] = [Stage::Memory, Stage::Terminals];

/// A work tree with one file, a state directory, and an orchestrator on a stage.
pub(crate) struct Theatre {
    pub(crate) orch: Orchestrator,
    pub(crate) pattern: ReviewFanout,
    pub(crate) seen: Seen,
    pub(crate) memory: Option<MemoryEngine>,
    pub(crate) root: tempfile::TempDir,
}

/// What is written to it, kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page(Arc<Mutex<Vec<u8>>>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Page {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Every event, as it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<Event>>>, Arc<tokio::sync::Notify>);

impl Observer for Seen {
    fn on_event(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
        self.1.notify_waiters();
    }
}

impl Seen {
    pub(crate) fn all(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    /// Waits until the events so far satisfy `enough`.
    pub(crate) async fn until(&self, enough: impl Fn(&[Event]) -> bool) {
        loop {
            let more = self.1.notified();
            tokio::pin!(more);
            more.as_mut().enable();
            if enough(&self.0.lock().unwrap()) {
                return;
            }
            more.await;
        }
    }
}

impl Theatre {
    /// Reviewers by name, each an agent of that name.
    pub(crate) fn new(stage: Stage, cast: &[(&str, Role)], limits: Limits) -> Self {
        let agents = cast.iter().map(|(name, role)| tool(name, role)).collect();
        Self::with(stage, cast, agents, limits)
    }

    /// Reviewers that are these tools, in terminals.
    pub(crate) fn of_tools(tools: Vec<Tool>, limits: Limits) -> Self {
        let names: Vec<String> = tools.iter().map(|tool| tool.name().to_owned()).collect();
        let cast: Vec<(&str, Role)> = names.iter().map(|name| (name.as_str(), Role::Silent)).collect();
        Self::with(Stage::Terminals, &cast, tools, limits)
    }

    fn with(stage: Stage, cast: &[(&str, Role)], agents: Vec<Tool>, limits: Limits) -> Self {
        let root = tempfile::tempdir().unwrap();
        let tree = root.path().join("tree");
        std::fs::create_dir(&tree).unwrap();
        std::fs::write(tree.join("a.rs"), "fn main() {}\n").unwrap();
        let seen = Seen::default();
        let mut builder = Orchestrator::builder(&tree)
            .state_dir(StateDir::at(root.path().join("state")))
            .limits(limits)
            .max_parallel(8)
            .observe(seen.clone());
        for agent in agents {
            builder = builder.agent(agent);
        }
        let mut memory = None;
        if stage == Stage::Memory {
            let cast: Vec<(String, Role)> = cast
                .iter()
                .map(|(name, role)| ((*name).to_owned(), role.clone()))
                .collect();
            let engine = MemoryEngine::new(move |job| {
                let role = cast
                    .iter()
                    .find(|(name, _)| *name == job.agent)
                    .map(|(_, role)| role.clone());
                match role.unwrap_or(Role::Silent) {
                    Role::Says(text) => Play::answer(text),
                    Role::Fails => Play::fail(FailClass::Crashed, "exit code 3"),
                    Role::Silent => Play::silence(),
                }
            });
            memory = Some(engine.clone());
            builder = builder.engine(engine);
        }
        let reviewers = cast
            .iter()
            .map(|(name, _)| Reviewer::new(Lens::custom(*name, "whatever is scripted")).agent(*name));
        Self {
            orch: builder.build().unwrap(),
            pattern: ReviewFanout::new(reviewers),
            seen,
            memory,
            root,
        }
    }

    pub(crate) fn artefact() -> Artefact {
        Artefact::paths(["a.rs"])
    }
}

fn tool(name: &str, role: &Role) -> Tool {
    let script = match role {
        Role::Says(text) => format!("cat <<'END_OF_ANSWER'\n{text}\nEND_OF_ANSWER\n"),
        Role::Fails => "echo 'it broke' >&2; exit 3".to_owned(),
        Role::Silent => "exec sleep 3600".to_owned(),
    };
    Tool::new(name, "/bin/sh").args(["-c", &script])
}

/// One finding at a line of `a.rs`.
pub(crate) fn finding(line: u32, severity: &str, claim: &str) -> Value {
    json!({
        "path": "a.rs", "line": line, "severity": severity, "claim": claim, "evidence": "seen",
        "recommendation": "mend it", "lens": "x", "confidence": 0.9,
    })
}

/// A reviewer's whole answer.
pub(crate) fn answer(findings: &[Value]) -> Role {
    Role::Says(json!({ "findings": findings }).to_string())
}
