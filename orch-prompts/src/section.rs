//! The brief of a worker that writes one section of a text and returns it.
//!
//! Nobody writes the file here: the sections come back as text and are put together by who asked for them.

use crate::{Brief, Slice, Slices};

/// The brief of a reader that writes the section `slice` of a whole that consists of `all`, for `task`.
///
/// `task` is the orchestrator's own words, the same for every section: what the whole is, for whom, in which style.
/// It asks for `{"text":..,"left_open":[..]}`.
pub fn section_writer(task: &str, slice: &Slice, all: &Slices) -> Brief {
    let section = Slice {
        paths: Vec::new(),
        ..slice.clone()
    };
    Brief::new(format!(
        "Write one section of a whole, as text that is put in its place unchanged.\n{}",
        task.trim()
    ))
    .slice(&section, all)
    .instruct(
        "Write your section whole, from its first line to its last, in the form that the whole has (its heading levels, \
         its mark-up, its line breaks). Use the terms that the task and the existing text use, and leave to the other \
         sections what is theirs: no introduction to the whole, no summary of it.",
    )
    .answers_json(
        "{\"text\":\"...\",\"left_open\":[\"...\"]}",
        &[
            (
                "text",
                "the section itself and nothing about it. It is not empty.",
            ),
            (
                "left_open",
                "what whoever joins the sections has to know: what you could not find out, what another section must \
                 agree with.",
            ),
        ],
    )
    .forbid("Write any other section, or refer to one by a number that may change.")
    .only_reads()
    .obeys_only_this()
}
