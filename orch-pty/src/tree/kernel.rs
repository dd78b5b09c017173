//! [`Kernel`]: what a census and a hunt ask of the operating system, so that both can be tested without processes.

use std::io;
use std::time::Duration;

use crate::signal::Signal;
use crate::tag::Tag;

/// How thoroughly a mark is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The limit: one system call a process.
    Limit,
    /// The limit, then the environment: about five times the cost.
    Environment,
}

/// Where a mark was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// In the limit, which only a descendant can have: its process group is ours as well, since it lies in a session
    /// that our child or one of its descendants opened.
    Limit,
    /// In the environment, which a service can have been handed: the process is ours, its group may not be.
    Environment,
}

/// The operating system.
pub(crate) trait Kernel {
    /// A hold on one process, which stays with that process when its number comes to mean another one.
    type Pin: Clone;

    /// The number of the calling process.
    fn own(&self) -> u32;
    /// The numbers of all processes.
    fn all(&self) -> Vec<u32>;
    /// The number that was given out last.
    fn newest(&self) -> Option<u32>;
    /// One more than the highest possible number.
    fn number_limit(&self) -> Option<u32>;
    /// The children of a process.
    fn children(&self, pid: u32) -> Vec<u32>;
    /// The parent of a process.
    fn parent(&self, pid: u32) -> Option<u32>;
    /// Whether a process carries the tag.
    fn mark(&self, pid: u32, tag: Tag, depth: Depth) -> Option<Mark>;

    /// Takes hold of the process that has this number now.
    fn pin(&self, pid: u32) -> io::Result<Self::Pin>;
    /// The number of a pinned process.
    fn number(&self, pin: &Self::Pin) -> u32;
    /// Whether the number still means the pinned process: it is alive or a zombie.
    fn is_unreaped(&self, pin: &Self::Pin) -> bool;
    /// Whether it is a zombie or gone.
    fn has_ended(&self, pin: &Self::Pin) -> bool;
    /// Signals one process.
    fn signal(&self, pin: &Self::Pin, signal: Signal) -> io::Result<()>;
    /// Signals the process group that a process is in.
    fn signal_group_of(&self, pin: &Self::Pin, signal: Signal) -> io::Result<()>;
    /// Waits until all have ended, at most `limit`.
    fn wait_for_all(&self, pins: &[Self::Pin], limit: Duration);
}
