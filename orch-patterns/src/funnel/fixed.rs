//! What a funnel returns.

use std::borrow::Cow;
use std::fmt;

use orch_core::{Coverage, Missing, Patch, Verdict};
use serde::Serialize;

use crate::deliverable::sheet;
use crate::delivery::Delivery;
use crate::finding::Merged;
use crate::review_fanout::Review;

/// What was found, what was done about it, and what is known of that.
#[derive(Debug, Serialize)]
#[must_use = "a funnel's result says whether the fix holds, and brings nothing into the work tree by itself"]
#[non_exhaustive]
pub struct Fixed {
    /// Everything that the reviewers found, ranked.
    pub review: Review,
    /// How many of the reviewers delivered.
    pub coverage: Coverage,
    /// The reviewers that did not, and why.
    pub missing: Vec<Missing>,
    /// How many of the findings were addressed: the first ones.
    pub addressed: usize,
    /// What was written and how it was verified; none when nothing was found, since nobody was started then.
    pub delivery: Option<Delivery>,
}

impl Fixed {
    /// Whether the fix holds. Where nothing was found there is no fix, and no fix is [unverified](Verdict::Unverified).
    pub fn verdict(&self) -> Verdict {
        self.delivery.as_ref().map(Delivery::verdict).unwrap_or_default()
    }

    /// What was written; none when nothing was found.
    pub fn patch(&self) -> Option<&Patch> {
        self.delivery.as_ref().map(Delivery::patch)
    }

    /// Whether every reviewer looked, and none found anything.
    pub fn found_nothing(&self) -> bool {
        self.review.items.is_empty() && self.coverage.is_full()
    }

    /// The findings that were not addressed: they ranked too low.
    pub fn not_addressed(&self) -> &[Merged] {
        self.review.items.get(self.addressed..).unwrap_or_default()
    }

    /// What is not shown to be fixed, a line each: what the last examination left.
    pub fn remaining(&self) -> Vec<String> {
        self.delivery
            .as_ref()
            .map(Delivery::remaining)
            .unwrap_or_default()
    }

    /// The one thing to do next.
    fn next_step(&self) -> Cow<'static, str> {
        match &self.delivery {
            Some(delivery) => delivery.next_step(),
            None if self.found_nothing() => "nothing; every reviewer looked and none found anything.".into(),
            None => "let the reviewers that are missing look before you take this for flawless.".into(),
        }
    }
}

impl fmt::Display for Fixed {
    /// The findings, the fix, what is known of it, and what to do next, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Review by {} reviewers", self.coverage)?;
        for missing in &self.missing {
            writeln!(f, "- missing: {}: {}", missing.label, missing.why)?;
        }
        let found = self.review.items.len();
        match &self.delivery {
            None => writeln!(f, "No findings; nobody was asked to change anything.")?,
            Some(delivery) => {
                writeln!(f, "Addressed: {} of {found} findings", self.addressed)?;
                for item in self.review.items.iter().take(self.addressed) {
                    writeln!(f, "{}", row(item))?;
                }
                write!(f, "\n{delivery}")?;
            }
        }
        let left: Vec<String> = self.not_addressed().iter().map(row).collect();
        sheet::rows(f, "\nFound and not addressed", &left)?;
        let changed = &self.review.changed_meanwhile;
        sheet::list(f, "\nChanged while it was reviewed", changed)?;
        writeln!(f, "\nNext step: {}", self.next_step())
    }
}

/// One finding on one line, with the rank that it has in the review.
fn row(item: &Merged) -> String {
    let finding = &item.primary;
    let place = finding
        .path
        .as_deref()
        .map(|path| sheet::place(path, finding.line) + ": ");
    let (place, severity) = (place.unwrap_or_default(), item.severity);
    format!("{:>3}. {severity:<8} {place}{}", item.rank, finding.claim)
}
