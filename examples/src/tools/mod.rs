//! Installed tools as reviewers: how each is called, and how its output becomes findings.
//!
//! - `tool` is the seam: a [`Tool`] says what it needs, whether it fits a tree, its arguments, and reads its output.
//! - `finding` is the shape of a finding, the same as the scanner's, and what is common to reading output.
//! - `clippy`, `ruff`, `shellcheck` and `typos` are one tool each. `recorded/` holds real output of them for the tests.
//!
//! What it is not: it starts nothing. Reading output is pure; only `fits` and `arguments` look at the tree. A tool's
//! output is data: what is not understood is an error or is left out, never a finding of another kind.

mod clippy;
mod finding;
mod ruff;
mod shellcheck;
mod tool;
mod typos;

pub use tool::Tool;
