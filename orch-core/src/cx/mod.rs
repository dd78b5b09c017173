//! The handle that a pattern gets while it runs, and what happens when a worker is read through it.

mod aboard;
mod desk;
mod flight;
mod handle;
mod repair;
mod run;
mod worker_log;

pub use desk::{Desk, DeskRequest};
pub use handle::Cx;
pub(crate) use run::Run;
