//! The candidates that are shipped: each real agent in its home, and where its CLI differs from the usual.

mod claude;
mod codex;
mod gemini;
mod opencode;
mod quirk;
mod seated;

pub use claude::claude;
pub use codex::codex;
pub use gemini::gemini;
pub use opencode::opencode;
