//! Commands whose exit says whether something holds: `cargo test`, a linter, a script of the user's.
//!
//! A check is the orchestrator's own command and no worker: it asks no model, counts in no budget, and what it says is
//! evidence, which outranks any opinion. Only the program's author names it; nothing that a worker says becomes one.

mod evidence;
mod run;
mod value;

pub use evidence::Evidence;
pub(crate) use run::perform;
pub use value::{Check, check};
