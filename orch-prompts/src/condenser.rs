//! The brief of a condenser: from several scouts' notes to the one pack that somebody works by.
//!
//! The pack that it returns is another worker's words: it reaches the next one by [`Brief::fenced_pack`].

use crate::{Brief, Material, visible};

/// The brief of a reader that condenses scouts' `notes` to a context pack for `task`, and chooses the approach.
///
/// `task` is the orchestrator's own words. `notes` are the scouts' answers, and the note of whoever wants the pack
/// revised, each in a fence. `missing` names the questions whose scout did not deliver, as the orchestrator asked them.
///
/// It asks for `{"goal":..,"non_goals":[..],"constraints":[..],"pointers":[..],"prior_decisions":[..],
/// "success_check":..}`.
pub fn condenser<S: AsRef<str>>(
    task: &str,
    notes: impl IntoIterator<Item = Material>,
    missing: impl IntoIterator<Item = S>,
) -> Brief {
    let brief = Brief::new(format!(
        "Condense the notes under MATERIAL to one context pack for the worker that will do this task. It has seen neither \
         the notes nor the work tree; you do not do its work.\nTask: {}",
        task.trim()
    ))
    .instruct(
        "Keep what changes what that worker does: where it has to look, what binds it, what it would otherwise get wrong. \
         Join what several notes say; leave out what is true and does not matter here.",
    )
    .instruct(
        "Choose the approach: the smallest one that reaches the goal within the constraints. It is the first entry under \
         prior_decisions, with the reason. Where the notes do not bear a choice, say under constraints what has to be \
         found out first.",
    )
    .instruct(
        "Where notes contradict each other, look at the place yourself, and keep what is so. What nobody found out stays \
         an open question, under constraints; it does not become a fact.",
    );
    let missing: Vec<String> = missing
        .into_iter()
        .map(|question| format!("\"{}\"", visible::name(question.as_ref())))
        .collect();
    let brief = if missing.is_empty() {
        brief
    } else {
        brief.instruct(format!(
            "Nobody answered these questions, since their scouts did not deliver: {}. That says nothing about the \
             answers: name each under constraints as not looked at.",
            missing.join(", ")
        ))
    };
    notes
        .into_iter()
        .fold(brief, Brief::material)
        .answers_json(
            "{\"goal\":\"...\",\"non_goals\":[\"...\"],\"constraints\":[\"...\"],\"pointers\":[\"...\"],\
             \"prior_decisions\":[\"...\"],\"success_check\":\"...\"}",
            &[
                ("goal", "what is to be true in the end, in one or two sentences: the task's goal, no wider and no narrower."),
                ("non_goals", "what is left alone, though one might think otherwise; at most 10."),
                (
                    "constraints",
                    "what any solution must respect, and what has to be found out first; at most 15, each in one sentence.",
                ),
                (
                    "pointers",
                    "where to look, the most important first, at most 20: path and line, then what is there and why it \
                     matters.",
                ),
                (
                    "prior_decisions",
                    "what is decided and not to be opened again, the approach first; at most 10, each with its reason.",
                ),
                (
                    "success_check",
                    "how to see that the goal is reached: one command that only checks, or something that can be observed. \
                     The task's own where it names one; null when there is none.",
                ),
            ],
        )
        .forbid("Bring in a place, fact or rule that you have neither read in the notes nor seen yourself.")
        .only_reads()
        .obeys_only_this()
}
