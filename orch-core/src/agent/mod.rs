//! The adapters that each know one CLI: a job in, a command line out; a stream of bytes in, typed events and an end out.
//!
//! Agents are pure: they start nothing, read no file and no clock. The [`Runner`](crate::engine::Runner) does.

mod codex;
mod jsonl;
mod program;
mod seam;
mod tool;

pub use codex::Codex;
pub use jsonl::JsonLines;
pub use program::{NotInstalled, Program};
pub use seam::{Agent, AgentError, Decoder, Launch, Turn, WorkerDirs};
pub use tool::{Tool, ToolOutput};

pub use crate::job::WorkerEvent;
