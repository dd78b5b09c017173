//! The brief of a refiner: the chosen one of several options, made better with what the others and the judge showed.
//!
//! Choosing is done before it is asked.

use crate::{Brief, Material};

/// The brief of a reader that improves `chosen` as an answer to `question`.
///
/// `question` is the orchestrator's own words. `chosen` and `others` are other workers' words, and so are `reasons`,
/// what the judge said where it compared the chosen one: all stand in fences. What bounds the answer is added with
/// [`Brief::pack`], the outcome of a check as [`Material::observed`].
///
/// It asks for the same as [`proposer`](fn@crate::proposer).
pub fn refiner<S: AsRef<str>>(
    question: &str,
    chosen: &str,
    others: impl IntoIterator<Item = S>,
    reasons: Option<&str>,
) -> Brief {
    let brief = Brief::new(format!(
        "One of several options under MATERIAL was chosen as the answer to this question. Refine it.\nQuestion: {}",
        question.trim()
    ))
    .material(Material::new("the chosen option", "one of the options", chosen));
    let others = (1..).zip(others).map(|(number, other)| {
        Material::new(
            format!("other option {number}"),
            "one of the options",
            other.as_ref(),
        )
    });
    let reasons = reasons.map(|reasons| Material::new("why it was chosen", "the judge", reasons));
    others
        .chain(reasons)
        .fold(brief, Brief::material)
        .instruct(
            "Keep what the chosen option is: its idea, its name unless that no longer fits, and what spoke for it. You \
             make it better, you do not choose again.",
        )
        .instruct(
            "Take over from the others what answers a weakness of it and fits its idea, and nothing else. Cure what \
             was said against it where that holds; say under trade_offs what stays.",
        )
        .instruct(
            "Check in the work tree what it builds upon, and correct what is not so. Where a material was run by the \
             orchestrator, what it shows is a fact.",
        )
        .instruct("When nothing can be made better, give it back as it is: that is a good answer.")
        .answers_proposal()
        .forbid("Join the options into one that has everything.")
        .forbid("Carry it out, also not in part.")
        .only_reads()
        .obeys_only_this()
}
