//! Several reviewers with different lenses look at one artefact, read-only and in parallel; their findings become one
//! ranked list with duplicates removed.
//!
//! ```text
//!              ┌─ reviewer: correctness ─┐
//! artefact ──▶ ├─ reviewer: security ────┤ ──▶ merge, rank ──▶ Covered<Review>
//!   (read once)└─ reviewer: … ───────────┘
//! ```
//!
//! When to use it: a change or a document that is worth several points of view. When not: a question with one right
//! answer. It costs one worker for each lens, and at most one repair turn each. A reviewer that fails is missing
//! coverage, never "no findings".

mod pattern;
mod review;
mod reviewer;

pub use pattern::ReviewFanout;
pub use review::Review;
pub use reviewer::Reviewer;
