//! What a caller may choose about merging.

use std::sync::Arc;

use super::{Similarity, Wording};

/// How findings are merged. The defaults are meant to be left alone; see the builders for what each changes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MergeSettings {
    /// How many lines apart two reports of one defect may be, 3 by default. Within it, related wording is enough.
    pub near_lines: u32,
    /// The likeness (0 to 1) above which wording alone joins two findings when many sources were asked, 0.1 by
    /// default. With few sources it is higher, by [`few_sources`](Self::few_sources).
    pub join_at: f64,
    /// What [`join_at`](Self::join_at) gains for few sources: this, 0.3 by default, divided by their number. With many
    /// sources a wrong pair is outvoted by its other members, with few there is nobody to do so.
    pub few_sources: f64,
    /// What each step down in a source's own list, for the first ten, takes from the likeness of a pair without a
    /// place, 0.0065 by default: what stands late in a list is more often seen by one alone.
    pub late: f64,
    /// How many sources were asked, for "seen by 3 of 4". `None`: those that reported something.
    pub panel: Option<u32>,
    /// How alike two findings are in wording.
    pub similarity: Arc<dyn Similarity>,
}

impl Default for MergeSettings {
    fn default() -> Self {
        Self {
            near_lines: 3,
            join_at: 0.1,
            few_sources: 0.3,
            late: 0.0065,
            panel: None,
            similarity: Arc::new(Wording),
        }
    }
}

impl MergeSettings {
    /// Sets how many lines apart two reports of one defect may be.
    pub fn near_lines(self, near_lines: u32) -> Self {
        Self { near_lines, ..self }
    }

    /// Sets the likeness above which wording alone joins. Raise it to join less, lower it to join more; NaN counts
    /// as 1.
    pub fn join_at(self, join_at: f64) -> Self {
        Self {
            join_at: number_or(1.0, join_at),
            ..self
        }
    }

    /// Sets what the threshold gains for few sources; NaN counts as 0.
    pub fn few_sources(self, few_sources: f64) -> Self {
        Self {
            few_sources: number_or(0.0, few_sources),
            ..self
        }
    }

    /// Sets what a step down in a source's own list costs; NaN counts as 0.
    pub fn late(self, late: f64) -> Self {
        Self {
            late: number_or(0.0, late),
            ..self
        }
    }

    /// Sets how many sources were asked: those that found nothing, too.
    pub fn panel(self, sources: u32) -> Self {
        Self {
            panel: Some(sources),
            ..self
        }
    }

    /// Sets your own measure of wording.
    pub fn similarity(self, similarity: impl Similarity + 'static) -> Self {
        Self {
            similarity: Arc::new(similarity),
            ..self
        }
    }
}

fn number_or(instead: f64, number: f64) -> f64 {
    if number.is_nan() { instead } else { number }
}
