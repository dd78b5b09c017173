//! [`Kernel`]: what a census and a hunt ask of the operating system, so that both can be tested without processes.
//!
//! It answers with facts; what they mean for a tree is decided above it.

use std::io;
use std::time::Duration;

use crate::signal::Signal;
pub(crate) use crate::sys::Limit;
pub(crate) use crate::sys::processes::GivenOut;

/// The operating system. Numbers mean processes only for a moment; a pin means one process for ever.
pub(crate) trait Kernel {
    /// A hold on one process, which stays with that process when its number comes to mean another one.
    type Pin: Clone;

    /// The number of the calling process.
    fn own(&self) -> u32;
    /// Soft and hard value of the calling process's own limit.
    fn own_limit(&self) -> Option<[u64; 2]>;
    /// A clock that never goes back.
    fn now(&self) -> Duration;
    /// The numbers of all processes; an error when the clock says `deadline` first.
    fn all(&self, deadline: Duration) -> io::Result<Vec<u32>>;
    /// The number that was given out last.
    fn newest(&self) -> io::Result<u32>;
    /// The same and how many threads there are, from the kernel itself: an error where something else answers for it.
    fn given_out(&self) -> io::Result<GivenOut>;
    /// One more than the highest possible number.
    fn number_limit(&self) -> io::Result<u32>;
    /// The children of a process; none when it is gone.
    fn children(&self, pid: u32) -> io::Result<Vec<u32>>;
    /// The limit that carries a tag.
    fn limit(&self, pid: u32) -> io::Result<Limit>;
    /// The tags in the environment that a process was started with, divided by colons; empty when there are none,
    /// or it may not be read.
    fn environment(&self, pid: u32) -> io::Result<String>;
    /// Whether it calls itself a warden, and leads a session as wardens do.
    fn is_warden(&self, pin: &Self::Pin) -> bool;

    /// Takes hold of the process that has this number now; `None` when nobody has it.
    fn pin(&self, pid: u32) -> io::Result<Option<Self::Pin>>;
    /// The number of a pinned process.
    fn number(&self, pin: &Self::Pin) -> u32;
    /// The parent of a pinned process.
    fn parent(&self, pin: &Self::Pin) -> Option<u32>;
    /// Whether the number still means the pinned process: it is alive or a zombie.
    fn is_unreaped(&self, pin: &Self::Pin) -> bool;
    /// Whether it is a zombie or gone.
    fn has_ended(&self, pin: &Self::Pin) -> bool;
    /// Signals one process.
    fn signal(&self, pin: &Self::Pin, signal: Signal) -> io::Result<()>;
    /// Signals the process group that a process is in, unless it is the caller's own or of its session.
    fn signal_group_of(&self, pin: &Self::Pin, signal: Signal) -> io::Result<()>;
    /// Waits until all have ended, at most `limit`.
    fn wait_for_all(&self, pins: &[Self::Pin], limit: Duration);
}
