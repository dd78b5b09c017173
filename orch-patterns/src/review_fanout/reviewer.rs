//! One reviewer: a lens, and who looks through it.

use orch_core::{Limits, Snapshot, Worker};
use orch_prompts::{Artefact, Lens, Material, reviewer as reviewer_brief};

use crate::finding::Findings;
use crate::staff::Staff;

/// A reviewer of a [`ReviewFanout`](crate::ReviewFanout). A [`Lens`] is one by itself.
#[derive(Debug, Clone)]
#[must_use = "a reviewer does nothing until a review fan-out runs it"]
pub struct Reviewer {
    lens: Lens,
    staff: Staff,
}

impl Reviewer {
    /// A reviewer that looks through `lens`, done by the orchestrator's first agent.
    pub fn new(lens: Lens) -> Self {
        Self {
            lens,
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

    /// Sets the reviewer's own limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.staff.limits = Some(limits);
        self
    }

    /// The lens's name.
    pub fn name(&self) -> &str {
        self.lens.name()
    }

    /// The worker that does it.
    pub(super) fn worker(&self) -> Worker<Snapshot, Findings> {
        let lens = self.lens.clone();
        let worker = Worker::new(move |snapshot: &Snapshot| brief_for(&lens, snapshot));
        self.staff.hire(worker, format!("Review {}", self.lens.name()))
    }
}

fn brief_for(lens: &Lens, snapshot: &Snapshot) -> orch_prompts::Brief {
    let brief = reviewer_brief(lens, &snapshot.artefact);
    match (&snapshot.artefact, &snapshot.diff) {
        (Artefact::Diff { base }, Some(diff)) => brief.material(Material::new(
            format!("diff against {base}"),
            "git diff, run by the orchestrator",
            diff,
        )),
        _ => brief,
    }
}

impl From<Lens> for Reviewer {
    fn from(lens: Lens) -> Self {
        Self::new(lens)
    }
}
