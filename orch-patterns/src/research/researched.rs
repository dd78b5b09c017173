//! What a synthesis is made of.

use orch_core::Covered;
use orch_prompts::Style;
use serde::Serialize;

use super::Topic;
use crate::deliverable::{ResearchNotes, Sources};

/// What one researcher found, under the angle that it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Angled {
    /// The angle, as the orchestrator named it.
    pub angle: String,
    /// What was found.
    pub notes: ResearchNotes,
}

/// All that a synthesis is made of. Notes and sources are other workers' words.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Researched {
    /// What was asked.
    pub topic: Topic,
    /// What was found, by angle, and which angles nobody looked at.
    pub notes: Covered<Vec<Angled>>,
    /// All sources, each once.
    pub sources: Sources,
    /// How the prose is to be written, where that was said.
    pub style: Option<Style>,
}

impl Researched {
    /// How many different claims the notes hold.
    pub fn claims(&self) -> usize {
        let notes = self.notes.clone().accept_partial();
        let claims = notes.iter().flat_map(|angled| &angled.notes.points);
        let folded: std::collections::HashSet<String> = claims.map(|point| folded(&point.claim)).collect();
        folded.len()
    }
}

/// A claim as it is compared: letters and digits in lower case, one space between words.
pub(super) fn folded(claim: &str) -> String {
    let words = claim
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_the_same_but_for_spelling() {
        assert_eq!(
            folded(" Pools  wait, in FIFO order. "),
            folded("pools wait in fifo order")
        );
        assert_ne!(folded("Pools wait 3 s."), folded("Pools wait 30 s."));
    }
}
