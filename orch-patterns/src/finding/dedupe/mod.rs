//! Which findings are one defect.
//!
//! `node` puts reports into a canonical order; `candidates` says which pairs are compared; `similarity` is the seam
//! for measures of wording, `wording` the default one (over `tokens`, `stem`, `vectors`); `location` compares places;
//! `affinity` makes one signed weight of wording, place, rivals and order; `cluster` (with `search`) groups by weight.
//!
//! Nothing here ranks, drops or rewrites a finding.

mod affinity;
mod candidates;
mod cluster;
mod group;
mod location;
mod node;
mod search;
mod similarity;
mod stem;
mod tokens;
mod vectors;
mod wording;

pub(super) use affinity::Edge;
pub(super) use group::{DOUBT, Grouping, compare};
pub use similarity::{Measure, Pairwise, Similarity};
pub use wording::Wording;
