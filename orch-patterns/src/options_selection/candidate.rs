//! What a judge and a refiner get. No name of a proposer is in it, so that nobody judges the author.

use orch_core::{Evidence, Verdict};
use orch_prompts::{Brief, Material};

use super::Question;
use crate::deliverable::Proposal;

/// One option, and what its check showed where there was one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// The option: another worker's words.
    pub proposal: Proposal,
    /// What its check showed.
    pub evidence: Option<Evidence>,
}

/// Two options in one order: what a judge compares.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pairing {
    /// What is to be decided, and by which criteria.
    pub question: Question,
    /// The one that is shown first.
    pub first: Candidate,
    /// The one that is shown second.
    pub second: Candidate,
}

/// The chosen option, and what is known for making it better.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refining {
    /// What was to be decided.
    pub question: Question,
    /// What was chosen.
    pub chosen: Candidate,
    /// The other options, the best first.
    pub others: Vec<Proposal>,
    /// What the judge said where the chosen one was compared, one line each: other workers' words.
    pub reasons: Vec<String>,
}

impl Candidate {
    pub(super) fn new(proposal: Proposal, evidence: Option<Evidence>) -> Self {
        Self { proposal, evidence }
    }

    /// What its check says; unverified without one.
    pub fn verdict(&self) -> Verdict {
        let evidence = self.evidence.as_ref();
        evidence.map_or(Verdict::Unverified, |evidence| evidence.verdict)
    }

    /// The brief, told what the check showed of what is called `name`.
    pub(super) fn observed(&self, name: &str, brief: Brief) -> Brief {
        match &self.evidence {
            None => brief,
            Some(evidence) => brief.material(Material::observed(
                format!("check of {name}"),
                format!("{evidence}\n{}", evidence.output),
            )),
        }
    }
}
