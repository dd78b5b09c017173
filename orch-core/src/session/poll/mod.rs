//! What is asked of a table, and what it answers: the arguments and the text of codex's two tools.

mod collect;
mod exec;
mod exec_wire;
mod id;
mod reply;
mod truncate;
mod write;

pub(super) use collect::{Call, collect};
pub use exec::{ExecCommand, WhenFull};
pub use id::SessionId;
pub use reply::{Poll, Status};
#[cfg(test)]
pub(super) use truncate::{estimate, split};
pub use write::WriteStdin;
