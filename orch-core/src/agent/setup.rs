//! What a program says about an agent when it registers it: which binary, which model, which variables, how much of
//! the user's own settings.

use std::path::PathBuf;

use super::{Launch, Probe, Program};
use crate::job::Job;

/// The choices that the agents have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Setup {
    pub(super) binary: Option<PathBuf>,
    pub(super) model: Option<String>,
    pub(super) set_env: Vec<(String, String)>,
    pub(super) hermetic: bool,
}

impl Setup {
    /// The binary that was chosen, or the one that `variable` names, or `name` in `PATH`.
    pub(super) fn program(&self, name: &str, variable: &'static str) -> Program {
        match &self.binary {
            Some(path) => Program::named(path),
            None => Program::named(name).or_variable(variable),
        }
    }

    /// The job's model, or else the agent's.
    pub(super) fn model<'a>(&'a self, job: &'a Job) -> Option<&'a str> {
        job.model.as_deref().or(self.model.as_deref())
    }

    /// Declares the environment: what is let through, what the adapter sets, and what the program's author sets, who
    /// has the last word.
    pub(super) fn declare(&self, launch: &mut Launch, passed: &[&str], set: &[(&str, &str)]) {
        launch.pass_env.extend(passed.iter().copied().map(str::to_owned));
        let ours = set.iter().map(|&(key, value)| (key.to_owned(), value.to_owned()));
        launch.set_env.extend(ours);
        launch.set_env.extend_from_slice(&self.set_env);
    }

    /// Gives a probe the environment that a worker has.
    pub(super) fn probe(&self, probe: Probe, passed: &[&str], set: &[(&str, &str)]) -> Probe {
        let mut launch = Launch::default();
        self.declare(&mut launch, passed, set);
        probe.pass_env(launch.pass_env).set_env(&launch.set_env)
    }
}

/// What the tests of the agents share.
#[cfg(test)]
pub(super) mod trial {
    use std::ffi::OsStr;

    use orch_prompts::Scope;

    use crate::agent::{Agent, Turn, WorkerDirs, launch};
    use crate::ids::RunId;
    use crate::job::{Job, JobId};

    /// A job of the agent `name` with a schema.
    pub(crate) fn job(name: &str, scope: Scope) -> Job {
        let step = serde_json::from_value(serde_json::json!("0".repeat(64))).expect("a step key");
        let id = JobId {
            run: RunId::fresh(),
            step,
            attempt: 0,
        };
        let mut job = Job::new(id, "W1 Review", name, "/tree", "the prompt");
        job.scope = scope;
        job.schema = Some(serde_json::json!({"type": "object"}));
        job
    }

    /// The arguments of a turn, with spaces between.
    pub(crate) fn arguments(agent: &dyn Agent, job: &Job, turn: &Turn) -> String {
        let dirs = WorkerDirs::new("/tree", "/private");
        let launch = launch(agent, job, &dirs, turn).expect("a launch");
        let line = launch.arguments.join(OsStr::new(" "));
        line.into_string().expect("text")
    }
}
