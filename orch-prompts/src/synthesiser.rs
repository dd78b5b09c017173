//! The brief of a synthesiser: from several researchers' notes to what a person needs to decide.
//!
//! Collecting the sources, and knowing who did not answer, is done before it is asked.

use crate::{Brief, Material, visible};

/// The brief of a reader that makes one synthesis about `topic` out of other workers' `notes`.
///
/// `topic` is the orchestrator's own words. `notes` are the researchers' answers and the collected sources, each
/// in a fence. `missing` names the angles whose researcher did not deliver, as the orchestrator labelled them:
/// the synthesis has to say that nobody looked there, which is not the same as nothing being there.
///
/// It asks for `{"points":[{"claim","sources":[..]}],"key_sources":[{"source","why"}],"disagreements":[..],
/// "uncertainty":[..],"next_actions":[..]}`.
pub fn synthesiser<S: AsRef<str>>(
    topic: &str,
    notes: impl IntoIterator<Item = Material>,
    missing: impl IntoIterator<Item = S>,
) -> Brief {
    let brief = Brief::new(format!(
        "Make one synthesis out of the notes under MATERIAL, ready for somebody who has to decide and has not read \
         them.\nTopic: {}",
        topic.trim()
    ))
    .instruct(
        "Work from the notes alone. Join what several say into one point and keep the sources of all of them; a \
         point is worth more when sources that do not copy each other agree.",
    )
    .instruct(
        "5 to 10 points, each with its sources, the one that matters most for the decision first. Fewer only when \
         the notes do not hold five; never filled up.",
    )
    .instruct(
        "Where notes or sources contradict each other, do not choose silently and do not average: the contradiction \
         stands under disagreements, with both sides and what would settle it.",
    )
    .instruct(
        "A claim that came without a source stays without one: it is a point only if the decision needs it, with [] \
         as its sources, and is named under uncertainty.",
    );
    let missing: Vec<String> = missing
        .into_iter()
        .map(|angle| format!("\"{}\"", visible::name(angle.as_ref())))
        .collect();
    let brief = if missing.is_empty() {
        brief
    } else {
        brief.instruct(format!(
            "Nobody looked at these angles, since their researchers did not deliver: {}. That is missing coverage \
             and says nothing about the topic: name each under uncertainty as not looked at, never as \"no \
             evidence\" or \"nothing found\".",
            missing.join(", ")
        ))
    };
    notes
        .into_iter()
        .fold(brief, Brief::material)
        .answers_json(
            "{\"points\":[{\"claim\":\"...\",\"sources\":[\"https://...\"]}],\
             \"key_sources\":[{\"source\":\"https://...\",\"why\":\"...\"}],\"disagreements\":[\"...\"],\
             \"uncertainty\":[\"...\"],\"next_actions\":[\"...\"]}",
            &[
                (
                    "points",
                    "5 to 10. claim: one or two sentences that stand alone. sources: the address of each source that \
                     says it, written exactly as in the notes.",
                ),
                (
                    "key_sources",
                    "the few sources that carry the synthesis, at most 8. source: its address as in the notes. why: \
                     why it matters, in one sentence.",
                ),
                (
                    "disagreements",
                    "who says what against whom, and what would settle it; [] when they agree.",
                ),
                (
                    "uncertainty",
                    "what is not known, weakly supported, out of date or not looked at, and how much hangs on it.",
                ),
                (
                    "next_actions",
                    "what to do now, the first step first, each so concrete that somebody could begin.",
                ),
            ],
        )
        .forbid("Bring in a claim, number or source that is not in the notes.")
        .only_reads()
        .obeys_only_this()
}
