//! The adapters that each know one CLI: a job in, a command line out; a stream of bytes in, typed events and an end out.
//!
//! Agents are pure: they start nothing, read no file and no clock. The [`Runner`](crate::engine::Runner) does.

#[cfg(test)]
mod classes;
mod claude;
mod codex;
mod failure;
mod gemini;
mod heard;
mod json_line;
mod jsonl;
mod launch;
mod line_decoder;
mod npm;
mod opencode;
mod probe;
mod program;
mod seam;
mod setup;
mod tool;

pub use claude::Claude;
pub use codex::Codex;
pub use gemini::Gemini;
pub use heard::{Heard, TurnVerdict};
pub use json_line::{LineError, read_json_line};
pub use jsonl::JsonLines;
pub use launch::{launch, prompt_with_schema};
pub use opencode::Opencode;
pub use probe::{Printed, Probe, Question, Reading};
pub use program::{NotInstalled, Program};
pub use seam::{
    Agent, AgentError, Decoder, Hold, Input, Launch, Outlet, Skills, Turn, UsageSpan, WorkerDirs,
};
pub use tool::{Tool, ToolOutput};

pub use crate::job::WorkerEvent;
