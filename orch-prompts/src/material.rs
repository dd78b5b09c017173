//! Text that is data. It reaches a prompt through the fence and in no other way.

use serde::{Deserialize, Serialize};

/// Text that a worker looks at and never obeys: a diff, a log, another worker's words.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Material {
    /// What it is, in a few words.
    pub label: String,
    /// Where it comes from: a command, a file, a worker by its label.
    pub provenance: String,
    /// The text.
    pub text: String,
}

impl Material {
    /// Text under a label, with the place it comes from.
    pub fn new(label: impl Into<String>, provenance: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            provenance: provenance.into(),
            text: text.into(),
        }
    }

    /// What the orchestrator itself ran or saw: the output of a check, with its exit status. Verifiers and judges are
    /// told that a material of this provenance counts as observed, so no worker's words belong in it but those that the
    /// check printed.
    pub fn observed(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(label, "run by the orchestrator", text)
    }
}
