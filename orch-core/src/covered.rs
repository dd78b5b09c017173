//! How many of how many answered, and a value that cannot be had without saying what that is worth.
//!
//! A gathering combinator returns [`Covered`]. Its content comes out only through [`Covered::require`] (with a
//! [`Quorum`]) or [`Covered::accept_partial`], so that a program cannot take "two of six reviewers answered" for
//! "six reviewers found nothing" by accident.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::outcome::{FailClass, Failure, NotStarted, Unfinished};

/// How many answers make a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Quorum {
    /// Every worker.
    All,
    /// More than half of the workers.
    Majority,
    /// So many workers.
    AtLeast(usize),
}

/// How many of how many answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Workers that delivered.
    pub done: usize,
    /// Workers that were asked.
    pub asked: usize,
}

/// One worker that did not deliver, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The worker's label.
    pub label: String,
    /// Why there is no deliverable.
    pub why: Unfinished,
}

/// Content gathered from several workers, together with who is missing from it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "covered content must be opened with a quorum, or accepted as partial"]
pub struct Covered<C> {
    content: C,
    done: usize,
    missing: Vec<Missing>,
    spared: Vec<String>,
}

impl Quorum {
    /// At least `n` workers.
    pub fn at_least(n: usize) -> Self {
        Self::AtLeast(n)
    }

    /// How many of `asked` workers must have delivered.
    pub fn needed(self, asked: usize) -> usize {
        match self {
            Self::All => asked,
            Self::Majority => asked / 2 + 1,
            Self::AtLeast(n) => n,
        }
    }
}

impl Coverage {
    /// Whether everybody who was asked delivered.
    pub fn is_full(self) -> bool {
        self.done == self.asked
    }
}

impl<C> Covered<C> {
    /// `content` made from the deliverables of `done` workers; the others are `missing`.
    pub fn new(content: C, done: usize, missing: Vec<Missing>) -> Self {
        Self {
            content,
            done,
            missing,
            spared: Vec::new(),
        }
    }

    /// Names the workers that were let go, or not begun, because enough others had delivered. They did not fail and
    /// nobody waited for them: they count neither as done nor as missing.
    pub fn sparing(mut self, labels: Vec<String>) -> Self {
        self.spared = labels;
        self
    }

    /// The content, when enough workers delivered.
    ///
    /// # Errors
    /// [`Error::Unfinished`] that names every missing worker and why; its class is theirs where they agree.
    pub fn require(self, quorum: Quorum) -> Result<C> {
        let coverage = self.coverage();
        let needed = quorum.needed(coverage.asked);
        if coverage.done >= needed {
            return Ok(self.content);
        }
        Err(Error::Unfinished(short_of(coverage, needed, &self.missing)))
    }

    /// The content on whatever there is, also when that is nothing. Look at [`Covered::coverage`] first.
    pub fn accept_partial(self) -> C {
        self.content
    }

    /// How many delivered of those whose answer was waited for. Those that were [spared](Covered::spared) are not
    /// among them: three answers of five where three were enough are "3 of 3", and with one failure on the way
    /// "3 of 4".
    pub fn coverage(&self) -> Coverage {
        Coverage {
            done: self.done,
            asked: self.done + self.missing.len(),
        }
    }

    /// Who did not deliver, and why.
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// Who was let go, or not begun, because enough others had delivered.
    pub fn spared(&self) -> &[String] {
        &self.spared
    }

    /// The same coverage around another content.
    pub fn map<D>(self, f: impl FnOnce(C) -> D) -> Covered<D> {
        Covered {
            content: f(self.content),
            done: self.done,
            missing: self.missing,
            spared: self.spared,
        }
    }
}

impl Missing {
    /// One reason in the place of several, where nobody of several delivered: it names everybody and why. Its class is
    /// theirs where they agree.
    pub fn together(missing: &[Self]) -> Unfinished {
        Unfinished::Failed(Failure::new(
            agreed_class(missing),
            format!("nobody delivered: {}", names(missing)),
        ))
    }
}

/// One error for a quorum that was missed: it names who is missing, and why, and keeps the class where they agree.
fn short_of(coverage: Coverage, needed: usize, missing: &[Missing]) -> Unfinished {
    let detail = format!(
        "{coverage} workers delivered, {needed} are required; missing: {}",
        names(missing)
    );
    Unfinished::Failed(Failure::new(agreed_class(missing), detail))
}

/// The class that all the missing have in common.
fn agreed_class(missing: &[Missing]) -> FailClass {
    let mut classes = missing.iter().map(|missing| match &missing.why {
        Unfinished::Failed(failure) => failure.class,
        Unfinished::NotStarted(NotStarted::MachineRefused(_)) => FailClass::MachineRefused,
        _ => FailClass::Other,
    });
    let first = classes.next().unwrap_or(FailClass::Other);
    if classes.all(|class| class == first) {
        first
    } else {
        FailClass::Other
    }
}

fn names(missing: &[Missing]) -> String {
    if missing.is_empty() {
        return "nobody, no more were asked".to_owned();
    }
    let names: Vec<String> = missing
        .iter()
        .map(|missing| format!("{}: {}", missing.label, missing.why))
        .collect();
    names.join("; ")
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.done, self.asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(label: &str, class: FailClass) -> Missing {
        Missing {
            label: label.to_owned(),
            why: Unfinished::Failed(Failure::new(class, "x")),
        }
    }

    #[test]
    fn a_quorum_that_is_met_opens_the_content() {
        let covered = Covered::new(7, 2, vec![missing("W3", FailClass::Transport)]);
        assert_eq!(covered.clone().require(Quorum::at_least(2)).unwrap(), 7);
        assert_eq!(covered.require(Quorum::Majority).unwrap(), 7);
    }

    #[test]
    fn a_missed_quorum_names_everybody_who_is_missing() {
        let covered = Covered::new(
            (),
            1,
            vec![
                missing("W2", FailClass::Transport),
                missing("W3", FailClass::Quota),
            ],
        );
        let text = covered.require(Quorum::All).unwrap_err().to_string();
        assert!(
            text.contains("1 of 3") && text.contains("W2") && text.contains("W3"),
            "{text}"
        );
    }

    #[test]
    fn who_was_spared_is_neither_done_nor_missing() {
        let spared = vec!["W4".to_owned(), "W5".to_owned()];
        let covered = Covered::new(7, 3, Vec::new())
            .sparing(spared.clone())
            .map(|seven| seven + 1);
        assert_eq!(covered.spared(), spared);
        assert!(covered.coverage().is_full());
        assert_eq!(covered.require(Quorum::All).unwrap(), 8);
        let failed = Covered::new(7, 3, vec![missing("W1", FailClass::Quota)]).sparing(spared);
        assert_eq!(failed.coverage().to_string(), "3 of 4");
        assert!(failed.require(Quorum::All).is_err());
    }

    #[test]
    fn reasons_taken_together_keep_the_class_that_all_have() {
        let class = |classes: [FailClass; 2]| {
            let missing = classes.map(|class| missing("W", class));
            match Missing::together(&missing) {
                Unfinished::Failed(failure) => failure.class,
                Unfinished::NotStarted(NotStarted::MachineRefused(_)) => FailClass::MachineRefused,
                other => panic!("{other}"),
            }
        };
        assert_eq!(
            class([FailClass::Crashed, FailClass::Crashed]),
            FailClass::Crashed
        );
        assert_eq!(class([FailClass::Crashed, FailClass::Auth]), FailClass::Other);
    }

    #[test]
    fn nobody_asked_does_not_meet_a_quorum_of_one() {
        assert!(Covered::new((), 0, vec![]).require(Quorum::at_least(1)).is_err());
        assert!(Covered::new((), 0, vec![]).require(Quorum::Majority).is_err());
    }
}
