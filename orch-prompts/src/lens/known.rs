//! The lenses by name. What each one looks for is in `focus`; reading a name is in `parse`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{custom, focus};

/// The point of view of one reviewer. Serialises as its [`name`](Lens::name); the user's own with its focus.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Lens {
    /// Clarity and structure.
    Clarity,
    /// Correctness and completeness.
    Correctness,
    /// Risks and failure modes.
    Risks,
    /// Consistency and style.
    Consistency,
    /// Quality of the evidence.
    Evidence,
    /// Practicality.
    Practicality,
    /// Accessibility and fit for the audience.
    Audience,
    /// Security.
    Security,
    /// Performance.
    Performance,
    /// Backward compatibility.
    Compatibility,
    /// The user's own; made by [`Lens::custom`].
    #[non_exhaustive]
    Custom {
        /// The name, in the form that [`Lens::custom`] gives it.
        #[serde(deserialize_with = "custom::deserialize_name")]
        name: String,
        /// What this reviewer looks for, in the user's words.
        focus: String,
    },
}

impl Lens {
    /// The ready-made lenses, in the order in which they are listed to people.
    pub const ALL: &'static [Self] = &[
        Self::Clarity,
        Self::Correctness,
        Self::Risks,
        Self::Consistency,
        Self::Evidence,
        Self::Practicality,
        Self::Audience,
        Self::Security,
        Self::Performance,
        Self::Compatibility,
    ];

    /// A lens of the user's own: `focus` says what this reviewer looks for.
    ///
    /// The name is brought into the form of the ready-made ones: letters and digits in lower case, everything
    /// else a single hyphen, at most 64 characters; `custom` when nothing is left. A name that a ready-made
    /// lens has is kept, and findings of the two cannot be told apart by it.
    pub fn custom(name: impl AsRef<str>, focus: impl Into<String>) -> Self {
        Self::Custom {
            name: custom::kebab(name.as_ref()),
            focus: focus.into(),
        }
    }

    /// The stable name, in lower case with hyphens: used in labels, on the command line and in findings.
    pub fn name(&self) -> &str {
        match self {
            Self::Clarity => "clarity",
            Self::Correctness => "correctness",
            Self::Risks => "risks",
            Self::Consistency => "consistency",
            Self::Evidence => "evidence",
            Self::Practicality => "practicality",
            Self::Audience => "audience",
            Self::Security => "security",
            Self::Performance => "performance",
            Self::Compatibility => "compatibility",
            Self::Custom { name, .. } => name,
        }
    }

    /// The heading under which people know it. The user's own lens has only its name.
    pub fn title(&self) -> &str {
        match self {
            Self::Clarity => "Clarity and structure",
            Self::Correctness => "Correctness and completeness",
            Self::Risks => "Risks and failure modes",
            Self::Consistency => "Consistency and style",
            Self::Evidence => "Quality of the evidence",
            Self::Practicality => "Practicality",
            Self::Audience => "Accessibility and fit for the audience",
            Self::Security => "Security",
            Self::Performance => "Performance",
            Self::Compatibility => "Backward compatibility",
            Self::Custom { name, .. } => name,
        }
    }

    /// What a reviewer with this lens looks for: sentences and questions to put into a prompt.
    pub fn focus(&self) -> &str {
        match self {
            Self::Clarity => focus::CLARITY,
            Self::Correctness => focus::CORRECTNESS,
            Self::Risks => focus::RISKS,
            Self::Consistency => focus::CONSISTENCY,
            Self::Evidence => focus::EVIDENCE,
            Self::Practicality => focus::PRACTICALITY,
            Self::Audience => focus::AUDIENCE,
            Self::Security => focus::SECURITY,
            Self::Performance => focus::PERFORMANCE,
            Self::Compatibility => focus::COMPATIBILITY,
            Self::Custom { focus, .. } => focus,
        }
    }
}

impl fmt::Display for Lens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lens_serialises_as_its_name() {
        for lens in Lens::ALL {
            assert_eq!(serde_json::to_value(lens).unwrap(), lens.name());
        }
    }

    #[test]
    fn no_two_lenses_share_a_name_a_title_or_a_focus() {
        for (i, one) in Lens::ALL.iter().enumerate() {
            for other in &Lens::ALL[..i] {
                assert_ne!(one.name(), other.name());
                assert_ne!(one.title(), other.title());
                assert_ne!(one.focus(), other.focus());
            }
        }
    }

    #[test]
    fn a_custom_lens_keeps_its_focus_and_gets_a_plain_name() {
        let lens = Lens::custom("Public API / Breaks", "Does a caller have to change?");
        assert_eq!(lens.name(), "public-api-breaks");
        assert_eq!(lens.title(), "public-api-breaks");
        assert_eq!(lens.focus(), "Does a caller have to change?");
        assert_eq!(format!("{:<20}|", Lens::Risks), "risks               |");
    }
}
