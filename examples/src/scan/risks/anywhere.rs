//! What is wrong in any text: unfinished markers in comments, and conflicts that were committed.

use crate::scan::hit::{Hit, Severity, visible};
use crate::scan::source::Source;

/// Markers of unfinished work, and how much they matter.
const MARKERS: [(&str, Severity); 5] = [
    ("TODO", Severity::Low),
    ("FIXME", Severity::Medium),
    ("XXX", Severity::Medium),
    ("HACK", Severity::Low),
    ("BUG", Severity::Medium),
];

pub(super) fn look(source: &Source) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, comment) in source.comments().lines().enumerate() {
        if let Some((marker, severity, text)) = marker(comment) {
            let what = if text.is_empty() {
                "without a word of explanation".to_owned()
            } else {
                visible(text)
            };
            hits.push(
                Hit::at(source, at + 1, "marker", severity)
                    .claim(format!("unfinished work: {marker}: {what}"))
                    .advise("finish it, or open an issue and name it here"),
            );
        }
    }
    conflicts(source, &mut hits);
    hits
}

/// The marker of a comment, if it begins with one, or has one that a colon or a parenthesis follows.
fn marker(comment: &str) -> Option<(&'static str, Severity, &str)> {
    let start = comment.len()
        - comment
            .trim_start_matches(|c: char| c.is_whitespace() || "/*#!-;<".contains(c))
            .len();
    MARKERS.iter().find_map(|(marker, severity)| {
        comment.match_indices(marker).find_map(|(at, _)| {
            let after = &comment[at + marker.len()..];
            let alone = !comment[..at].ends_with(|c: char| c.is_alphanumeric() || "_-`\"'/?=".contains(c));
            let first =
                at == start && !after.starts_with(|c: char| c.is_alphanumeric() || "_-`\"'/,".contains(c));
            let named = after.starts_with([':', '(']);
            let text = after
                .trim_start_matches([':', ' '])
                .trim_end_matches(['*', '/', ' ', '-', '>']);
            (alone && (first || named)).then_some((*marker, *severity, text))
        })
    })
}

/// `<<<<<<<`, `=======` and `>>>>>>>`, each at the start of a line, in this order.
fn conflicts(source: &Source, hits: &mut Vec<Hit>) {
    let (mut ours, mut both) = (None, false);
    for (number, line) in source.lines() {
        if line.starts_with("<<<<<<< ") {
            (ours, both) = (Some(number), false);
        } else if line == "=======" {
            both = ours.is_some();
        } else if line.starts_with(">>>>>>> ")
            && both
            && let Some(first) = ours.take()
        {
            hits.push(
                Hit::at(source, first, "conflict", Severity::High)
                    .claim(format!(
                        "a merge conflict that was not resolved, to line {number}"
                    ))
                    .advise("decide which side is right and remove the marks"),
            );
            both = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rule::met;
    use super::*;

    #[test]
    fn markers_are_found_in_comments_that_mean_them() {
        for (path, line) in [
            ("a.rs", "// TODO finish"),
            ("a.rs", "let a = 1; // see (FIXME: b)"),
            ("a.py", "x = 1  # TODO(me) y"),
            ("a.c", " * XXX"),
            ("a.yml", "# HACK: z"),
        ] {
            let text = if path == "a.c" {
                format!("/*\n{line}\n*/")
            } else {
                format!("\n{line}\n")
            };
            assert_eq!(met(path, &text), [(2, "marker")], "{line}");
        }
        for (path, line) in [
            ("a.rs", "let todo = \"TODO: no\";"),
            ("a.rs", "// markers such as TODO, FIXME"),
            ("a.rs", "// TODO-list"),
            ("a.rs", "// DEBUG: a"),
            ("a.md", "TODO: prose is another lens"),
        ] {
            assert_eq!(met(path, line), [], "{line}");
        }
        assert_eq!(
            marker("// TODO: do it */").map(|(_, _, text)| text),
            Some("do it")
        );
    }

    #[test]
    fn a_conflict_needs_all_its_marks() {
        let mark = |c: &str| c.repeat(7);
        let text = format!("a\n{} HEAD\nb\n{}\nc\n{} x\n", mark("<"), mark("="), mark(">"));
        assert_eq!(met("a.md", &text), [(2, "conflict")]);
        assert_eq!(met("a.md", &format!("Title\n{}\n> x\n", mark("="))), []);
    }
}
