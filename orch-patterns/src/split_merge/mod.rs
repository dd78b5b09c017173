//! Each worker owns a slice of the work, apart from the others; what they did becomes one result.
//!
//! ```text
//!            ┌─ writer of src/a, at a desk of its own ─▶ patch ─▶ check ─┐   one desk over all paths:
//! Slices ──▶ ├─ writer of src/b, at a desk of its own ─▶ patch ─▶ check ─┤ ─▶ patches in slice order, ─▶ check of ─▶ Covered<Whole>
//!  (checked  ├─ reader of the section "intro" ─▶ text ───────────────────┤    sections spliced,          the whole   (one patch)
//!   first)   └─ reader of the section "usage" ─▶ text ───────────────────┘    a merging worker if asked
//! ```
//!
//! When to use it: work that falls apart by path (modules, data sets, chapters), where each part can be done without
//! the others. When not: parts that must agree on something nobody has decided yet; decide it first, in the task or by
//! a [scout](orch_prompts::scout()). For one change that many look at there is [`ReviewFanout`](crate::ReviewFanout).
//!
//! It costs one worker for each slice, at most one repair turn each, a copy of the work tree for each writer, and one
//! more worker where a [`Merger`] was asked for.
//!
//! It never writes the user's work tree: what was done is in [`Whole::patch`], and comes in with
//! [`Patch::apply`](orch_core::Patch::apply). It splits nothing by itself, invents no slices, and settles no conflict.

mod brief;
mod conflict;
mod display;
mod glob;
mod lane;
mod merge;
mod ownership;
mod part;
mod pattern;
mod run;
mod splice;
mod together;
mod whole;

pub use conflict::SliceConflict;
pub use glob::slices_of;
pub use merge::{Merge, Merger};
pub use part::{Part, Report};
pub use pattern::SplitMerge;
pub use whole::Whole;
