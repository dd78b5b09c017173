//! An engine in memory: every job is answered from a script, nothing is started.
//!
//! It keeps the contract of [`Engine`](orch_core::engine::Engine) (submit is idempotent, wait ends after cancel,
//! deadlines bind on tokio's clock, which a test may pause), so a pattern's tests on it say something about the
//! pattern.

mod engine;
mod play;

pub use engine::MemoryEngine;
pub use play::{Act, Play};
