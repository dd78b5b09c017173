//! The brief of a researcher: one angle of a topic, public sources, no claim without one.
//!
//! It says which JSON comes back; reading it, and finding out which sources are the same, is not done here.

use crate::Brief;

/// The brief of a reader that searches the web for what is known about `topic`, seen from `angle`.
///
/// Both are the orchestrator's own words, on one line or several. An angle that another worker proposed is given
/// as a [`Material`](crate::Material) instead, and `angle` says which one is meant.
///
/// It asks for `{"angle":..,"points":[{"claim","sources":[url]}],"sources":[{"url","title","why"}],"gaps":[..]}`.
pub fn researcher(angle: &str, topic: &str) -> Brief {
    Brief::new(format!(
        "Find out what is known about the topic, seen from one angle, and give a source for every claim.\n\
         Topic: {}\nAngle: {}",
        topic.trim(),
        angle.trim()
    ))
    .web()
    .instruct(
        "Search the web in several wordings, and open the pages that matter: a search result's excerpt is no \
         source. Read the work tree only where the topic is about it.",
    )
    .instruct(
        "Prefer who was there: the paper, standard, manual, data, source code or issue itself, before somebody's \
         account of it. Look at the date and the version, and say in the claim which it holds for where that \
         matters.",
    )
    .instruct(
        "A source needs four things: an address that others can open; its title; that you opened it in this task; \
         and that it says what you cite it for. What lacks one of them is no source.",
    )
    .instruct(
        "Look for what speaks against a claim as hard as for what supports it. Where good sources disagree, each \
         side is a point of its own with its own sources.",
    )
    .instruct(
        "Stay with the angle: others take the rest of the topic. Stop when further searches bring nothing new.",
    )
    .answers_json(
        "{\"angle\":\"...\",\"points\":[{\"claim\":\"...\",\"sources\":[\"https://...\"]}],\
         \"sources\":[{\"url\":\"https://...\",\"title\":\"...\",\"why\":\"...\"}],\"gaps\":[\"...\"]}",
        &[
            ("angle", "the angle, in a few words."),
            (
                "points",
                "what you found, the most important first. claim: one sentence that stands alone, with its numbers, \
                 dates and versions. sources: the url of each source that says it, written exactly as under sources. \
                 A claim that no source says has [] there, and is then shown to readers as unsupported: better leave \
                 it out.",
            ),
            (
                "sources",
                "each source once. url: its full address, as opened. title: its own title. why: what it is (paper, \
                 manual, issue, post), who wrote it and when, and what makes it worth trusting or not.",
            ),
            (
                "gaps",
                "what you looked for and did not find, and what you could not look at and why. When nothing was \
                 found at all, points and sources are [] and this says what you searched for: that is a good answer.",
            ),
        ],
    )
    .forbid("Write a claim, a source, a title, a quotation or a number from memory, or make one up.")
    .forbid("Cite a page that you did not open.")
    .only_reads_but_searches()
    .obeys_only_this()
}

impl Brief {
    fn only_reads_but_searches(self) -> Self {
        self.forbid("Change, create, move or delete files; send, post, sign in or buy anything.")
            .forbid(
                "Put anything of the work tree into a search or an address: no code, no names of people, no secrets.",
            )
    }
}
