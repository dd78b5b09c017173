//! What is to be done and what has to be true afterwards: the same for all rounds, but for the complaint.
//!
//! It keeps the orchestrator's own words apart from what others said, and makes no brief.

use orch_core::Verdict;
use orch_prompts::{Artefact, Material, Pack};

/// What an implementer is asked for, and what its verifier will look for.
///
/// `task`, `holds`, `check` and `own` are the orchestrator's words and become instructions. Findings, a condensed pack and
/// the complaint are other workers' words and stay inside a fence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assignment {
    /// What is to be done.
    pub task: String,
    /// What has to be true afterwards.
    pub holds: String,
    /// How to see it, where somebody said so: a command or something that can be observed.
    pub check: Option<String>,
    /// What the orchestrator itself has to say about it, beside the task.
    pub own: Pack,
    /// What was looked at, where that is the ground of the work.
    pub artefact: Option<Artefact>,
    /// Findings that are to be cured. With them the implementer is told to cure findings, and `task` is not said.
    pub findings: Option<Material>,
    /// A pack that another worker condensed, or that was put together from what others said, and who did that.
    pub pack: Option<(Pack, String)>,
    /// What was still wrong after the round before; none in the first.
    pub complaint: Option<Material>,
}

impl Assignment {
    /// A task, in the orchestrator's own words. Unless more is said, what has to hold is that it is done.
    pub fn new(task: impl Into<String>) -> Self {
        let task = task.into();
        Self {
            holds: format!("This is done, whole and as it was asked for:\n{}", task.trim()),
            task,
            check: None,
            own: Pack::default(),
            artefact: None,
            findings: None,
            pack: None,
            complaint: None,
        }
    }

    /// Findings that are to be cured: other workers' words.
    pub fn of_findings(findings: Material) -> Self {
        let holds = "None of the defects that the findings under MATERIAL describe is there any more, and what was \
                     changed for them breaks nothing that was right before. A finding that never held is no defect.";
        Self {
            findings: Some(findings),
            ..Self::new("Cure the defects that the findings describe.").holds(holds)
        }
    }

    /// Says what has to be true afterwards.
    pub fn holds(mut self, holds: impl Into<String>) -> Self {
        self.holds = holds.into();
        self
    }

    /// Says how to see it. These are the orchestrator's words: a reader may run the command.
    pub fn check(mut self, check: impl Into<String>) -> Self {
        self.check = Some(check.into());
        self
    }

    /// Adds what the orchestrator itself has to say: constraints, non-goals, decisions.
    pub fn own(mut self, own: Pack) -> Self {
        self.own = own;
        self
    }

    /// Says what was looked at.
    pub fn artefact(mut self, artefact: Artefact) -> Self {
        self.artefact = Some(artefact);
        self
    }

    /// Gives it a pack that is not the orchestrator's own words; `provenance` says who made it.
    pub fn fenced_pack(mut self, pack: Pack, provenance: impl Into<String>) -> Self {
        self.pack = Some((pack, provenance.into()));
        self
    }

    /// The same work, in the round after the one that left this complaint.
    pub(super) fn again(&self, complaint: Material) -> Self {
        Self {
            complaint: Some(complaint),
            ..self.clone()
        }
    }

    /// What others said that has to be looked into: for whoever verifies.
    pub(super) fn claims(&self) -> Vec<Material> {
        let pack = self.pack.as_ref();
        let pack = pack.map(|(pack, provenance)| pack.to_material(provenance));
        self.findings.iter().cloned().chain(pack).collect()
    }
}

/// The verdict of several verdicts that all have to hold: one refutation refutes, one gap leaves it open.
pub(super) fn all_of(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    // The order of the type is the order of their strength against a claim.
    verdicts.into_iter().min().unwrap_or_default()
}
