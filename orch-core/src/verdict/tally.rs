//! Verdicts counted, with nobody lost: who died is among the unverified, and why is kept.
//!
//! It decides nothing: how many confirmations make a fact is the caller's to say.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::covered::{Covered, Missing};

/// What several verifiers found, or one verifier of several claims.
///
/// A [`Covered`] list of verdicts opens into it without a quorum, since nothing is lost: those who did not answer
/// count as [`Verdict::Unverified`], each with its reason.
///
/// ```
/// use orch_core::{Covered, Missing, Unfinished, Verdict, Verdicts};
///
/// let died = Missing { label: "W3 Verify".into(), why: Unfinished::Cancelled };
/// let verdicts = Verdicts::of(Covered::new(vec![Verdict::Confirmed, Verdict::Refuted], 2, vec![died]));
/// assert_eq!(verdicts.to_string(), "1 confirmed, 1 refuted, 1 unverified");
/// assert_eq!(verdicts.missing()[0].label, "W3 Verify");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "verdicts say what was found out, and what was not"]
pub struct Verdicts {
    confirmed: usize,
    refuted: usize,
    undecided: usize,
    missing: Vec<Missing>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    spared: Vec<String>,
}

impl Verdicts {
    /// The verdicts of those who answered; those who did not are unverified. Who was spared is kept apart: nobody
    /// waited for a verdict of theirs.
    pub fn of(covered: Covered<Vec<Verdict>>) -> Self {
        let (missing, spared) = (covered.missing().to_vec(), covered.spared().to_vec());
        let mut verdicts = Self {
            missing,
            spared,
            ..Self::default()
        };
        verdicts.extend(covered.accept_partial());
        verdicts
    }

    /// How many hold.
    pub fn confirmed(&self) -> usize {
        self.confirmed
    }

    /// How many do not hold: somebody looked and said so.
    pub fn refuted(&self) -> usize {
        self.refuted
    }

    /// How many nobody found out about: who looked could not tell, or did not answer.
    pub fn unverified(&self) -> usize {
        self.undecided + self.missing.len()
    }

    /// Who did not answer, and why. They are among the [unverified](Self::unverified).
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// Who was let go, or not begun, because enough others had answered. They are in no count, as in a
    /// [coverage](Covered::coverage).
    pub fn spared(&self) -> &[String] {
        &self.spared
    }

    /// How many verdicts were waited for: those that were [spared](Self::spared) are not among them.
    pub fn asked(&self) -> usize {
        self.confirmed + self.refuted + self.unverified()
    }
}

impl Extend<Verdict> for Verdicts {
    /// Counts more verdicts, of verifiers that answered.
    fn extend<I: IntoIterator<Item = Verdict>>(&mut self, verdicts: I) {
        for verdict in verdicts {
            match verdict {
                Verdict::Confirmed => self.confirmed += 1,
                Verdict::Refuted => self.refuted += 1,
                Verdict::Unverified => self.undecided += 1,
            }
        }
    }
}

impl Extend<Missing> for Verdicts {
    /// Counts more verifiers that did not answer.
    fn extend<I: IntoIterator<Item = Missing>>(&mut self, missing: I) {
        self.missing.extend(missing);
    }
}

impl fmt::Display for Verdicts {
    /// The counts, on one line, with how many were spared where some were; with `{:#}` also who did not answer and why,
    /// a line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}, {} {}, {} {}",
            self.confirmed,
            Verdict::Confirmed,
            self.refuted,
            Verdict::Refuted,
            self.unverified(),
            Verdict::Unverified
        )?;
        if !self.spared.is_empty() {
            write!(f, "; {} spared", self.spared.len())?;
        }
        if f.alternate() {
            for Missing { label, why } in &self.missing {
                let line = crate::plain::line(&format!("{label}: {why}"), LINE_WIDTH);
                write!(f, "\n{line}")?;
            }
        }
        Ok(())
    }
}

/// How much of a reason is shown on its line.
const LINE_WIDTH: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{FailClass, Failure, NotStarted, Unfinished};

    fn every_way_not_to_answer() -> Vec<Unfinished> {
        vec![
            Unfinished::Cancelled,
            Unfinished::NotStarted(NotStarted::QuotaUntil(None)),
            Unfinished::Failed(Failure::new(FailClass::Crashed, "it \u{1b}[31mbroke\nrefuted")),
            Unfinished::Invalid {
                complaint: "no verdict in it".into(),
                raw: "refuted".into(),
            },
        ]
    }

    #[test]
    fn who_did_not_answer_is_unverified_and_has_its_reason() {
        let missing = |(at, why)| Missing {
            label: format!("W{at}"),
            why,
        };
        let dead: Vec<Missing> = (1..).zip(every_way_not_to_answer()).map(missing).collect();
        let verdicts = Verdicts::of(Covered::new(vec![Verdict::Unverified], 1, dead.clone()));
        assert_eq!((verdicts.confirmed(), verdicts.refuted()), (0, 0));
        assert_eq!((verdicts.unverified(), verdicts.asked()), (5, 5));
        assert_eq!(verdicts.missing(), dead);
        assert_eq!(
            format!("{verdicts:#}"),
            concat!(
                "0 confirmed, 0 refuted, 5 unverified\n",
                "W1: cancelled\n",
                "W2: not started: quota of the account is used up, nobody said until when\n",
                "W3: crashed: it broke refuted\n",
                "W4: invalid answer: no verdict in it",
            )
        );
    }

    #[test]
    fn nothing_but_an_answer_makes_a_verdict() {
        for why in every_way_not_to_answer() {
            let outcome = crate::outcome::Outcome::<Verdict>::Unfinished(why);
            let hopeful = |_: &Verdict| Verdict::Confirmed;
            assert_eq!(Verdict::of(&outcome, hopeful), Verdict::Unverified, "{outcome:?}");
        }
    }

    #[test]
    fn who_was_spared_is_told_and_in_no_count() {
        let spared = vec!["W2".to_owned(), "W3".to_owned()];
        let verdicts =
            Verdicts::of(Covered::new(vec![Verdict::Confirmed], 1, vec![]).sparing(spared.clone()));
        assert_eq!(
            verdicts.to_string(),
            "1 confirmed, 0 refuted, 0 unverified; 2 spared"
        );
        assert_eq!((verdicts.asked(), verdicts.spared()), (1, &spared[..]));
        let stored = serde_json::to_value(&verdicts).expect("JSON");
        assert_eq!(
            serde_json::from_value::<Verdicts>(stored).expect("verdicts"),
            verdicts
        );
    }

    #[test]
    fn several_rounds_add_up() {
        let mut verdicts = Verdicts::default();
        verdicts.extend([Verdict::Confirmed, Verdict::Confirmed, Verdict::Refuted]);
        verdicts.extend([Missing {
            label: "W9".into(),
            why: Unfinished::Cancelled,
        }]);
        assert_eq!(verdicts.to_string(), "2 confirmed, 1 refuted, 1 unverified");
        assert_eq!(verdicts.asked(), 4);
    }
}
