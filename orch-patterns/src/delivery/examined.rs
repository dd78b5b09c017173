//! What an examination came to, and what of it the next round is told.

use std::fmt;

use orch_core::{Evidence, Unfinished, Verdict};
use orch_prompts::Material;
use serde::{Deserialize, Serialize};

use crate::deliverable::Verification;

/// What was found out about what a writer wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Examined {
    /// Whether it holds.
    pub verdict: Verdict,
    /// What the checks showed, in their order; those after one that could not be asked are not there.
    pub evidence: Vec<Evidence>,
    /// What the reader found, where it was asked and answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// What kept a check from being asked, or the reader from answering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Unfinished>,
}

impl Examined {
    /// What is to be told to the next round: what was seen that does not hold, as data. None when it is confirmed, and
    /// none when nobody found anything out: there is nothing then that a writer could repair.
    pub fn complaint(&self) -> Option<Material> {
        if self.verdict.is_confirmed() {
            return None;
        }
        let mut parts: Vec<String> = self.open_checks().map(with_output).collect();
        let verification = self.verification.iter();
        parts.extend(verification.map(ToString::to_string));
        (!parts.is_empty()).then(|| {
            Material::new(
                "what is still wrong",
                "the verification of the round before",
                parts.join("\n"),
            )
        })
    }

    /// What is not shown to hold, a line each: checks that are not confirmed, what the reader names, and why nothing was
    /// found out. Empty when it is confirmed.
    pub fn remaining(&self) -> Vec<String> {
        if self.verdict.is_confirmed() {
            return Vec::new();
        }
        let mut lines: Vec<String> = self.open_checks().map(ToString::to_string).collect();
        if let Some(verification) = &self.verification {
            lines.extend(verification.remaining.iter().cloned());
            if verification.remaining.is_empty() {
                lines.push(format!("{}: {}", verification.verdict, verification.summary));
            }
        }
        let missing = self.missing.iter();
        lines.extend(missing.map(|why| format!("nobody could tell: {why}")));
        lines
    }

    /// The first check that could not be started. No writer can repair that, and no further round finds out more.
    pub(super) fn not_started(&self) -> Option<&Evidence> {
        self.evidence.iter().find(|evidence| !evidence.started)
    }

    fn open_checks(&self) -> impl Iterator<Item = &Evidence> {
        let open = |evidence: &&Evidence| !evidence.verdict.is_confirmed();
        self.evidence.iter().filter(open)
    }
}

fn with_output(evidence: &Evidence) -> String {
    format!("{evidence}\n{}\n", evidence.output.trim_end())
}

impl fmt::Display for Examined {
    /// The verdict, and what it stands on.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.verdict)?;
        for evidence in &self.evidence {
            writeln!(f, "- {evidence}")?;
        }
        if let Some(verification) = &self.verification {
            let text = verification.to_string();
            writeln!(f, "- the verifier: {}", text.trim_end().replace('\n', "\n  "))?;
        }
        match &self.missing {
            Some(why) => writeln!(
                f,
                "- nobody could tell: {}",
                why.to_string().replace('\n', "\n  ")
            ),
            None => Ok(()),
        }
    }
}
