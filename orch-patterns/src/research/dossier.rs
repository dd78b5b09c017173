//! What a research returns.

use std::path::PathBuf;

use orch_core::{Missing, plain};
use serde::Serialize;

use crate::deliverable::{Point, Sources, Synthesis};

/// A topic, ready to decide upon, with all its sources and with what nobody looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Dossier {
    /// What was asked.
    pub question: String,
    /// The points, and what they are worth. Every reference in it leads to one of `sources`; each angle in
    /// `not_looked_at` is named under its uncertainty.
    pub synthesis: Synthesis,
    /// All sources that researchers named, each once. The first has number 1.
    pub sources: Sources,
    /// The angles that were looked at.
    pub looked_at: Vec<String>,
    /// The angles whose researcher did not deliver, and why: nothing is known of what is there.
    pub not_looked_at: Vec<Missing>,
    /// References of the synthesis that no researcher had named, each once. They were taken out of it: whoever made it
    /// made them up.
    pub made_up: Vec<String>,
    /// Why the synthesis is only the researchers' claims in order of their support: whoever was to make it did not
    /// deliver. None when it was made as it should be.
    pub instead: Option<String>,
    /// Whoever closed it and did not deliver, and why: `synthesis`. It is no part of the coverage.
    pub not_closed: Vec<Missing>,
}

impl Dossier {
    /// The points that no source says: nothing to build upon.
    pub fn unsourced(&self) -> impl Iterator<Item = &Point> {
        self.synthesis.unsourced()
    }

    /// The one thing to do next; none when nobody said one.
    pub fn next_step(&self) -> Option<&str> {
        self.synthesis.next_actions.first().map(String::as_str)
    }

    /// The synthesis with only references to `sources` in it, and with the angles that nobody looked at under its
    /// uncertainty, before all else.
    pub(super) fn checked(
        question: &str,
        synthesis: Synthesis,
        sources: Sources,
        looked_at: Vec<String>,
        not_looked_at: Vec<Missing>,
    ) -> Self {
        let (mut synthesis, made_up) = synthesis.restricted_to(&sources);
        let unseen = not_looked_at.iter().map(|missing| {
            let (angle, why) = (&missing.label, plain::line(&missing.why.to_string(), 300));
            format!(
                "Not looked at: \"{}\". Its researcher did not deliver: {why}",
                plain::line(angle, 200)
            )
        });
        synthesis.uncertainty.splice(0..0, unseen);
        Self {
            question: plain::line(question, 1_000),
            synthesis,
            sources,
            looked_at,
            not_looked_at,
            made_up: made_up
                .iter()
                .map(|reference| plain::line(reference, 300))
                .collect(),
            instead: None,
            not_closed: Vec::new(),
        }
    }

    /// The same, of a tree in which these files changed meanwhile.
    pub(super) fn changed_meanwhile(mut self, paths: &[PathBuf]) -> Self {
        let changed = paths.iter().map(|path| {
            let path = plain::line(&path.to_string_lossy(), 300);
            format!("{path} changed while it was read: what is said of it may hold for the old text.")
        });
        self.synthesis.uncertainty.extend(changed);
        self
    }
}
