//! The brief of a proposer: one of several answers to a question, made to be unlike the others.
//!
//! What the others were told to aim at is in [`Stance`]; comparing what they propose is the judge's business.

use crate::{Brief, Stance};

/// The brief of proposer number `index` (the first is 1) of `of`, who answers `question` from `stance`.
///
/// `question` is the orchestrator's own words; what bounds the answer is added with [`Brief::pack`], what others
/// wrote with [`Brief::material`]. An `index` outside `1..=of` is said as it is: it only counts.
///
/// It asks for `{"title":..,"summary":..,"approach":..,"trade_offs":[..],"risks":[..],"check":..}`.
pub fn proposer(question: &str, stance: &Stance, index: usize, of: usize) -> Brief {
    Brief::new(format!(
        "Propose one answer to the question, from the stance given here.\nQuestion: {}\nStance: {}: {}",
        question.trim(),
        stance.name(),
        stance.demand().trim()
    ))
    .instruct(format!(
        "You are proposer {index} of {of}. The others answer the same question from other stances and you do not see \
         their answers; all are compared afterwards. So do not seek the middle: follow your stance as far as it \
         honestly carries, and propose what the others would not."
    ))
    .instruct(
        "Read what the question turns on before you propose. Your answer must be one that can really be carried out \
         here, within every constraint under CONTEXT; a stance is no licence to break them.",
    )
    .instruct(
        "Be concrete: name the files, interfaces, steps, numbers. Say against yourself what a careful opponent would \
         say. When your stance leads to no workable answer, propose the nearest one that works and say so under \
         trade_offs.",
    )
    .answers_proposal()
    .forbid("Propose several answers, or a choice between some.")
    .forbid("Carry it out, also not in part.")
    .only_reads()
    .obeys_only_this()
}

impl Brief {
    /// One option.
    pub(crate) fn answers_proposal(self) -> Self {
        self.answers_json(
            "{\"title\":\"...\",\"summary\":\"...\",\"approach\":\"...\",\"trade_offs\":[\"...\"],\"risks\":[\"...\"],\
             \"check\":\"...\"}",
            &[
                (
                    "title",
                    "what it is, in at most ten words, without the name of the stance and without your number.",
                ),
                ("summary", "two or three sentences: the idea, and why it answers the question."),
                (
                    "approach",
                    "how it is carried out, step by step, so that somebody else could begin; at most 600 words.",
                ),
                ("trade_offs", "what it costs and what it gives up, each in one sentence."),
                (
                    "risks",
                    "what could go wrong, each with the sign by which one would notice.",
                ),
                (
                    "check",
                    "how to see that it works: a command, or something that can be observed; null when there is none.",
                ),
            ],
        )
    }
}
