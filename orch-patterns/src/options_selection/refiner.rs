//! Who refines the chosen option: a worker, or nobody.

use async_trait::async_trait;
use orch_core::{Cx, Pattern, Result, Worker};
use orch_prompts::Brief;

use super::Refining;
use crate::deliverable::Proposal;

/// A worker that refines the chosen option: what an [`OptionsSelection`](crate::OptionsSelection) uses unless told
/// otherwise. Its agent, model and limits can be chosen.
pub fn refiner() -> Worker<Refining, Proposal> {
    Worker::new(brief_for).label("Refine")
}

fn brief_for(refining: &Refining) -> Brief {
    let question = &refining.question;
    let others = refining.others.iter().map(Proposal::to_string);
    let reasons = refining.reasons.join("\n");
    let reasons = Some(reasons.as_str()).filter(|reasons| !reasons.is_empty());
    let chosen = refining.chosen.proposal.to_string();
    let brief = orch_prompts::refiner(&question.text, &chosen, others, reasons);
    question.told(refining.chosen.observed("the chosen option", brief))
}

/// No refinement: the chosen option stays as it was proposed. Offline.
#[derive(Debug, Clone, Copy, Default)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct AsProposed;

#[async_trait]
impl Pattern for AsProposed {
    type In = Refining;
    type Out = Proposal;

    async fn run(&self, _cx: &Cx, refining: Refining) -> Result<Proposal> {
        Ok(refining.chosen.proposal)
    }
}
