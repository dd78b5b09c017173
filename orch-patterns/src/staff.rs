//! Who does a worker's work, as the program said: label, agent, model, limits, retries. Not what the work is.

use orch_core::{Limits, Needs, Retry, Worker};
use orch_prompts::Brief;

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
    /// The worker, done by them; `role` is its label unless they have one.
    pub(crate) fn hire<I, T>(&self, worker: Worker<I, T>, role: impl Into<String>) -> Worker<I, T> {
        let mut worker = match &self.label {
            Some(label) => worker.label(label),
            None => worker.label(role),
        };
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

    /// Says whom they name, as `role` unless they have a label.
    pub(crate) fn needs(&self, role: &str, needs: &mut Needs) {
        needs.worker(&self.hire(Worker::<(), String>::new(|(): &()| Brief::new("")), role));
    }

    /// The same, and `others` where nothing was said.
    pub(crate) fn or(&self, others: &Self) -> Self {
        Self {
            label: self.label.clone().or_else(|| others.label.clone()),
            agent: self.agent.clone().or_else(|| others.agent.clone()),
            model: self.model.clone().or_else(|| others.model.clone()),
            limits: self.limits.or(others.limits),
            retry: self.retry.or(others.retry),
        }
    }
}
