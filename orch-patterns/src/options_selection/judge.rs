//! Who compares two options: a worker, or nobody. That it is asked in both orders is the pattern's business.

use async_trait::async_trait;
use orch_core::{Cx, Pattern, Result, Worker};
use orch_prompts::Brief;

use super::Pairing;
use crate::deliverable::{Choice, Winner};

/// A worker that compares two options: what an [`OptionsSelection`](crate::OptionsSelection) uses unless told otherwise.
/// Its agent, model and limits can be chosen.
///
/// ```
/// use orch_patterns::OptionsSelection;
/// use orch_patterns::options_selection::judge;
///
/// let selection = OptionsSelection::new(3).judge(judge().agent("claude"));
/// ```
pub fn judge() -> Worker<Pairing, Choice> {
    Worker::new(brief_for).label("Judge")
}

fn brief_for(pairing: &Pairing) -> Brief {
    let question = &pairing.question;
    let criteria: Vec<&str> = question.criteria.iter().map(String::as_str).collect();
    let [first, second] = [&pairing.first, &pairing.second].map(|candidate| candidate.proposal.to_string());
    let brief = orch_prompts::judge(&question.text, &criteria, &first, &second);
    let brief = pairing.first.observed("the first option", brief);
    let brief = pairing.second.observed("the second option", brief);
    question.told(brief)
}

/// No judge: every pair is a tie, so that checks decide, and the order of the stances where they do not. Offline.
#[derive(Debug, Clone, Copy, Default)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct EvidenceAlone;

#[async_trait]
impl Pattern for EvidenceAlone {
    type In = Pairing;
    type Out = Choice;

    async fn run(&self, _cx: &Cx, _pairing: Pairing) -> Result<Choice> {
        Ok(Choice {
            winner: Winner::Tie,
            reasons: vec!["checks alone decide".to_owned()],
        })
    }
}
