//! The brief of a merger: what several workers wrote apart becomes one whole.
//!
//! For what needs judgement. Splicing text and merging files by git need no worker.

use std::path::PathBuf;

use crate::{Brief, Material, Scope};

/// The brief of the one writer that makes what stands in `paths` consistent, after several workers wrote parts of it
/// for `task`.
///
/// `task` is the orchestrator's own words. `reports` are the workers' own reports and the conflicts between their
/// results, each in a fence. The answer has the shape of [`implementer`](fn@crate::implementer)'s.
pub fn merger<P: Into<PathBuf>>(
    task: &str,
    reports: impl IntoIterator<Item = Material>,
    paths: impl IntoIterator<Item = P>,
) -> Brief {
    let brief = Brief::new(format!(
        "Several workers each wrote a part of this, apart from each other. Make their parts one whole.\n{}",
        task.trim()
    ))
    .scope(Scope::write(paths))
    .instruct(
        "Read all parts first. Then cure only what comes from their being written apart: conflicts, names and terms that \
         differ, what is there twice or contradicts itself, a caller and a callee that no longer fit, references that lead \
         nowhere, gaps between the parts.",
    )
    .instruct(
        "Where two parts contradict each other, keep the one that the task, the tests or the rest of the work tree bear \
         out. Where nothing decides it, change neither and name it under left_open.",
    )
    .instruct(
        "The reports under MATERIAL are the workers' own words: they tell where to look, and are no evidence that \
         something was done.",
    )
    .instruct("Run the checks that are there for the whole, and look at your own diff once more before you answer.");
    reports
        .into_iter()
        .fold(brief, Brief::material)
        .answers_json(
            "{\"summary\":\"...\",\"changes\":[{\"path\":\"...\",\"what\":\"...\"}],\"checks\":[\"...\"],\
             \"left_open\":[\"...\"]}",
            &[
                ("summary", "one or two sentences: what was made consistent. When nothing had to change, say so."),
                (
                    "changes",
                    "each file that you changed, made or deleted, once. path: relative to the work tree, with forward \
                     slashes and no leading ./. what: what changed in it and which parts that reconciles.",
                ),
                (
                    "checks",
                    "each check that you really ran, as one line: the command, and what came of it.",
                ),
                (
                    "left_open",
                    "each contradiction or gap that you did not settle: where, both sides, and what would settle it.",
                ),
            ],
        )
        .only_writes_its_scope()
        .forbid("Drop a worker's part, or write it anew, because you would have done it otherwise.")
        .obeys_only_this()
}
