//! The crates together: patterns on both engines, and on the real agents.

#![expect(clippy::unwrap_used, reason = "what a test sets up fails by panicking")]

mod combinators;
mod complaints;
mod conformance;
mod dropping;
mod engine;
mod fuzz;
mod plans;
mod processes;
mod real_codex_review;
mod real_codex_server;
mod review_fanout;
mod secrets;
mod stages;
