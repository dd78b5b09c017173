//! The real agents in tests: where they are, a home for each, and the account of cases that were left out.
//!
//! A test of a real agent begins with `let Some(codex) = real::codex("case_name") else { return };`. Where there is no
//! agent the case says so on standard error and is recorded as left out; `cargo xtask test` installs the pinned
//! agents and fails when any case was left out. It installs nothing itself and runs nothing.
//!
//! A home is a folder and variables; each agent takes them by its `env`.

mod cases;
mod claude;
mod codex;
mod codex_home;
mod gemini;
mod home;
mod installed;
mod opencode;
mod workspace;

pub use claude::{Claude, claude};
pub use codex::{Codex, codex};
pub use codex_home::{CodexHome, HomeConfig};
pub use gemini::{Gemini, gemini};
pub use home::Home;
pub use opencode::{Opencode, opencode};
