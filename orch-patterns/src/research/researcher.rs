//! One researcher: an angle, and who looks from it.

use orch_core::{Limits, Worker};
use orch_prompts::{researcher, researcher_of_files};

use super::Topic;
use crate::deliverable::ResearchNotes;
use crate::staff::Staff;

/// A researcher of a [`Research`](crate::Research). A string is one by itself: its angle.
#[derive(Debug, Clone)]
#[must_use = "a researcher does nothing until a research runs it"]
pub struct Researcher {
    angle: String,
    staff: Staff,
}

impl Researcher {
    /// A researcher who looks from `angle`, the orchestrator's own words.
    pub fn new(angle: impl Into<String>) -> Self {
        Self {
            angle: angle.into(),
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

    /// Sets the researcher's own limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.staff.limits = Some(limits);
        self
    }

    /// The angle.
    pub fn angle(&self) -> &str {
        &self.angle
    }

    /// The worker that does it, `others` where nothing was said.
    pub(super) fn worker(&self, web: bool, others: &Staff) -> Worker<Topic, ResearchNotes> {
        let angle = self.angle.clone();
        let worker = Worker::new(move |topic: &Topic| {
            let brief = if web { researcher } else { researcher_of_files };
            topic.told(brief(&angle, &topic.question))
        });
        let label = format!("Research {}", orch_core::plain::line(&self.angle, 60));
        self.staff.or(others).hire(worker, label)
    }
}

impl<S: Into<String>> From<S> for Researcher {
    fn from(angle: S) -> Self {
        Self::new(angle)
    }
}
