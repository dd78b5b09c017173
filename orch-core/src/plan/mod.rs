//! The plan of a piece of work: a few steps, one of them in progress, and the rules that its changes keep.
//!
//! It is data with checked transitions, and pure: patterns publish theirs through [`Cx`](crate::Cx), which records
//! every change as an event; [`PlanTree`](crate::PlanTree) puts the plans of nested patterns under each other. It
//! links no step to a worker and decides no order of work.

mod change;
mod error;
mod lint;
mod moves;
mod step;
mod wire;

#[cfg(test)]
mod tests;

pub use change::PlanChange;
pub use error::PlanError;
pub use lint::PlanLint;
pub use moves::Plan;
pub use step::{Step, StepId, StepStatus};
pub use wire::{PlannedStep, UpdatePlan};
