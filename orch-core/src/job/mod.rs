//! A worker's work as plain data: what is asked, what happens meanwhile, and how it ended.
//!
//! Agents, engines and events all speak of these; they know nothing of any of them.

mod end;
mod event;
mod order;
mod usage;

pub use end::{Capture, End, JobEnd};
pub use event::WorkerEvent;
pub use order::{Job, JobId};
pub use usage::Usage;
