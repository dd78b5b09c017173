//! How bad a finding is, in five steps.
//!
//! This file names and orders the steps and reads the words that reviewers use for them. What a step is worth in
//! the ranking is said in `rank`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

/// How bad it is if the finding is right. `Critical` is the greatest, so `max` gives the worst.
///
/// Lowercase in JSON. Reading is wider than writing: any case, and the common words of other tools
/// (`error`, `warning`, `P0` ...) are understood; see [`Severity::from_str`].
// The variants stand in ascending order because `Ord` is derived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// A remark; nothing has to change.
    Info,
    /// Small: style, wording, a corner that rarely matters.
    Low,
    /// Wrong or risky in some situation that will happen.
    #[default]
    Medium,
    /// Wrong in ordinary use, or a risk that should not ship.
    High,
    /// Data loss, a security hole, or a crash in ordinary use: must be fixed first.
    Critical,
}

impl Severity {
    /// All steps, the worst first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// The word used in JSON and in text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text is no severity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("severity {given:?} is unknown: use one of critical, high, medium, low, info")]
#[non_exhaustive]
pub struct UnknownSeverity {
    /// What was given, cut to 40 characters.
    pub given: String,
}

impl FromStr for Severity {
    type Err = UnknownSeverity;

    /// Reads the five words in any case, and what other tools say instead: `blocker`, `fatal` and `P0` are critical;
    /// `error`, `major` and `P1` high; `moderate`, `warning` and `P2` medium; `minor`, `P3` low; `note`, `hint`,
    /// `nit`, `suggestion`, `informational` and `P4` info.
    ///
    /// # Errors
    /// [`UnknownSeverity`] for any other text.
    fn from_str(text: &str) -> Result<Self, UnknownSeverity> {
        match text.trim().to_ascii_lowercase().as_str() {
            "critical" | "blocker" | "fatal" | "p0" => Ok(Self::Critical),
            "high" | "error" | "major" | "p1" => Ok(Self::High),
            "medium" | "moderate" | "warning" | "p2" => Ok(Self::Medium),
            "low" | "minor" | "p3" => Ok(Self::Low),
            "info" | "informational" | "note" | "hint" | "nit" | "suggestion" | "p4" => Ok(Self::Info),
            _ => Err(UnknownSeverity {
                given: text.chars().take(40).collect(),
            }),
        }
    }
}

// Written by hand: the derive turns documented variants into a `oneOf`, which strict schema subsets refuse.
impl JsonSchema for Severity {
    fn schema_name() -> Cow<'static, str> {
        "Severity".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": Self::ALL.map(Self::as_str) })
    }
}

impl<'de> Deserialize<'de> for Severity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_is_the_greatest() {
        let mut all = Severity::ALL;
        all.sort();
        assert_eq!(all.last(), Some(&Severity::Critical));
        assert_eq!(all.first(), Some(&Severity::Info));
    }

    #[test]
    fn display_json_and_from_str_agree() {
        for severity in Severity::ALL {
            let json = serde_json::to_value(severity).unwrap();
            assert_eq!(json, severity.to_string());
            assert_eq!(severity.to_string().parse(), Ok(severity));
            assert_eq!(serde_json::from_value::<Severity>(json).unwrap(), severity);
        }
    }

    #[test]
    fn words_of_other_tools_are_understood_and_rubbish_is_named() {
        assert_eq!(" Warning ".parse(), Ok(Severity::Medium));
        assert_eq!("P0".parse(), Ok(Severity::Critical));
        let error = "spicy".parse::<Severity>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "severity \"spicy\" is unknown: use one of critical, high, medium, low, info"
        );
        assert!("x".repeat(1000).parse::<Severity>().unwrap_err().given.len() <= 40);
    }
}
