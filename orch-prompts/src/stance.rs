//! What makes one proposer unlike the next.
//!
//! Names and demands only; the brief around them is in `proposer`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a proposer aims at, above all else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Stance {
    /// The smallest change from what is there.
    Smallest,
    /// What still holds when something goes wrong.
    Robust,
    /// What one would want to live with for years.
    Lasting,
    /// What another field, or a fresh start, would do.
    Fresh,
    /// What is done soonest and is easiest to take back.
    Reversible,
    /// What costs least to run.
    Frugal,
    /// The orchestrator's own.
    Custom {
        /// What to call it.
        name: String,
        /// What the proposer is to aim at.
        demand: String,
    },
}

impl Stance {
    /// Those that come with the library, in the order in which [`spread`](Self::spread) hands them out: the
    /// first two lie furthest apart.
    pub const ALL: &'static [Self] = &[
        Self::Smallest,
        Self::Lasting,
        Self::Robust,
        Self::Fresh,
        Self::Reversible,
        Self::Frugal,
    ];

    /// A stance of the orchestrator's own.
    pub fn custom(name: impl Into<String>, demand: impl Into<String>) -> Self {
        Self::Custom {
            name: name.into(),
            demand: demand.into(),
        }
    }

    /// `count` stances, no two alike. Beyond the shipped ones each is told to keep away from what comes to mind
    /// first, by its number.
    pub fn spread(count: usize) -> Vec<Self> {
        let further = (Self::ALL.len() + 1..=count).map(|number| {
            Self::custom(
                format!("unlike-{number}"),
                format!(
                    "Write down for yourself the {number} answers that come to mind first, and propose one that \
                     rests on another idea than all of them."
                ),
            )
        });
        Self::ALL.iter().take(count).cloned().chain(further).collect()
    }

    /// Its name, on one line as it was given.
    pub fn name(&self) -> &str {
        match self {
            Self::Smallest => "smallest",
            Self::Robust => "robust",
            Self::Lasting => "lasting",
            Self::Fresh => "fresh",
            Self::Reversible => "reversible",
            Self::Frugal => "frugal",
            Self::Custom { name, .. } => name,
        }
    }

    /// What the proposer is told to aim at.
    pub fn demand(&self) -> &str {
        match self {
            Self::Smallest => {
                "Get there with the least: the fewest parts touched, added and explained, using what is there \
                 already."
            }
            Self::Robust => {
                "Get there so that it still holds on the worst day: bad input, a crash half-way, load, misuse, an \
                 attacker, a reader who did not read the manual."
            }
            Self::Lasting => {
                "Get there as one who will look after it for years: the clearest model, even where it costs more \
                 change now."
            }
            Self::Fresh => {
                "Get there by a way that nobody here would take from habit: as another field solves it, by removing \
                 the need for it, or as if nothing were there yet."
            }
            Self::Reversible => {
                "Get there in the step that is done soonest, shows most and is easiest to take back; decide late \
                 what can be decided late."
            }
            Self::Frugal => "Get there so that it costs the least to run: time, memory, money, attention.",
            Self::Custom { demand, .. } => demand,
        }
    }
}

impl fmt::Display for Stance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::visible::line(self.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_has_no_two_alike() {
        for count in 0..12 {
            let spread = Stance::spread(count);
            assert_eq!(spread.len(), count);
            for (at, one) in spread.iter().enumerate() {
                assert!(
                    spread[..at]
                        .iter()
                        .all(|other| other.name() != one.name() && other.demand() != one.demand()),
                    "{one}"
                );
            }
        }
    }
}
