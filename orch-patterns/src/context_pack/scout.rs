//! One scout: a question, and who looks for the answer.

use orch_core::{Limits, Worker, plain};
use orch_prompts::scout as scout_brief;

use super::Task;
use crate::deliverable::ContextNotes;
use crate::staff::Staff;

/// How many characters of its question are in its label.
const LABEL: usize = 40;

/// A scout of a [`ContextPack`](crate::ContextPack): it reads and changes nothing. A question is one by itself.
#[derive(Debug, Clone)]
#[must_use = "a scout does nothing until a context pack sends it"]
pub struct Scout {
    question: String,
    staff: Staff,
}

impl Scout {
    /// A scout that looks for what `question` asks, done by the orchestrator's first agent.
    pub fn new(question: impl Into<String>) -> Self {
        Self {
            question: question.into(),
            staff: Staff::default(),
        }
    }

    /// Chooses the agent by name.
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.staff.agent = Some(name.into());
        self
    }

    /// Chooses the model, in the agent's own words.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.staff.model = Some(model.into());
        self
    }

    /// Sets the scout's own limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.staff.limits = Some(limits);
        self
    }

    /// What it is asked.
    pub fn question(&self) -> &str {
        &self.question
    }

    /// Its name on step keys and in what is missing: the question on one line, cut where it is very long.
    pub(super) fn name(&self) -> String {
        plain::line(self.question.trim(), 200)
    }

    /// What it is called in progress: several run at once, and each has another question.
    fn label(&self) -> String {
        format!("Scout: {}", plain::line(self.question.trim(), LABEL))
    }

    /// The worker that does it.
    pub(super) fn worker(&self) -> Worker<Task, ContextNotes> {
        let question = self.question.trim().to_owned();
        let worker = Worker::new(move |task: &Task| {
            let asked = format!(
                "Question: {question}\nThe work that it is for: {}",
                task.goal().trim()
            );
            let brief = scout_brief(&asked);
            match &task.about {
                Some(artefact) => brief.artefact(artefact.clone()),
                None => brief,
            }
        });
        self.staff.hire(worker, self.label())
    }
}

impl From<&str> for Scout {
    fn from(question: &str) -> Self {
        Self::new(question)
    }
}

impl From<String> for Scout {
    fn from(question: String) -> Self {
        Self::new(question)
    }
}
