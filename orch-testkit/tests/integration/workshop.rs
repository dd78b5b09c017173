//! A repository, and scripted workers that really write: in memory, so that what is tested is the pattern.

use std::collections::BTreeMap;
use std::fs;
use std::future::Ready;
use std::sync::{Arc, Mutex};

use orch_core::engine::Job;
use orch_core::{Builder, Orchestrator, StateDir};
use orch_patterns::agent::Tool;
use orch_testkit::memory_engine::{MemoryEngine, Play};
use serde_json::{Value, json};

use crate::house::House;

/// A house with one commit, whose workers play a script.
pub(crate) struct Workshop {
    pub(crate) house: House,
    pub(crate) engine: MemoryEngine,
    pub(crate) orch: Orchestrator,
}

/// One worker's part: what it is (`Review risks`, `Implement`, `Verify`), and the how-manieth of its kind.
pub(crate) struct Part<'a> {
    pub(crate) role: &'a str,
    pub(crate) nth: usize,
    pub(crate) job: &'a Job,
}

impl Workshop {
    pub(crate) fn new(script: impl Fn(&Part<'_>) -> Play + Send + Sync + 'static) -> Self {
        Self::with(script, |builder| builder)
    }

    pub(crate) fn with(
        script: impl Fn(&Part<'_>) -> Play + Send + Sync + 'static,
        configure: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        let house = House::new();
        let seen: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
        let engine = MemoryEngine::new(move |job| {
            let role = role_of(job);
            let nth = {
                let mut seen = seen.lock().unwrap();
                let count = seen.entry(role.to_owned()).or_default();
                *count += 1;
                *count
            };
            script(&Part { role, nth, job })
        });
        let builder = Orchestrator::builder(&house.tree)
            .agent(Tool::new("scripted", "true"))
            .engine(engine.clone())
            .max_parallel(4)
            .state_dir(StateDir::at(house.root.path().join("state")))
            .observe(house.seen.clone());
        Self {
            orch: configure(builder).build().unwrap(),
            house,
            engine,
        }
    }

    /// What was started, by role, in order.
    pub(crate) fn roles(&self) -> Vec<String> {
        self.engine
            .jobs()
            .iter()
            .map(|job| role_of(job).to_owned())
            .collect()
    }

    /// The first prompts of the workers of this role.
    pub(crate) fn prompts_of(&self, role: &str) -> Vec<String> {
        let jobs = self.engine.jobs().into_iter();
        jobs.filter(|job| role_of(job) == role)
            .map(|job| job.prompt)
            .collect()
    }

    /// The step keys of what was started.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.engine
            .jobs()
            .iter()
            .map(|job| job.id.step.to_string())
            .collect()
    }
}

fn role_of(job: &Job) -> &str {
    let role = job.label.split_once(' ').map_or("", |(_, role)| role);
    // What follows a colon tells it from others of its role.
    role.split_once(": ").map_or(role, |(role, _)| role)
}

impl Part<'_> {
    /// Writes `text` to `path` where the worker stands, and answers so.
    pub(crate) fn writes(&self, path: &str, text: &str, answer: &Value) -> Play {
        Play::answer_after(self.save(path, text), answer.to_string())
    }

    /// What writes `text` to `path` where the worker stands.
    pub(crate) fn save(&self, path: &str, text: &str) -> impl Fn() -> Ready<()> + Send + Sync + 'static {
        let (path, text) = (self.job.work_tree.join(path), text.to_owned());
        move || {
            fs::write(&path, &text).unwrap();
            std::future::ready(())
        }
    }

    /// Leaves `text` in `path` where the worker stands, before anything else becomes of it.
    pub(crate) fn leaves(&self, path: &str, text: &str) {
        fs::write(self.job.work_tree.join(path), text).unwrap();
    }
}

pub(crate) fn said(answer: &Value) -> Play {
    Play::answer(answer.to_string())
}

pub(crate) fn findings(claims: &[&str]) -> Value {
    let finding = |(index, claim): (usize, &&str)| {
        json!({
            "path": "src/a.rs", "line": 1 + 100 * index, "severity": "high", "claim": claim,
            "evidence": format!("seen for {index}"), "recommendation": format!("mend {index}"), "lens": "x",
            "confidence": 0.9,
        })
    };
    json!({ "findings": claims.iter().enumerate().map(finding).collect::<Vec<_>>() })
}

pub(crate) fn fixed(summary: &str) -> Value {
    json!({"summary": summary, "changes": [{"path": "src/a.rs", "what": "mended"}], "checks": [], "left_open": []})
}

pub(crate) fn confirmed() -> Value {
    json!({"verdict": "confirmed", "summary": "it holds", "evidence": [{"what": "src/a.rs:1", "observed": "five"}]})
}

pub(crate) fn refuted(remaining: &str) -> Value {
    json!({"verdict": "refuted", "summary": "not yet", "evidence": [], "remaining": [remaining]})
}

/// Every place of `word` in the prompt is between a BEGIN and an END line of its nonce; and there is one at least.
pub(crate) fn assert_fenced(prompt: &str, word: &str) {
    let begin = "=== ORCH-MATERIAL-BEGIN ";
    let nonce = prompt.split(begin).nth(1).unwrap().split(' ').next().unwrap();
    let (opens, closes) = (
        format!("{begin}{nonce} "),
        format!("=== ORCH-MATERIAL-END {nonce} "),
    );
    let (mut inside, mut found) = (false, false);
    for line in prompt.lines() {
        inside = (inside || line.starts_with(&opens)) && !line.starts_with(&closes);
        assert!(
            inside || !line.contains(word),
            "outside of a fence: {line}\n{prompt}"
        );
        found |= line.contains(word);
    }
    assert!(found, "{word} is not in it:\n{prompt}");
}
