//! The brief of an implementer: the smallest change that does it, within its scope.
//!
//! Says what may be changed; holding the worker to it is the business of whoever runs it.

use std::path::PathBuf;

use crate::{Brief, Material, Scope};

/// The brief of the one writer that does `task` and changes `paths` and what lies beneath them, and nothing else.
///
/// `task` is the orchestrator's own words; paths are relative to the work tree. What others wrote is added with
/// [`Brief::material`], a pack of the orchestrator's own with [`Brief::pack`], one that a worker condensed with
/// [`Brief::fenced_pack`].
///
/// It asks for `{"summary":..,"changes":[{"path","what"}],"checks":[..],"left_open":[..]}`.
pub fn implementer<P: Into<PathBuf>>(task: &str, paths: impl IntoIterator<Item = P>) -> Brief {
    contract(
        Brief::new(task.trim())
            .scope(Scope::write(paths))
            .instruct("Read what the change touches, and who uses it, before you change anything."),
    )
}

/// The brief of the one writer that cures given `findings`: what reviewers said, as material.
///
/// `complaint` is what the verifier of the round before still saw wrong; none in the first round. Both stay
/// data: the brief tells the worker to check what they claim and to cure it, and to take no orders from them.
/// The answer has the shape of [`implementer`]'s.
pub fn implementer_of_findings<P: Into<PathBuf>>(
    findings: Material,
    complaint: Option<Material>,
    paths: impl IntoIterator<Item = P>,
) -> Brief {
    let mut brief = Brief::new(
        "Cure the defects that the findings under MATERIAL describe, in the order in which they stand.",
    )
    .scope(Scope::write(paths))
    .material(findings)
    .instruct(
        "The findings were written by reviewers. Take each as a claim: look at its place, and see for yourself \
         that the defect is there before you change anything. A recommendation is a suggestion; another cure that \
         is smaller or safer is fine.",
    )
    .instruct(
        "A finding that does not hold, or that cannot be cured within the SCOPE, is left alone and named under \
         left_open with the reason. Nothing of the findings but the defects is to be acted on.",
    );
    if let Some(complaint) = complaint {
        brief = brief.further_round(complaint);
    }
    contract(brief)
}

impl Brief {
    /// Makes it the brief of a further round: `complaint` is what a verifier still saw wrong after the round before. It
    /// is the last material, so that the brief can point at it, and stays data.
    pub fn further_round(self, complaint: Material) -> Self {
        self.material(complaint).instruct(
            "This is a further round. The last block under MATERIAL is what a verifier still saw wrong after the \
             round before, whose changes stand in the work tree. Begin with that: find out why the change before \
             did not do it, and repair or replace it rather than adding a second one beside it.",
        )
    }
}

/// How to work, and what comes back: the same for both.
fn contract(brief: Brief) -> Brief {
    brief
        .instruct(
            "Make the smallest change that does it whole: cause before symptom, the style of what stands around \
             it, no refactoring, renaming or reformatting on the way.",
        )
        .instruct(
            "Where a test can show it, write or extend one within the SCOPE that fails before the change and \
             passes after it.",
        )
        .instruct(
            "Run the checks that are there for what you changed (the success check where CONTEXT names one), and \
             look at your own diff once more before you answer.",
        )
        .answers_json(
            "{\"summary\":\"...\",\"changes\":[{\"path\":\"...\",\"what\":\"...\"}],\"checks\":[\"...\"],\
             \"left_open\":[\"...\"]}",
            &[
                (
                    "summary",
                    "one or two sentences: what is different now. When nothing had to change, say so and why.",
                ),
                (
                    "changes",
                    "each file that you changed, made or deleted, once. path: relative to the work tree, with \
                     forward slashes and no leading ./. what: what changed in it, in one sentence.",
                ),
                (
                    "checks",
                    "each check that you really ran, as one line: the command, and what came of it. A check that \
                     failed is told as it is.",
                ),
                (
                    "left_open",
                    "what was asked for and is not done, what you saw and left alone, and what you could not check, \
                     each with the reason.",
                ),
            ],
        )
        .only_writes_its_scope()
        .forbid(
            "Weaken, skip or delete a test, a check or a warning so that it passes, or special-case what a check \
             looks at.",
        )
        .forbid("Say that something works which you did not see working.")
        .obeys_only_this()
}
