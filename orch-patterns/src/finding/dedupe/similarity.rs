//! The seam for measures of likeness: how alike two findings are in what they say.
//!
//! A measure looks at wording only. Where a finding is, and who reported it, is weighed elsewhere (`location`,
//! `affinity`).

use std::fmt;

use super::super::Finding;

/// Likeness of two findings by their indexes in the slice that was given to [`Similarity::measure`]:
/// 0 (unrelated) to 1 (the same). Values outside are clamped, NaN counts as 0. It is asked once for a pair, the
/// smaller index first.
pub type Measure<'a> = Box<dyn Fn(usize, usize) -> f64 + 'a>;

/// A measure of likeness. The one in use by default is [`Wording`](super::Wording); give your own to
/// [`MergeSettings::similarity`](super::super::MergeSettings::similarity).
///
/// To keep merging deterministic a measure must depend on the findings alone, not on time, chance or their order.
pub trait Similarity: fmt::Debug + Send + Sync {
    /// Reads the findings of one review once, and gives the measure between any two of them.
    fn measure<'a>(&'a self, findings: &[&'a Finding]) -> Measure<'a>;
}

/// A measure that needs no more than the two findings: `Pairwise(|a: &Finding, b: &Finding| ...)`.
#[derive(Clone, Copy)]
pub struct Pairwise<F>(
    /// The likeness of two findings, 0 to 1.
    pub F,
);

impl<F> fmt::Debug for Pairwise<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pairwise(..)")
    }
}

impl<F: Fn(&Finding, &Finding) -> f64 + Send + Sync> Similarity for Pairwise<F> {
    fn measure<'a>(&'a self, findings: &[&'a Finding]) -> Measure<'a> {
        let findings = findings.to_vec();
        Box::new(move |a, b| (self.0)(findings[a], findings[b]))
    }
}
