//! What an options selection returns.

use orch_core::{Evidence, Missing};
use serde::Serialize;

use super::{Bias, Comparison, Standing};
use crate::deliverable::Proposal;

/// What made the chosen option the chosen one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Decided {
    /// There was no other: nobody judged.
    OnlyOne,
    /// What checks showed.
    Evidence,
    /// The judge, by verdicts that survived the exchange of the order.
    Judge,
    /// Nothing but the order of the stances: neither checks nor judge told it from the next one.
    Order,
    /// The judge did not deliver for any pair: evidence where there is some, and the order of the stances.
    Unjudged,
}

/// What became of the refinement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Refinement {
    /// The chosen option is the refined one; what its own check showed, where there was one.
    Refined(Option<Evidence>),
    /// Whoever refined it gave it back as it was.
    Unchanged,
    /// The refined one did worse in its check: the option stays as it was proposed.
    Dropped(Evidence),
    /// The option was confirmed by its check, and nothing was measured of the refined one, and why: it stays as it was
    /// proposed.
    Unmeasured(String),
    /// Whoever was to refine it did not deliver, and why: the option stays as it was proposed.
    Unfinished(String),
}

/// A choice, with all that it was chosen from and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Selection {
    /// What was to be decided.
    pub question: String,
    /// The chosen option, refined where [`refinement`](Self::refinement) says so.
    pub chosen: Proposal,
    /// What made it the chosen one.
    pub decided: Decided,
    /// What became of the refinement.
    pub refinement: Refinement,
    /// All options as they were proposed, the chosen one first.
    pub ranking: Vec<Standing>,
    /// All pairs that were settled, and how.
    pub comparisons: Vec<Comparison>,
    /// How much the place in which an option was shown decided.
    pub bias: Bias,
    /// The proposers that did not deliver, and why.
    pub not_proposed: Vec<Missing>,
    /// Whoever closed it and did not deliver, and why: `judge`, `refine`. They are no part of the coverage.
    pub not_closed: Vec<Missing>,
}

impl Selection {
    /// Who proposed the chosen option.
    pub fn chosen_from(&self) -> &str {
        self.ranking.first().map_or("", |first| &first.name)
    }

    /// The options that were not chosen, the best first.
    pub fn others(&self) -> &[Standing] {
        self.ranking.get(1..).unwrap_or_default()
    }
}
