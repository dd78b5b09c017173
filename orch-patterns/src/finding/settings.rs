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
    /// default. With few sources it is higher: a quarter divided by their number is added.
    pub join_at: f64,
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
            join_at: if join_at.is_nan() { 1.0 } else { join_at },
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
