//! The measurements of this workspace. What they printed last, where and when, is in `BENCHMARKS.md`.
//!
//! - `cargo bench -p orch-benches`: the criterion benchmarks in this package's root.
//! - `cargo xtask bench pty`: terminals against the raw limit and against other crates, by the program
//!   `orch-bench-pty`. `command_line` reads its arguments; `measure` holds the measurements, one a file, which run in
//!   the measuring process and hire a `worker` process for each `contender`; `statistics` makes ratios of samples and
//!   `report` a table of ratios. `raw` is the limit itself, and `member` what is run in the terminals.
//! - `cargo xtask bench core`: workers against the terminals that they run in, by the program `orch-bench-core`, which
//!   is the same under another name.
//! - `cargo xtask soak`: by the same program, for as long as it is given. `soak` holds the trials, one a file, which only
//!   count what went wrong.
//!
//! Each benchmark compares contenders in one run, since a shared machine's absolute times say little.

#![deny(unsafe_code)] // `raw` lifts it for itself

#[cfg(target_os = "linux")]
mod command_line;
#[cfg(target_os = "linux")]
mod contender;
#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
mod member;
#[cfg(target_os = "linux")]
mod raw;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod soak;
#[cfg(target_os = "linux")]
mod statistics;
#[cfg(target_os = "linux")]
mod worker;

#[cfg(target_os = "linux")]
pub use command_line::perform;

/// The raw limit is Linux's alone.
#[cfg(not(target_os = "linux"))]
pub fn perform() -> std::process::ExitCode {
    eprintln!("error: these measurements compare with the system calls of Linux; run them there");
    std::process::ExitCode::FAILURE
}
