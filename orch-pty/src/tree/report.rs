//! [`KillReport`]: what became of a tree that was ended.

use crate::signal::Signal;

/// What became of a tree that was ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KillReport {
    /// How many processes were found alive when the time to kill had come. Those that a hang-up or the death of
    /// their group took before they were met are not among them.
    pub killed: u32,
    /// How many times all processes were looked through.
    pub rounds: u32,
    /// Members that were still alive at the end: they hang in the kernel, or this user may not signal them.
    pub left: Vec<u32>,
    /// exact
    pub exact: bool,
    /// The strongest signal that was sent; `None` when there was nobody to signal.
    pub strongest: Option<Signal>,
}
