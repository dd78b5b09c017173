//! What a judge of two options returns.
//!
//! One comparison in one order. What two of them say together is worked out by who asked both.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{said, sheet};

/// Which of two options is better, and why.
///
/// Read from JSON, an unknown or missing `winner` is an error, and so is one option winning without a reason. "1",
/// "option 1", "first option" and the same for the second are understood, "neither", "both" and "equal" are a tie.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Choice {
    /// first or second, or tie when they are equally good or cannot be weighed against each other.
    pub winner: Winner,
    /// At least one reason, the one that decided first: the criterion, and what in the options shows it.
    pub reasons: Vec<String>,
}

/// The better one of two, by the place in which it was shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Winner {
    /// The one that was shown first.
    First,
    /// The one that was shown second.
    Second,
    /// Neither.
    #[default]
    Tie,
}

impl Winner {
    /// The same verdict with the two options exchanged: what a judge without a bias for a place says in the other
    /// order.
    #[must_use]
    pub fn exchanged(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
            Self::Tie => Self::Tie,
        }
    }
}

impl<'de> Deserialize<'de> for Choice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        said::read(deserializer, |said| {
            let winner = winner(&said.needed("winner", "use one of first, second, tie")?)?;
            let reasons = said.lines("reasons")?;
            if reasons.is_empty() && winner != Winner::Tie {
                return Err(format!("reasons is empty: say why the {winner} option is better"));
            }
            Ok(Self { winner, reasons })
        })
    }
}

fn winner(word: &str) -> Result<Winner, String> {
    let lower = word.to_ascii_lowercase();
    let bare = lower
        .trim_start_matches("the ")
        .trim_start_matches("option ")
        .trim_end_matches(" option");
    match bare {
        "first" | "1" => Ok(Winner::First),
        "second" | "2" => Ok(Winner::Second),
        "tie" | "neither" | "both" | "equal" => Ok(Winner::Tie),
        _ => {
            let given: String = word.chars().take(40).collect();
            Err(format!(
                "winner {given:?} is unknown: use one of first, second, tie"
            ))
        }
    }
}

impl fmt::Display for Winner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Tie => "tie",
        })
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Winner: {}", self.winner)?;
        sheet::list(f, "Reasons", &self.reasons)
    }
}
