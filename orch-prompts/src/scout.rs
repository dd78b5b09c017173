//! The brief of a scout: where to look and what is so, for whoever does the work afterwards.
//!
//! Condensing what several scouts bring into a pack is not done here.

use crate::Brief;

/// The brief of a reader that gathers the least that somebody must know to answer or do `question`.
///
/// `question` is the orchestrator's own words. It asks for `{"pointers":[{"path","line","why"}],
/// "facts":[{"what","path","line"}],"constraints":[..],"open_questions":[..]}`.
pub fn scout(question: &str) -> Brief {
    Brief::new(format!(
        "Gather the least that somebody else must know before they work on this. They have not seen the work tree; \
         you do not do their work.\n{}",
        question.trim()
    ))
    .instruct(
        "Begin wide (names, folders, searches), then read only what the question turns on: the code or text itself, \
         who uses it, its tests, and the documents that bind it.",
    )
    .instruct(
        "Keep an entry only when leaving it out would make the other worker search for it or go wrong. Ten lines \
         that matter are better than a hundred that are true.",
    )
    .instruct(
        "A fact is something you read or saw, with its place. What you conclude or suspect is no fact: it is an \
         open question, and says what would settle it.",
    )
    .answers_json(
        "{\"pointers\":[{\"path\":\"...\",\"line\":1,\"why\":\"...\"}],\
         \"facts\":[{\"what\":\"...\",\"path\":\"...\",\"line\":1}],\"constraints\":[\"...\"],\
         \"open_questions\":[\"...\"]}",
        &[
            (
                "pointers",
                "where to look, the most important first, at most 20. path: relative to the work tree, with forward \
                 slashes and no leading ./. line: the 1-based line to begin at, or null. why: what is to be found \
                 there, in one sentence.",
            ),
            (
                "facts",
                "what is so, at most 20. what: one sentence. path, line: where that is to be seen; null when it is in \
                 no file, and then the sentence says how you saw it.",
            ),
            (
                "constraints",
                "what any solution must respect (a public interface, a format, a rule of the project, a version), \
                 each with where that is said.",
            ),
            (
                "open_questions",
                "what you could not find out and the other worker has to know or decide. When you found nothing at \
                 all, the other lists are [] and this says where you looked.",
            ),
        ],
    )
    .forbid("Propose, plan or begin a solution, or judge which one is best.")
    .forbid("Copy long passages: give the place, and quote at most a line.")
    .only_reads()
    .obeys_only_this()
}
