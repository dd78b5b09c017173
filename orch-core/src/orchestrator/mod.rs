//! The user's program, configured once: where, with which agents, within which limits, watched by whom.

mod build_error;
mod builder;
mod door;
mod limits;
mod run;

pub use build_error::BuildError;
pub use builder::Builder;
pub use run::{Canceller, Orchestrator};
