//! Everything that reads a worker's bytes, as plain functions of bytes, and a seeded mutator to feed them.
//!
//! A target panics when what it reads breaks a promise: it never panics otherwise, whatever the bytes are. On a stable
//! toolchain the tests run each target over mutations of recorded streams, the same ones every time; with a nightly
//! `cargo xtask fuzz` hands the same functions to cargo-fuzz.
//!
//! It decides nothing about what a stream means; the decoders' own tests do.

mod corpus;
mod mutate;
mod target;

pub use corpus::corpus;
pub use mutate::Mutator;
pub use target::{Target, targets};
