//! The real agents in tests: where they are, a home for each, and the account of cases that were left out.
//!
//! A test of a real agent begins with `let Some(codex) = real::codex("case_name") else { return };`. Where there is no
//! agent the case says so on standard error and is recorded as left out; `cargo xtask test` installs the pinned
//! agent and fails when any case was left out. It installs nothing itself and runs nothing.

mod cases;
mod codex;
mod home;
mod workspace;

pub use codex::{Codex, codex};
pub use home::{CodexHome, HomeConfig};
