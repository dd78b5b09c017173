//! The reader that verifies where the program brings none of its own.

use async_trait::async_trait;
use orch_core::{Cx, Limits, Needs, Pattern, Result, Retry, Worker};
use orch_prompts::{Brief, verifier_of};

use super::Examination;
use crate::deliverable::Verification;
use crate::staff::Staff;

/// A reader that looks, at the desk, whether what was asked for is so. It runs nothing that writes, and a change of its
/// own is a scope violation. From [`Verifier::reader`](super::Verifier::reader).
#[derive(Debug, Clone, Default)]
#[must_use = "a reader does nothing until a pattern verifies with it"]
pub struct VerifyingReader {
    staff: Staff,
}

impl VerifyingReader {
    /// Chooses the agent by name. Another agent than the implementer's does not share its blind spots.
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.staff.agent = Some(name.into());
        self
    }

    /// Chooses the model, in the agent's own words.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.staff.model = Some(model.into());
        self
    }

    /// Sets its own limits; they hold for each round.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.staff.limits = Some(limits);
        self
    }

    /// Names its role; `Verify` unless set. It is part of its step keys.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.staff.label = Some(label.into());
        self
    }

    /// Says when it is tried again after a failure.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.staff.retry = Some(retry);
        self
    }

    /// The worker that it is.
    pub fn worker(&self) -> Worker<Examination, Verification> {
        self.staff.hire(Worker::new(brief_for), "Verify")
    }
}

#[async_trait]
impl Pattern for VerifyingReader {
    type In = Examination;
    type Out = Verification;

    async fn run(&self, cx: &Cx, examination: Examination) -> Result<Verification> {
        self.worker().run(cx, examination).await
    }

    fn needs(&self, needs: &mut Needs) {
        needs.worker(&self.worker());
    }
}

fn brief_for(examination: &Examination) -> Brief {
    let (holds, check) = (&examination.holds, examination.check.as_deref());
    let mut brief = verifier_of(holds, examination.materials(), check);
    if let Some(artefact) = &examination.artefact {
        brief = brief.artefact(artefact.clone());
    }
    if !examination.evidence.is_empty() {
        brief = brief.instruct(
            "The materials that CONTEXT lists as run by the orchestrator are checks that ended well. What they show was \
             observed; look for what they do not show.",
        );
    }
    brief
}
