//! Pairs that words cannot decide, and what an adjudicator says of them.
//!
//! Who is asked, and how an answer counts, is in `adjudicate`.

use orch_core::Unfinished;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Reported;

/// Two findings of different sources that nearly are, or nearly are not, taken for one defect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Doubt {
    /// The number of the pair in its list, 1 for the first.
    pub pair: u32,
    /// The one finding, ...
    pub one: Reported,
    /// ... and the other.
    pub other: Reported,
    /// How alike they are in wording, 0 to 1.
    pub likeness: f64,
}

/// What an adjudicator says of one pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ruled {
    /// The number of the pair.
    pub pair: u32,
    /// same: fixing one fixes the other; different: each needs a fix of its own; unsure: it cannot be told.
    pub ruling: Ruling,
}

/// Whether two findings are one defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Ruling {
    /// They are one defect.
    Same,
    /// They are two.
    Different,
    /// It cannot be told: words decide, as if nobody had been asked.
    Unsure,
}

/// What was asked of an adjudicator, and what came back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Adjudication {
    /// The pairs that were asked about, the most doubtful first. Empty when nothing was in doubt: nobody was asked.
    pub doubts: Vec<Doubt>,
    /// What was said, as it was said. A pair that was not asked about counts for nothing, nor does one that two
    /// rulings contradict each other on.
    pub rulings: Vec<Ruled>,
    /// Why there is no answer, when there is none. The findings are then merged as if nobody had been asked.
    pub failure: Option<Unfinished>,
}

impl Adjudication {
    /// What counts of the rulings on one pair.
    pub(super) fn on(&self, pair: u32) -> Ruling {
        let mut said = self.rulings.iter().filter(|ruled| ruled.pair == pair);
        match said.next() {
            Some(first) if said.all(|other| other.ruling == first.ruling) => first.ruling,
            _ => Ruling::Unsure,
        }
    }
}
