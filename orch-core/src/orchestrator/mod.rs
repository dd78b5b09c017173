//! The user's program, configured once: where, with which agents, within which limits, watched by whom.

mod builder;
mod door;
mod run;

pub use builder::{BuildError, Builder};
pub use run::{Canceller, Orchestrator};
