//! Findings: what reviewers return, and how many reviewers' findings become one ranked list.
//!
//! [`Finding`] and [`Findings`] are the deliverable. [`merge`] joins what is the same defect (`dedupe`) and ranks
//! the result (`rank`); it never drops a report. No I/O, no model, no randomness: the same reports give the same
//! list, in whatever order they came. [`merge_with`] also asks somebody about the pairs that words cannot decide.

mod adjudicate;
mod aside;
mod codex_review;
mod dedupe;
mod deliverable;
mod doubt;
mod lines;
mod merge;
mod merged;
mod numbers;
mod rank;
mod reading;
mod reason;
mod settings;
mod severity;
#[cfg(test)]
mod tests;

pub use adjudicate::{adjudicator, merge_with};
pub(crate) use aside::aside;
pub use dedupe::{Measure, Pairwise, Similarity, Wording};
pub use deliverable::{Finding, Findings};
pub use doubt::{Adjudication, Doubt, Ruled, Ruling};
pub use lines::read_lines;
pub use merge::merge;
pub use merged::{Merged, Related, Relation, Reported};
pub(crate) use numbers::line as line_number;
pub use reason::Reason;
pub use settings::MergeSettings;
pub use severity::{Severity, UnknownSeverity};
