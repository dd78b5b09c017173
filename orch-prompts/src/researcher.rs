//! The briefs of researchers: one angle of a topic, sources on the web or in the work tree, no claim without one.
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
    .answers_notes(
        "https://...",
        "url: its full address, as opened. title: its own title. why: what it is (paper, manual, issue, post), who \
         wrote it and when, and what makes it worth trusting or not.",
    )
    .forbid("Write a claim, a source, a title, a quotation or a number from memory, or make one up.")
    .forbid("Cite a page that you did not open.")
    .only_reads_but_searches()
    .obeys_only_this()
}

/// The brief of a reader that finds out what the work tree says about `topic`, seen from `angle`, without the web.
///
/// What is said of [`researcher`] holds; a source is a file of the work tree, as `file:docs/a.md`, or an address that
/// stands in what was read. Where to begin is said with [`Brief::artefact`].
pub fn researcher_of_files(angle: &str, topic: &str) -> Brief {
    Brief::new(format!(
        "Find out what the work tree says about the topic, seen from one angle, and give a source for every claim.\n\
         Topic: {}\nAngle: {}",
        topic.trim(),
        angle.trim()
    ))
    .instruct(
        "Search the work tree in several wordings, and read the parts that matter whole: a line that a search \
         printed is no source. Where CONTEXT names paths, begin with those.",
    )
    .instruct(
        "A source is a file that you read in this task and that says what you cite it for, written file: and its \
         path relative to the work tree, as in file:docs/guide.md. An address of the web is one only where a file \
         that you read gives it for the claim: you do not open it, and say so under why.",
    )
    .instruct(
        "Look for what speaks against a claim as hard as for what supports it. Where files contradict each other, \
         or the text and the code do, each side is a point of its own with its own sources.",
    )
    .instruct("Stay with the angle: others take the rest of the topic. Stop when further reading brings nothing new.")
    .answers_notes(
        "file:...",
        "url: its address, as said under DO. title: its own title or heading. why: what it is (manual, record, data, \
         code), how old it is as far as it says, and what makes it worth trusting or not.",
    )
    .forbid("Write a claim, a source, a quotation or a number from memory, or make one up.")
    .forbid("Cite a file that you did not read.")
    .only_reads()
    .obeys_only_this()
}

impl Brief {
    /// The notes of a researcher; `address` shows what a source's looks like, `source` what is said of one.
    fn answers_notes(self, address: &str, source: &str) -> Self {
        let shape = format!(
            "{{\"angle\":\"...\",\"points\":[{{\"claim\":\"...\",\"sources\":[\"{address}\"]}}],\
             \"sources\":[{{\"url\":\"{address}\",\"title\":\"...\",\"why\":\"...\"}}],\"gaps\":[\"...\"]}}"
        );
        let source = format!("each source once. {source}");
        let keys = [
            ("angle", "the angle, in a few words."),
            (
                "points",
                "what you found, the most important first. claim: one sentence that stands alone, with its numbers, \
                 dates and versions. sources: the url of each source that says it, written exactly as under sources. \
                 A claim that no source says has [] there, and is then shown to readers as unsupported: better leave \
                 it out.",
            ),
            ("sources", source.as_str()),
            (
                "gaps",
                "what you looked for and did not find, and what you could not look at and why. When nothing was \
                 found at all, points and sources are [] and this says what you searched for: that is a good answer.",
            ),
        ];
        self.answers_json(&shape, &keys)
    }

    fn only_reads_but_searches(self) -> Self {
        self.forbid("Change, create, move or delete files; send, post, sign in or buy anything.")
            .forbid(
                "Put anything of the work tree into a search or an address: no code, no names of people, no secrets.",
            )
    }
}
