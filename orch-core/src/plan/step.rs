//! One step of a plan, and what it is known by.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::Digest;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// What it is known by.
    pub id: StepId,
    /// One sentence.
    pub text: String,
    /// How far it is.
    pub status: StepStatus,
}

/// What a step is known by: its words (white space folded), and its ordinal among steps of the same words.
///
/// The wire form of a plan has no ids, so they are derived: a step keeps its id when the plan is replaced, when steps
/// around it come and go, and on every machine. Other words are another step. Ids are distinct within a plan and say
/// nothing across plans. Shown as 12 hexadecimal digits, with `#1` for the second of the same words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepId {
    words: u64,
    nth: u32,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Not begun.
    Pending,
    /// Under way.
    InProgress,
    /// Done.
    Completed,
}

impl StepStatus {
    /// Its mark on a list: `[ ]`, `[>]` or `[x]`.
    pub(crate) fn mark(self) -> &'static str {
        match self {
            Self::Pending => "[ ]",
            Self::InProgress => "[>]",
            Self::Completed => "[x]",
        }
    }
}

/// The steps of these words, in order, each with its id.
pub(super) fn named(steps: impl IntoIterator<Item = (String, StepStatus)>) -> Vec<Step> {
    let mut equals: HashMap<u64, u32> = HashMap::new();
    let step = |(text, status): (String, StepStatus)| {
        let words = words_of(&text);
        // Counted by what is kept of the digest, so that ids are distinct even where that is equal by chance.
        let count = equals.entry(words).or_default();
        let nth = *count;
        *count += 1;
        Step {
            id: StepId { words, nth },
            text,
            status,
        }
    };
    steps.into_iter().map(step).collect()
}

/// 48 bits of the digest of the words of `text`.
fn words_of(text: &str) -> u64 {
    let folded: Vec<&str> = text.split_whitespace().collect();
    Digest::of(folded.join(" "))
        .as_bytes()
        .iter()
        .take(6)
        .fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}

impl StepId {
    /// The id of the first step of the same words.
    pub(super) fn first(self) -> Self {
        Self { nth: 0, ..self }
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012x}", self.words)?;
        if self.nth > 0 {
            write!(f, "#{}", self.nth)?;
        }
        Ok(())
    }
}

impl Serialize for StepId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
