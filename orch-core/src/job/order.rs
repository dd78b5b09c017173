//! A worker's work as data: what an engine gets.

use std::fmt;
use std::path::PathBuf;

use orch_prompts::Scope;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::RunId;
use crate::limits::{Limits, Lineage};
use crate::step_key::StepKey;

/// One job: serialisable and untyped, so that it can travel to another machine.
///
/// It names a registered agent and never a command line: what is run is decided where it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Job {
    /// The job's identity; submitting it again attaches to the first submission.
    pub id: JobId,
    /// What a person calls it: `W3 Review security`.
    pub label: String,
    /// The registered agent's name.
    pub agent: String,
    /// The model, in the agent's own words; none leaves it to the agent's configuration.
    pub model: Option<String>,
    /// The whole prompt, rendered and fenced.
    pub prompt: String,
    /// What the worker may touch.
    pub scope: Scope,
    /// Whether the worker may search the web.
    #[serde(default)]
    pub web: bool,
    /// Deadlines and bounds.
    pub limits: Limits,
    /// The work tree in which the worker stands.
    pub work_tree: PathBuf,
    /// The schema of the deliverable, in the strict subset; none for free text.
    pub schema: Option<Value>,
    /// Where the worker stands below the program that a person started: told in its environment.
    #[serde(default)]
    pub lineage: Lineage,
}

/// A job's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JobId {
    /// The run that the job belongs to.
    pub run: RunId,
    /// What is asked, of what.
    pub step: StepKey,
    /// 0 for the first try, one more for each retry.
    pub attempt: u32,
}

impl Job {
    /// A job for `agent`, standing in `work_tree`, read-only and with default limits.
    pub fn new(
        id: JobId,
        label: impl Into<String>,
        agent: impl Into<String>,
        work_tree: impl Into<PathBuf>,
        prompt: impl Into<String>,
    ) -> Self {
        Self {
            id,
            label: label.into(),
            agent: agent.into(),
            model: None,
            prompt: prompt.into(),
            scope: Scope::ReadOnly,
            web: false,
            limits: Limits::default(),
            work_tree: work_tree.into(),
            schema: None,
            lineage: Lineage::default(),
        }
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.step.short(), self.attempt)
    }
}
