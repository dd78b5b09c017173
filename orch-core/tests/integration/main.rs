//! The crate from outside, on real terminals.

#![expect(clippy::unwrap_used, reason = "what a test sets up fails by panicking")]

mod let_go;
mod repair;
mod session;
mod session_calls;
mod session_load;
mod session_reading;
mod session_secrets;
mod upstream;
