//! Who does a worker's work, where the program says so: agent, model, limits, retries. Not what the work is.

use orch_core::{Deliverable, Limits, Retry, Worker};

/// What a builder was told about who does it; what is not said is the orchestrator's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Staff {
    pub(crate) label: Option<String>,
    pub(crate) agent: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) limits: Option<Limits>,
    pub(crate) retry: Option<Retry>,
}

impl Staff {
    /// The worker, done by them.
    pub(crate) fn hire<I, T: Deliverable>(&self, worker: Worker<I, T>, role: &str) -> Worker<I, T> {
        let mut worker = worker.label(self.label.as_deref().unwrap_or(role));
        if let Some(agent) = &self.agent {
            worker = worker.agent(agent);
        }
        if let Some(model) = &self.model {
            worker = worker.model(model);
        }
        if let Some(limits) = self.limits {
            worker = worker.limits(limits);
        }
        if let Some(retry) = self.retry {
            worker = worker.retry(retry);
        }
        worker
    }
}
