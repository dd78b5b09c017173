//! [`Swept`]: what a janitor did.

use crate::tag::RunTag;
use crate::tree::KillReport;

/// What [`janitor`](crate::janitor) did about one dead owner.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Swept {
    /// The dead owner's number.
    pub owner: u32,
    /// Its run.
    pub run: RunTag,
    /// What became of those it had left behind.
    pub report: KillReport,
}
