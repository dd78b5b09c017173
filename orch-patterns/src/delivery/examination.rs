//! What a reader that verifies is asked.

use orch_core::Evidence;
use orch_prompts::{Artefact, Material};

use crate::deliverable::Fix;

/// What is to be verified, where it is [shown](orch_core::Desk::show): the input of a [`Verifier`](super::Verifier)'s reader.
///
/// `holds` and `check` are the orchestrator's words. The rest was said or written by workers, and goes into a brief as
/// [`Material`] only; the evidence is what the orchestrator ran itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Examination {
    /// What has to be true.
    pub holds: String,
    /// How to see it, where the orchestrator said so.
    pub check: Option<String>,
    /// What was looked at, where that is the ground of the work.
    pub artefact: Option<Artefact>,
    /// What others said that the work was done by: findings, a condensed pack.
    pub claims: Vec<Material>,
    /// What the writer says it did.
    pub fix: Fix,
    /// What really changed, as a diff; it is cut where it is very long. The step key does not depend on it alone: the whole
    /// patch is in the base of the handle that a reader is asked through.
    pub diff: String,
    /// The checks that were run, all of them confirmed.
    pub evidence: Vec<Evidence>,
    /// The round, 1 for the first.
    pub round: usize,
}

impl Examination {
    /// Everything in it that is data, for a brief: the claims, what the writer says, what really changed, and the checks'
    /// outputs as observed by the orchestrator.
    pub fn materials(&self) -> Vec<Material> {
        let mut materials = self.claims.clone();
        materials.push(Material::new(
            "what the implementer says it did",
            "the implementer",
            self.fix.to_string(),
        ));
        let diff = if self.diff.is_empty() {
            "Nothing was changed."
        } else {
            &self.diff
        };
        materials.push(Material::new(
            "what was changed",
            "the files of the implementer, compared",
            diff,
        ));
        materials.extend(self.evidence.iter().map(observed));
        materials
    }
}

fn observed(evidence: &Evidence) -> Material {
    Material::observed(
        format!("output of {}", evidence.command),
        format!("{}\n{}", evidence.ended, evidence.output),
    )
}
