//! What a reviewer returns: `Finding` and the list of them, `Findings`.
//!
//! The doc comments of the fields become the descriptions in the JSON Schema: a model reads them, so they say what
//! to write. How an answer is read, and what is forgiven in it, is in `reading`.

use schemars::JsonSchema;
use serde::Serialize;

use super::Severity;

/// One defect, risk or remark, at one place.
///
/// Reading JSON forgives what does no harm: keys other than `claim` may be missing, unknown keys are ignored, a
/// `line` that is no line of a file (0, negative, not a number) is `None`, `confidence` is clamped to 0..=1 (0.5
/// when it is missing). A blank or missing `claim` and an unknown `severity` are errors. A finding of codex's own
/// review (`title`, `body`, `confidence_score`, `code_location`, perhaps a `priority`) is read as one.
// Equality is derived, so a NaN confidence, which JSON cannot carry, is unequal to itself as floats are.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Finding {
    /// The file the finding is about, relative to the root of the work tree, with forward slashes. Null when it is
    /// about no single file.
    pub path: Option<String>,
    /// The 1-based line of that file where the defect is. Null when there is no single line.
    #[schemars(range(min = 1))]
    pub line: Option<u32>,
    /// How bad it is if you are right. critical: data loss, a security hole, or a crash in ordinary use; high:
    /// wrong in ordinary use; medium: wrong in some situation that will happen; low: small or rare; info: a remark.
    pub severity: Severity,
    /// What is wrong, in one sentence that stands alone: name the function or value, and what happens.
    pub claim: String,
    /// What you saw that shows it: quote the code or describe the run. Empty when you have none.
    pub evidence: String,
    /// What to do about it, concretely.
    pub recommendation: String,
    /// The lens under which you found it.
    pub lens: String,
    /// How sure you are that the claim is right, from 0 (a guess) to 1 (certain).
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: f64,
}

impl Finding {
    /// A finding that claims this and says nothing else: no place, [`Severity::Medium`], confidence 0.5.
    pub fn new(claim: impl Into<String>) -> Self {
        Self {
            path: None,
            line: None,
            severity: Severity::default(),
            claim: claim.into(),
            evidence: String::new(),
            recommendation: String::new(),
            lens: String::new(),
            confidence: 0.5,
        }
    }

    /// Places the finding at a line of a file.
    pub fn at(self, path: impl Into<String>, line: u32) -> Self {
        Self {
            path: Some(path.into()),
            line: (line > 0).then_some(line),
            ..self
        }
    }

    /// Sets how bad it is.
    pub fn severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// The confidence as a number in 0..=1, whatever the field holds: NaN counts as 0.5.
    pub fn certainty(&self) -> f64 {
        if self.confidence.is_nan() {
            0.5
        } else {
            self.confidence.clamp(0.0, 1.0)
        }
    }
}

/// Everything one reviewer found, the most important first.
///
/// Reading JSON refuses more than 1,000 findings, so that who answered can answer again: no honest review comes near
/// it, and what merging them costs stays bounded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Findings {
    /// The findings, the most important first. Empty when there is nothing to report.
    pub findings: Vec<Finding>,
}
