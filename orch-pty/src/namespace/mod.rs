//! The tier of a PID namespace: what it takes to hold one program in a namespace of its own.
//!
//! ```text
//! orchestrator                         first process: this executable, started once more
//!   Room ── lifeline ────────────▶       starts the program, reports, passes signals on, waits for everybody;
//!     └──── ledger (memory) ◀────        notes how the program stops and ends, and ends with it or the orchestrator
//! ```
//!
//! When the first process ends, the kernel kills everybody in the namespace. Nothing here looks for processes: that is the
//! tree's, which finds those in a namespace as it finds all others.

#[cfg(target_os = "linux")]
mod init;
mod start;

#[cfg(target_os = "linux")]
pub(crate) use init::take_over;
pub(crate) use start::{NoStart, start};

pub(crate) use crate::sys::namespace::Room;
