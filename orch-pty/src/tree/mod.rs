//! A child and all that descends from it: who they are, and how they are ended.
//!
//! Two ways lead to a descendant. *Lineage*: the kernel's list of each process's children, which is exact but loses
//! those whose parent has died. *Mark*: the [`Tag`](crate::Tag), which every descendant inherits wherever it goes. A
//! process is pinned first, then checked to be one of ours, then signalled through the pin: a number that has come
//! to mean somebody else is never signalled.

mod census;
mod host;
mod hunt;
mod kernel;
mod ladder;
#[cfg(test)]
mod model;
mod report;
mod root;
mod run;

pub use ladder::Ladder;
pub use report::KillReport;
pub use root::Tree;
pub(crate) use run::{Roots, end_run};
