//! Whether a claim holds, as far as anybody found out.

mod tally;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;

pub use tally::Verdicts;

/// What is known of a claim: a finding, a fix, an answer.
///
/// There are three and not two, because a verifier that died found nothing out: it did not refute. Nothing but an
/// answer makes a verdict other than [`Unverified`](Self::Unverified).
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Somebody looked, and it does not hold.
    Refuted,
    /// Nobody found out: nobody looked, or who looked did not finish or could not tell.
    #[default]
    Unverified,
    /// Somebody looked, and it holds.
    Confirmed,
}

impl Verdict {
    /// The verdict of a verifier: what `judge` reads in its deliverable, and [`Unverified`](Self::Unverified) when
    /// there is none, whatever it was that kept the verifier from answering.
    ///
    /// ```
    /// use orch_core::{Outcome, Unfinished, Verdict};
    ///
    /// let judge = |holds: &bool| if *holds { Verdict::Confirmed } else { Verdict::Refuted };
    /// assert_eq!(Verdict::of(&Outcome::Done(false), judge), Verdict::Refuted);
    /// assert_eq!(Verdict::of(&Outcome::Unfinished(Unfinished::Cancelled), judge), Verdict::Unverified);
    /// ```
    pub fn of<T>(outcome: &Outcome<T>, judge: impl FnOnce(&T) -> Self) -> Self {
        match outcome {
            Outcome::Done(value) => judge(value),
            Outcome::Unfinished(_) => Self::Unverified,
        }
    }

    /// Whether the claim holds. What nobody found out does not.
    pub fn is_confirmed(self) -> bool {
        self == Self::Confirmed
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Confirmed => "confirmed",
            Self::Refuted => "refuted",
            Self::Unverified => "unverified",
        })
    }
}
