//! What comes of writing and verifying: the patch, what is known of it, and how it came about.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use orch_core::{Outcome, Patch, Refusal, Verdict, plain};
use serde::{Serialize, Serializer};

use super::Examined;
use crate::deliverable::{Fix, sheet};

/// One round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Round {
    /// What the implementer says it did, or what kept it from that.
    pub fix: Outcome<Fix>,
    /// What was found out about it; none when the implementer did not finish.
    pub examined: Option<Examined>,
}

impl Round {
    /// What the machine refused it, where that ended it.
    fn refusal(&self) -> Option<&Refusal> {
        let writing = match &self.fix {
            Outcome::Unfinished(why) => why.refusal(),
            Outcome::Done(_) => None,
        };
        let looking = self
            .examined
            .as_ref()
            .and_then(|examined| examined.missing.as_ref());
        writing.or_else(|| looking?.refusal())
    }
}

/// What was written, and what is known of it. Nothing of it is in the user's tree before the patch is applied, unless the
/// desk was [in place](orch_core::Isolation::InPlace).
#[derive(Debug, Serialize)]
#[must_use = "a delivery says whether what was written holds at all"]
#[non_exhaustive]
pub struct Delivery {
    /// What was written, all rounds together.
    #[serde(serialize_with = "as_view")]
    pub patch: Patch,
    /// The rounds, the first one first; there is at least one.
    pub rounds: Vec<Round>,
    verdict: Verdict,
}

impl Delivery {
    pub(super) fn new(patch: Patch, rounds: Vec<Round>, verdict: Verdict) -> Self {
        Self {
            patch,
            rounds,
            verdict,
        }
    }

    /// Whether what is in the patch holds, as the last one who looked at just that found out. What the implementer left
    /// when it failed is unverified.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// What was written.
    pub fn patch(&self) -> &Patch {
        &self.patch
    }

    /// What the implementer last said it did. An account, no proof.
    pub fn fix(&self) -> Option<&Fix> {
        self.rounds.iter().rev().find_map(|round| match &round.fix {
            Outcome::Done(fix) => Some(fix),
            Outcome::Unfinished(_) => None,
        })
    }

    /// What is not shown to hold, a line each; empty when it is confirmed.
    pub fn remaining(&self) -> Vec<String> {
        if self.verdict.is_confirmed() {
            return Vec::new();
        }
        let mut lines = Vec::new();
        if let Some(Outcome::Unfinished(why)) = self.rounds.last().map(|round| &round.fix) {
            lines.push(format!("the implementer did not finish: {why}"));
        }
        let examined = self.rounds.iter().rev().find_map(|round| round.examined.as_ref());
        lines.extend(examined.map(Examined::remaining).unwrap_or_default());
        lines
    }
}

impl Delivery {
    /// The one thing to do next, for people.
    pub(crate) fn next_step(&self) -> Cow<'static, str> {
        let last = self.rounds.last();
        if let Some(refusal) = last.and_then(Round::refusal) {
            return format!("{}.", refusal.next_step()).into();
        }
        let examined = last.and_then(|round| round.examined.as_ref());
        if let Some(check) = examined.and_then(Examined::not_started) {
            let command = plain::line(&check.command, 80);
            return format!("install or correct `{command}`, then verify: it could not be started.").into();
        }
        let step = match self.verdict {
            Verdict::Confirmed if self.patch.is_empty() => {
                "see for yourself why it holds: nothing was changed for it."
            }
            Verdict::Confirmed => "look at the diff, and apply it.",
            Verdict::Refuted => "decide by what is still wrong: more rounds, another task, or your own hand.",
            Verdict::Unverified => "verify it before you apply it: nobody found out whether it holds.",
        };
        step.into()
    }
}

/// The patch for a machine: its files, what does not come back, and the diff.
#[derive(Serialize)]
struct View<'a> {
    files: Vec<String>,
    left_out: Vec<String>,
    diff: &'a str,
}

fn as_view<S: Serializer>(patch: &Patch, serializer: S) -> Result<S::Ok, S::Error> {
    let view = View {
        files: patch.files().map(shown).collect(),
        left_out: patch.left_out().iter().map(|path| shown(path)).collect(),
        diff: patch.diff(),
    };
    view.serialize(serializer)
}

fn shown(path: &Path) -> String {
    plain::line(&path.to_string_lossy(), 300)
}

impl fmt::Display for Delivery {
    /// What was changed, what is known of it, and what is left, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounds = self.rounds.len();
        let s = if rounds == 1 { "" } else { "s" };
        writeln!(f, "Verdict: {} after {rounds} round{s}", self.verdict)?;
        if let Some(fix) = self.fix() {
            writeln!(f, "{}", fix.summary)?;
        }
        if self.patch.is_empty() {
            writeln!(f, "Nothing was changed.")?;
        }
        sheet::list(f, "Changed files", self.patch.files().map(shown))?;
        let left_out = self.patch.left_out();
        let heading = "Also touched, outside of what it was to write, and left out";
        sheet::list(f, heading, left_out.iter().map(|path| shown(path)))?;
        for (number, round) in self.rounds.iter().enumerate() {
            write!(f, "Round {}: ", number + 1)?;
            match (&round.fix, &round.examined) {
                (Outcome::Unfinished(why), _) => writeln!(f, "the implementer did not finish: {why}")?,
                (Outcome::Done(_), Some(examined)) => write!(f, "{examined}")?,
                (Outcome::Done(_), None) => writeln!(f, "not looked at")?,
            }
        }
        sheet::list(f, "Still wrong or not shown", self.remaining())?;
        let left_open = self.fix().map(|fix| fix.left_open.as_slice()).unwrap_or_default();
        sheet::list(f, "Left open by the implementer", left_open)
    }
}
