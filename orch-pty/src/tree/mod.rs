//! A child and all that descends from it: who they are, and how they are ended.
//!
//! Two ways lead to a descendant. *Lineage*: the kernel's list of each process's children, which is exact but loses
//! those whose parent has died. *Mark*: the [`Tag`](crate::Tag), which every descendant inherits wherever it goes. A
//! process is pinned first, then checked to be one of ours, then signalled through the pin: a number that has come
//! to mean somebody else is never signalled.
//!
//! From the ground up: `kernel` (what is asked of the system; `host` answers), `quarry` (whose mark is it), `lineage`
//! and `sweep` (two ways to look), `census` (who is there), `hunt` (one request to kill), `round` (one round of many
//! hunts), `party` (hunts of many threads go together), `young` (nobody is left of a leader that lived shortly), `ladder`
//! and `climb` (the polite steps before), `root` (one child's tree) and `run` (those of a dead orchestrator).

mod census;
mod climb;
mod host;
mod hunt;
mod kernel;
mod ladder;
mod lineage;
#[cfg(test)]
mod model;
mod party;
mod quarry;
mod report;
mod root;
mod round;
#[cfg(target_os = "linux")]
mod run;
mod sweep;
mod sync;
mod young;

pub(crate) use host::clock;
pub use ladder::Ladder;
pub use report::KillReport;
pub use root::Tree;
pub(crate) use root::expect_late_tags;
#[cfg(target_os = "linux")]
pub(crate) use run::{Roots, end_run};
