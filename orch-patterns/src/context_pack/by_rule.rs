//! A pack out of scouts' notes by rule: what they say is sorted under the pack's fields, once each, and bounded. It
//! chooses no approach and asks nobody.

use std::collections::BTreeSet;

use async_trait::async_trait;
use orch_core::{Cx, Pattern, Result, plain};
use orch_prompts::Pack;

use super::Scouted;
use crate::deliverable::ContextNotes;

/// Lines of each kind unless set.
const LINES: usize = 20;

/// Most characters of one line.
const LINE: usize = 400;

/// Condenses by rule: the same notes give the same pack, and no worker is asked. This is how a
/// [`ContextPack`](crate::ContextPack) condenses unless it is told otherwise.
///
/// | of the notes | in the pack |
/// | --- | --- |
/// | pointers, then facts with their places | pointers |
/// | constraints | constraints |
/// | open questions, and questions whose scout did not deliver | constraints, marked as open |
///
/// The goal, the success check and all else is the task's own. The scouts take turns, so that a talkative one does not
/// crowd out the others; what is over the bound is counted, in a line of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct PackByRule {
    at_most: usize,
}

impl PackByRule {
    /// At most 20 lines of each kind.
    pub fn new() -> Self {
        Self { at_most: LINES }
    }

    /// Sets how many lines of each kind (pointers, facts, constraints, open questions) there are at most.
    pub fn at_most(mut self, lines: usize) -> Self {
        self.at_most = lines;
        self
    }

    fn condense(self, scouted: &Scouted) -> Pack {
        let notes = scouted.notes.clone().accept_partial();
        let mut pack = scouted.task.own.clone();
        let pointers = self.lines("pointers", &notes, |notes| shown(&notes.pointers));
        let facts = self.lines("facts", &notes, |notes| shown(&notes.facts));
        let constraints = self.lines("constraints", &notes, |notes| shown(&notes.constraints));
        let open = self.lines("open questions", &notes, |notes| {
            let open = |line: &String| format!("Open, settle it before you rely on it: {line}");
            notes.open_questions.iter().map(open).collect()
        });
        let missing = scouted.notes.missing().iter();
        let missing = missing.map(|missing| {
            format!(
                "Nobody looked at this, look yourself where it matters: {}",
                missing.label
            )
        });
        pack.pointers.extend(pointers.into_iter().chain(facts));
        pack.constraints
            .extend(constraints.into_iter().chain(open).chain(missing));
        pack.constraints.extend(scouted.note.clone());
        pack
    }

    /// What `of` finds in the notes, the scouts taking turns, each line once.
    fn lines(
        self,
        what: &str,
        notes: &[ContextNotes],
        of: impl Fn(&ContextNotes) -> Vec<String>,
    ) -> Vec<String> {
        let columns: Vec<Vec<String>> = notes.iter().map(of).collect();
        let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
        let mut seen = BTreeSet::new();
        let turns = (0..longest).flat_map(|turn| columns.iter().filter_map(move |column| column.get(turn)));
        let mut lines: Vec<String> = turns
            .map(|line| plain::line(line, LINE))
            .filter(|line| seen.insert(line.clone()))
            .collect();
        let over = lines.len().saturating_sub(self.at_most);
        if over > 0 {
            lines.truncate(self.at_most);
            lines.push(format!("({over} more {what} were left out)"));
        }
        lines
    }
}

impl Default for PackByRule {
    fn default() -> Self {
        Self::new()
    }
}

fn shown<T: ToString>(entries: &[T]) -> Vec<String> {
    entries.iter().map(ToString::to_string).collect()
}

#[async_trait]
impl Pattern for PackByRule {
    type In = Scouted;
    type Out = Pack;

    async fn run(&self, _cx: &Cx, scouted: Scouted) -> Result<Pack> {
        Ok(self.condense(&scouted))
    }
}

#[cfg(test)]
mod tests {
    use orch_core::{Covered, Missing, Unfinished};

    use super::*;
    use crate::context_pack::Task;
    use crate::deliverable::{Fact, Pointer};

    fn pointer(path: &str) -> Pointer {
        Pointer {
            path: path.to_owned(),
            line: Some(3),
            why: "the loop".to_owned(),
        }
    }

    fn scouted(notes: Vec<ContextNotes>) -> Scouted {
        let missing = Missing {
            label: "Who uses it?".to_owned(),
            why: Unfinished::Cancelled,
        };
        let done = notes.len();
        let task = Task::new("Retries end.")
            .constraint("No new crate.")
            .success("cargo test");
        let questions = vec!["Where is it?".to_owned(); done];
        Scouted::new(task, Covered::new(notes, done, vec![missing]), questions)
    }

    #[test]
    fn notes_are_sorted_under_the_fields_of_the_pack_and_nobody_who_is_missing_is_silent() {
        let one = ContextNotes {
            pointers: vec![pointer("src/a.rs"), pointer("src/b.rs")],
            facts: vec![Fact {
                what: "It sleeps.".to_owned(),
                path: Some("src/a.rs".to_owned()),
                line: Some(9),
            }],
            constraints: vec!["Errors keep their text (docs/errors.md).".to_owned()],
            open_questions: vec!["Is the header ever a date?".to_owned()],
        };
        let two = ContextNotes {
            pointers: vec![pointer("tests/retry.rs"), pointer("src/a.rs")],
            ..ContextNotes::default()
        };
        let pack = PackByRule::new()
            .condense(&scouted(vec![one, two]).revised("Say who decides.", Pack::new("x").into()));
        insta::assert_snapshot!(pack.to_material("test").text);
    }

    #[test]
    fn a_scout_without_end_does_not_crowd_out_the_others() {
        let many = ContextNotes {
            pointers: (0..500).map(|n| pointer(&format!("src/{n}.rs"))).collect(),
            ..ContextNotes::default()
        };
        let one = ContextNotes {
            pointers: vec![pointer(&"x".repeat(5_000))],
            ..ContextNotes::default()
        };
        let pack = PackByRule::new().at_most(4).condense(&scouted(vec![many, one]));
        assert_eq!(pack.pointers.len(), 5);
        assert!(pack.pointers[1].starts_with("xxx") && pack.pointers[1].chars().count() <= LINE + 1);
        assert_eq!(pack.pointers[4], "(497 more pointers were left out)");
    }
}
