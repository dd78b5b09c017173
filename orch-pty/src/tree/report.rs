//! [`KillReport`]: what became of a tree that was ended.

use crate::signal::Signal;

/// What became of a tree that was ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KillReport {
    /// How many processes were found alive when the time to kill had come. Those that a hang-up or the death of
    /// their group took before they were met are not among them.
    pub killed: u32,
    /// How many times all processes were looked through: not once when those that have begun since the child had were few
    /// enough to be asked alone, and none of them was a member.
    pub rounds: u32,
    /// Members that were still alive at the last look: they hang in the kernel, this user may not signal them, or
    /// they forked themselves on until the time was over. Empty is proof only when the report is
    /// [`exact`](Self::exact).
    pub left: Vec<u32>,
    /// The strongest signal that was sent; `None` when there was nobody to signal.
    pub strongest: Option<Signal>,
    /// Whether the last look was complete and found nobody who did not end by it. It is not when `/proc` or a descriptor was missing, when
    /// the time was over first, when strangers started and ended all the while, and never elsewhere than on Linux.
    pub exact: bool,
}

impl KillReport {
    /// There is nobody: that is known without a look through all processes.
    pub(super) fn nobody() -> Self {
        Self {
            exact: true,
            ..Self::default()
        }
    }
}
