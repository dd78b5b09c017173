//! The same processes and terminals for code without a runtime: every call blocks its thread.
//!
//! [`Command::spawn_blocking`](crate::Command::spawn_blocking) starts them;
//! [`Process::into_async`] hands them over to a tokio runtime.

mod child;
mod output;
mod process;
mod terminal;

pub use child::Child;
pub use output::OutputReader;
pub use process::Process;
pub use terminal::Terminal;
