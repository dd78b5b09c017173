//! One proposer: a stance, and who takes it.

use orch_core::{Limits, Worker};
use orch_prompts::{Stance, proposer};

use super::Question;
use crate::deliverable::Proposal;
use crate::staff::Staff;

/// A proposer of an [`OptionsSelection`](crate::OptionsSelection). A [`Stance`] is one by itself.
#[derive(Debug, Clone)]
#[must_use = "a proposer does nothing until an options selection runs it"]
pub struct Proposer {
    name: String,
    stance: Stance,
    staff: Staff,
}

impl Proposer {
    /// A proposer who answers from `stance`, and is called by its name.
    pub fn new(stance: Stance) -> Self {
        Self {
            name: stance.name().to_owned(),
            stance,
            staff: Staff::default(),
        }
    }

    /// Sets what to call it: needed where two have the same stance, done by different agents.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
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

    /// Sets the proposer's own limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.staff.limits = Some(limits);
        self
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it stands among equals: the stances in their own order, then by name. Not where it stands in the list.
    pub(super) fn place(&self) -> (usize, String) {
        let known = Stance::ALL.iter().position(|stance| *stance == self.stance);
        (known.unwrap_or(Stance::ALL.len()), self.name.clone())
    }

    /// The worker that does it, `others` where nothing was said: number `index` of `of`.
    pub(super) fn worker(&self, index: usize, of: usize, others: &Staff) -> Worker<Question, Proposal> {
        let stance = self.stance.clone();
        let brief = move |question: &Question| question.told(proposer(&question.text, &stance, index, of));
        let label = format!("Propose {}", orch_core::plain::line(&self.name, 60));
        self.staff.or(others).hire(Worker::new(brief), label)
    }
}

impl From<Stance> for Proposer {
    fn from(stance: Stance) -> Self {
        Self::new(stance)
    }
}
