//! How many of how many answered, and a value that cannot be had without saying what that is worth.
//!
//! A gathering combinator returns [`Covered`]. Its content comes out only through [`Covered::require`] (with a
//! [`Quorum`]) or [`Covered::accept_partial`], so that a program cannot take "two of six reviewers answered" for
//! "six reviewers found nothing" by accident.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::outcome::Unfinished;

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
        }
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

    /// How many of how many delivered.
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

    /// The same coverage around another content.
    pub fn map<D>(self, f: impl FnOnce(C) -> D) -> Covered<D> {
        Covered {
            content: f(self.content),
            done: self.done,
            missing: self.missing,
        }
    }
}

/// One error for a quorum that was missed: it names who is missing, and why, and keeps the class where they agree.
fn short_of(coverage: Coverage, needed: usize, missing: &[Missing]) -> Unfinished {
    use crate::outcome::{FailClass, Failure};

    let class = missing.first().and_then(|first| match &first.why {
        Unfinished::Failed(failure) => Some(failure.class),
        _ => None,
    });
    let agreed = class.filter(|class| {
        missing
            .iter()
            .all(|m| matches!(&m.why, Unfinished::Failed(failure) if failure.class == *class))
    });
    let names: Vec<String> = missing
        .iter()
        .map(|m| format!("{}: {}", m.label, m.why))
        .collect();
    let detail = format!(
        "{coverage} workers delivered, {needed} are required; missing: {}",
        if names.is_empty() {
            "nobody, no more were asked".to_owned()
        } else {
            names.join("; ")
        }
    );
    Unfinished::Failed(Failure::new(agreed.unwrap_or(FailClass::Other), detail))
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.done, self.asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{FailClass, Failure};

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
    fn nobody_asked_does_not_meet_a_quorum_of_one() {
        assert!(Covered::new((), 0, vec![]).require(Quorum::at_least(1)).is_err());
        assert!(Covered::new((), 0, vec![]).require(Quorum::Majority).is_err());
    }
}
