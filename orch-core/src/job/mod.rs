//! A worker's work as plain data: what is asked, what happens meanwhile, and how it ended.
//!
//! Agents, engines and events all speak of these; they know nothing of any of them.

mod end;
mod event;
mod order;

pub use end::{End, JobEnd, Usage};
pub use event::WorkerEvent;
pub use order::{Job, JobId};
