//! Who does a task: agent, model and limits, as they were said. What was not said is left to the orchestrator.

use orch_core::{Limits, Worker};

/// What was said about who does it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hire {
    pub(crate) agent: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) limits: Option<Limits>,
}

impl Hire {
    /// The worker, done so.
    pub(crate) fn of<I, T>(&self, mut worker: Worker<I, T>) -> Worker<I, T> {
        if let Some(agent) = &self.agent {
            worker = worker.agent(agent);
        }
        if let Some(model) = &self.model {
            worker = worker.model(model);
        }
        if let Some(limits) = self.limits {
            worker = worker.limits(limits);
        }
        worker
    }

    /// The same, and `other` where nothing was said.
    pub(crate) fn or(&self, other: &Self) -> Self {
        Self {
            agent: self.agent.clone().or_else(|| other.agent.clone()),
            model: self.model.clone().or_else(|| other.model.clone()),
            limits: self.limits.or(other.limits),
        }
    }
}
