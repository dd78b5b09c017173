//! When a context pack is worth its cost, and when it is skipped.
//!
//! A pack costs scouts, a condensing step and their time before anything is done. The rule looks at the size of what
//! is to be done, as far as the caller knows it; it looks at no files and asks nobody.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is to be done, as far as it bears on whether a pack pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Undertaking {
    /// A question whose answer stands in a few known places: what is the default of this flag, where is that function.
    LookUp {
        /// In how many places one has to look, about.
        places: u32,
    },
    /// A change whose place is known.
    Edit {
        /// How many files it touches, about.
        files: u32,
        /// How many lines it changes or adds, about.
        lines: u32,
        /// Whether it stays where it is: nobody else's code, text or data has to follow.
        isolated: bool,
    },
    /// Anything else, and whatever nobody has sized.
    #[default]
    Unsized,
}

/// Up to which size a pack is skipped.
///
/// | undertaking | the pack is skipped |
/// | --- | --- |
/// | [`LookUp`](Undertaking::LookUp) | up to 2 places |
/// | [`Edit`](Undertaking::Edit) | isolated, and up to 2 files (a file and its test) and 40 lines |
/// | [`Unsized`](Undertaking::Unsized) | never |
///
/// The thresholds are a judgement, not a measurement: within them one worker reads everything that matters in its
/// first minute, so that scouts would only read it twice. [`always`](Self::always) and [`never`](Self::never)
/// override the rule, [`look_ups`](Self::look_ups) and [`edits`](Self::edits) move it.
///
/// ```
/// use orch_prompts::{PackRule, Undertaking};
///
/// let typo = Undertaking::Edit { files: 1, lines: 1, isolated: true };
/// assert!(!PackRule::default().decide(&typo).is_worth());
/// assert!(PackRule::always().decide(&typo).is_worth());
/// assert!(PackRule::default().decide(&Undertaking::Unsized).is_worth());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[must_use]
pub struct PackRule {
    fixed: Option<bool>,
    places: u32,
    files: u32,
    lines: u32,
}

impl Default for PackRule {
    fn default() -> Self {
        Self {
            fixed: None,
            places: 2,
            files: 2,
            lines: 40,
        }
    }
}

impl PackRule {
    /// A pack for everything.
    pub fn always() -> Self {
        Self {
            fixed: Some(true),
            ..Self::default()
        }
    }

    /// No pack for anything.
    pub fn never() -> Self {
        Self {
            fixed: Some(false),
            ..Self::default()
        }
    }

    /// Skips the pack for look-ups in at most this many places.
    pub fn look_ups(self, places: u32) -> Self {
        Self { places, ..self }
    }

    /// Skips the pack for isolated edits of at most this many files and lines.
    pub fn edits(self, files: u32, lines: u32) -> Self {
        Self { files, lines, ..self }
    }

    /// Whether a pack is worth it for `undertaking`, and why not where it is not.
    pub fn decide(&self, undertaking: &Undertaking) -> PackChoice {
        match (self.fixed, *undertaking) {
            (Some(false), _) => PackChoice::Skipped(Skipped::Told),
            (None, Undertaking::LookUp { places }) if places <= self.places => {
                PackChoice::Skipped(Skipped::SimpleLookUp)
            }
            (
                None,
                Undertaking::Edit {
                    files,
                    lines,
                    isolated: true,
                },
            ) if files <= self.files && lines <= self.lines => PackChoice::Skipped(Skipped::SmallEdit),
            (Some(true) | None, _) => PackChoice::Worth,
        }
    }
}

/// Whether a pack is worth it for `undertaking` by the rule as it comes: [`PackRule::default`].
pub fn worth_a_pack(undertaking: &Undertaking) -> bool {
    PackRule::default().decide(undertaking).is_worth()
}

/// What the rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackChoice {
    /// The pack is made.
    Worth,
    /// The pack is skipped.
    Skipped(Skipped),
}

impl PackChoice {
    /// Whether the pack is made.
    pub fn is_worth(self) -> bool {
        self == Self::Worth
    }
}

/// Why a pack is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Skipped {
    /// The answer stands in a few known places.
    SimpleLookUp,
    /// The change is small and stays where it is.
    SmallEdit,
    /// The caller said so.
    Told,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SimpleLookUp => "a simple look-up needs no context pack",
            Self::SmallEdit => "a small isolated edit needs no context pack",
            Self::Told => "context packs are switched off",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(files: u32, lines: u32, isolated: bool) -> Undertaking {
        Undertaking::Edit {
            files,
            lines,
            isolated,
        }
    }

    #[test]
    fn a_pack_is_skipped_up_to_the_thresholds_and_not_beyond() {
        for (undertaking, skipped) in [
            (Undertaking::LookUp { places: 2 }, Some(Skipped::SimpleLookUp)),
            (Undertaking::LookUp { places: 3 }, None),
            (edit(2, 40, true), Some(Skipped::SmallEdit)),
            (edit(3, 1, true), None),
            (edit(1, 41, true), None),
            (edit(1, 1, false), None),
            (Undertaking::Unsized, None),
        ] {
            let expected = skipped.map_or(PackChoice::Worth, PackChoice::Skipped);
            assert_eq!(
                PackRule::default().decide(&undertaking),
                expected,
                "{undertaking:?}"
            );
            assert_eq!(worth_a_pack(&undertaking), skipped.is_none(), "{undertaking:?}");
        }
    }

    #[test]
    fn the_caller_can_move_the_rule_and_override_it() {
        assert!(
            PackRule::default()
                .edits(1, 10)
                .decide(&edit(2, 5, true))
                .is_worth()
        );
        assert!(
            !PackRule::default()
                .look_ups(9)
                .decide(&Undertaking::LookUp { places: 9 })
                .is_worth()
        );
        assert_eq!(
            PackRule::never().decide(&Undertaking::Unsized),
            PackChoice::Skipped(Skipped::Told)
        );
        assert!(
            PackRule::always()
                .decide(&Undertaking::LookUp { places: 1 })
                .is_worth()
        );
    }
}
