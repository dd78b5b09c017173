//! What two orders of one pair say together.

use std::fmt;

use serde::Serialize;

use crate::deliverable::{Choice, Winner};

/// One answer of the judge: the pair in one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// Who was shown first.
    pub first: String,
    /// Who was shown second.
    pub second: String,
    /// What the judge said.
    pub choice: Choice,
}

/// How one pair was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Settled {
    /// A check confirmed this one and refuted the other; the judge was not asked.
    ByEvidence(String),
    /// The judge said this one in both orders.
    Won(String),
    /// The judge said in both orders that neither is better.
    Tie,
    /// The judge said the one in this place both times, whichever it was: a tie, and position bias.
    Flipped(Winner),
    /// The judge chose in one order and not in the other: a tie.
    Wavered,
    /// The judge did not answer in both orders: no tie, nothing is known. Why it did not.
    Unjudged(String),
}

/// One pair of options, and how it was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The two, by their proposers' names.
    pub pair: [String; 2],
    /// How it was settled.
    pub settled: Settled,
    /// What the judge said, at most once in each order.
    pub said: Vec<Said>,
}

/// How much the place in which an option was shown decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Bias {
    /// Pairs that the judge answered in both orders.
    pub compared: usize,
    /// Those in which it said the one shown first both times.
    pub towards_first: usize,
    /// Those in which it said the one shown second both times.
    pub towards_second: usize,
    /// Those in which it chose in one order and not in the other.
    pub wavered: usize,
}

impl Settled {
    /// What the two orders of a pair say together: `ahead` with `pair[0]` shown first, `back` with it shown second.
    pub(super) fn of(pair: &[String; 2], ahead: Winner, back: Winner) -> Self {
        match (ahead, back.exchanged()) {
            (Winner::First, Winner::First) => Self::Won(pair[0].clone()),
            (Winner::Second, Winner::Second) => Self::Won(pair[1].clone()),
            (Winner::Tie, Winner::Tie) => Self::Tie,
            (Winner::Tie, _) | (_, Winner::Tie) => Self::Wavered,
            (place, _) => Self::Flipped(place),
        }
    }
}

impl Comparison {
    /// Whether this one is of the pair.
    pub fn is_of(&self, name: &str) -> bool {
        self.pair.iter().any(|one| one == name)
    }

    /// Whether the judge was asked.
    pub fn was_asked(&self) -> bool {
        !matches!(self.settled, Settled::ByEvidence(_))
    }
}

impl Bias {
    /// Counts over all pairs.
    pub fn of<'a>(comparisons: impl IntoIterator<Item = &'a Comparison>) -> Self {
        let mut bias = Self::default();
        for comparison in comparisons {
            bias.compared += match comparison.settled {
                Settled::ByEvidence(_) | Settled::Unjudged(_) => 0,
                Settled::Won(_) | Settled::Tie | Settled::Flipped(_) | Settled::Wavered => 1,
            };
            match comparison.settled {
                Settled::Flipped(Winner::First) => bias.towards_first += 1,
                Settled::Flipped(_) => bias.towards_second += 1,
                Settled::Wavered => bias.wavered += 1,
                _ => {}
            }
        }
        bias
    }

    /// Pairs whose verdict went with the place and not with the option.
    pub fn flipped(&self) -> usize {
        self.towards_first + self.towards_second
    }
}

impl fmt::Display for Bias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} verdicts flipped with the order",
            self.flipped(),
            self.compared
        )?;
        if self.flipped() > 0 {
            write!(
                f,
                " ({} towards the one shown first, {} towards the second)",
                self.towards_first, self.towards_second
            )?;
        }
        if self.wavered > 0 {
            write!(f, ", {} held in one order only", self.wavered)?;
        }
        Ok(())
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {}: ", self.pair[0], self.pair[1])?;
        match &self.settled {
            Settled::ByEvidence(name) => write!(f, "{name}, by their checks"),
            Settled::Won(name) => write!(f, "{name}, in both orders"),
            Settled::Tie => f.write_str("a tie, in both orders"),
            Settled::Flipped(place) => write!(f, "the {place} one in either order, which is a tie"),
            Settled::Wavered => f.write_str("a choice in one order only, which is a tie"),
            Settled::Unjudged(why) => write!(f, "not judged ({why})"),
        }
    }
}
