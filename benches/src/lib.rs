//! The measurements of this workspace: `cargo bench -p orch-benches`. What they printed last, where and when, is in
//! `BENCHMARKS.md`.
//!
//! Each compares contenders in one run, since a shared machine's absolute times say little.

#![forbid(unsafe_code)]
