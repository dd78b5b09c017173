//! What a verifier returns, and when its verdict counts.
//!
//! A verdict without evidence is an opinion, and opinions do not confirm. It is read as
//! [`Verdict::Unverified`](orch_core::Verdict::Unverified) rather than complained of: a worker that is asked for
//! evidence after its verdict is invited to make some up, and what is unverified is looked at again anyway.

use std::fmt;

use orch_core::Verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{said, sheet};

/// What a verifier found out.
///
/// Read from JSON, its verdict has been weighed: see [`weighed`](Self::weighed). An unknown or missing `verdict` is
/// an error; so that it is not lost to a form, "could not tell", "inconclusive" and "unknown" are read as unverified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verification {
    /// confirmed: you saw every part of it hold; refuted: you saw one part not hold; unverified: all other cases.
    pub verdict: Verdict,
    /// One or two sentences: what decides it.
    pub summary: String,
    /// What you looked at and what was there. Without evidence a verdict counts as unverified.
    pub evidence: Vec<Observation>,
    /// Each thing that is still wrong or not shown: where, what is seen, what should be seen. Empty when confirmed.
    pub remaining: Vec<String>,
    /// Why the verdict is weaker than the one that the verifier gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub lowered: Option<Lowered>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Observation {
    /// The file and line, or the command, exactly.
    pub what: String,
    /// What was there or what came of it, quoted as far as it matters; of a command also its exit status.
    pub observed: String,
}

/// Why a verifier's verdict was read as unverified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Lowered {
    /// It confirmed or refuted without a single observation.
    NoEvidence,
    /// It confirmed and named what is still wrong in the same breath.
    Contradicted,
}

impl Verification {
    /// A verification with this verdict and nothing to show for it yet.
    pub fn new(verdict: Verdict, summary: impl Into<String>) -> Self {
        Self {
            verdict,
            summary: summary.into(),
            ..Self::default()
        }
    }

    /// Adds an observation.
    pub fn observed(mut self, what: impl Into<String>, observed: impl Into<String>) -> Self {
        self.evidence.push(Observation {
            what: what.into(),
            observed: observed.into(),
        });
        self
    }

    /// The same with the verdict that its contents bear: confirmed needs evidence and nothing remaining, refuted
    /// needs evidence or something remaining; otherwise it is unverified, and [`lowered`](Self::lowered) says why.
    ///
    /// Reading does this already; it is for what a program put together itself.
    pub fn weighed(mut self) -> Self {
        let lowered = match self.verdict {
            Verdict::Confirmed if !self.remaining.is_empty() => Some(Lowered::Contradicted),
            Verdict::Confirmed if self.evidence.is_empty() => Some(Lowered::NoEvidence),
            Verdict::Refuted if self.evidence.is_empty() && self.remaining.is_empty() => {
                Some(Lowered::NoEvidence)
            }
            Verdict::Unverified => return self,
            _ => None,
        };
        if lowered.is_some() {
            self.verdict = Verdict::Unverified;
        }
        self.lowered = lowered;
        self
    }

    /// Whether the claim holds.
    pub fn is_confirmed(&self) -> bool {
        self.verdict.is_confirmed()
    }
}

impl<'de> Deserialize<'de> for Verification {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        said::read(deserializer, |said| {
            let word = said.needed("verdict", "use one of confirmed, refuted, unverified")?;
            let verdict = verdict(&word)?;
            // Kept by ourselves when an earlier reading lowered the verdict; a worker can only weaken itself by it.
            let lowered = said
                .get("lowered")
                .and_then(|value| Lowered::deserialize(value).ok())
                .filter(|_| verdict == Verdict::Unverified);
            let read = Self {
                verdict,
                summary: said.line("summary"),
                evidence: said.things("evidence", "observed", |seen| {
                    let (what, observed) = (seen.line("what"), seen.text("observed"));
                    Ok((!observed.is_empty()).then_some(Observation { what, observed }))
                })?,
                remaining: said.lines("remaining")?,
                lowered,
            };
            Ok(read.weighed())
        })
    }
}

fn verdict(word: &str) -> Result<Verdict, String> {
    match word.to_ascii_lowercase().replace(['_', '-'], " ").as_str() {
        "confirmed" => Ok(Verdict::Confirmed),
        "refuted" => Ok(Verdict::Refuted),
        "unverified" | "could not tell" | "inconclusive" | "unknown" => Ok(Verdict::Unverified),
        _ => {
            let given: String = word.chars().take(40).collect();
            Err(format!(
                "verdict {given:?} is unknown: use one of confirmed, refuted, unverified"
            ))
        }
    }
}

impl fmt::Display for Lowered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoEvidence => "the verifier gave no evidence",
            Self::Contradicted => "the verifier confirmed and named what is still wrong",
        })
    }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.what.is_empty() {
            return f.write_str(&self.observed);
        }
        write!(f, "{}: {}", self.what, self.observed)
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lowered {
            Some(why) => writeln!(f, "{} ({why}): {}", self.verdict, self.summary)?,
            None => writeln!(f, "{}: {}", self.verdict, self.summary)?,
        }
        sheet::list(f, "Evidence", &self.evidence)?;
        sheet::list(f, "Still wrong or not shown", &self.remaining)
    }
}
