//! Where one option stands after all comparisons.

use std::fmt;

use orch_core::{Evidence, Verdict};
use serde::Serialize;

use super::{Comparison, Settled};
use crate::deliverable::Proposal;

/// What the judge's comparisons came to, for one option.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Tally {
    /// Wins that survived the exchange of the order.
    pub wins: usize,
    /// Losses that did.
    pub losses: usize,
    /// Ties: those that the judge said, and all that did not survive.
    pub ties: usize,
    /// Those of the ties in which the judge went with the place.
    pub flips: usize,
    /// Pairs that the judge did not answer in both orders.
    pub unjudged: usize,
}

/// One option, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Standing {
    /// Its proposer's name.
    pub name: String,
    /// The option as it was proposed.
    pub proposal: Proposal,
    /// What its check showed; none when there was no check for it.
    pub evidence: Option<Evidence>,
    /// Why there is no evidence though there was a check.
    pub unchecked: Option<String>,
    /// What the judge's comparisons came to.
    pub tally: Tally,
    /// Whether it was out of the running, since its check refuted it and another's was confirmed.
    pub out: bool,
}

impl Standing {
    /// What its check says; unverified without one.
    pub fn verdict(&self) -> Verdict {
        self.evidence
            .as_ref()
            .map_or(Verdict::Unverified, |evidence| evidence.verdict)
    }
}

impl Tally {
    /// Counts what `comparisons` say of `name`.
    pub fn of<'a>(name: &str, comparisons: impl IntoIterator<Item = &'a Comparison>) -> Self {
        let mut tally = Self::default();
        for comparison in comparisons
            .into_iter()
            .filter(|comparison| comparison.is_of(name))
        {
            match &comparison.settled {
                Settled::ByEvidence(_) => {}
                Settled::Won(winner) if winner == name => tally.wins += 1,
                Settled::Won(_) => tally.losses += 1,
                Settled::Unjudged(_) => tally.unjudged += 1,
                Settled::Tie | Settled::Flipped(_) | Settled::Wavered => tally.ties += 1,
            }
            tally.flips += usize::from(matches!(comparison.settled, Settled::Flipped(_)));
        }
        tally
    }
}

impl fmt::Display for Tally {
    /// As `2 wins, 1 loss, 1 tie (1 flipped)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count =
            |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        let wins = count(self.wins, "win", "wins");
        let losses = count(self.losses, "loss", "losses");
        write!(f, "{wins}, {losses}, {}", count(self.ties, "tie", "ties"))?;
        if self.flips > 0 {
            write!(f, " ({} flipped)", self.flips)?;
        }
        if self.unjudged > 0 {
            write!(f, ", {} not judged", self.unjudged)?;
        }
        Ok(())
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): ", self.proposal.title, self.name)?;
        if self.out {
            f.write_str("out of the running")?;
        } else {
            write!(f, "{}", self.tally)?;
        }
        if let Some(evidence) = &self.evidence {
            write!(f, "; {evidence}")?;
        }
        if let Some(why) = &self.unchecked {
            write!(f, "; not checked: {why}")?;
        }
        Ok(())
    }
}
