//! Without `/proc` nothing is known of processes that are not our children.

use std::io;
use std::time::{Duration, Instant};

use super::handle::Handle;
use crate::signal::Signal;

pub(crate) fn all() -> Vec<u32> {
    Vec::new()
}

pub(crate) fn newest() -> Option<u32> {
    None
}

pub(crate) fn number_limit() -> Option<u32> {
    None
}

pub(crate) fn children(_pid: u32) -> Vec<u32> {
    Vec::new()
}

/// Where a process stands among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) parent: u32,
    pub(crate) started: u64,
}

pub(crate) fn place(_pid: u32) -> Option<Place> {
    None
}

pub(crate) fn limit_is(_pid: u32, _worker: u64) -> bool {
    false
}

pub(crate) fn environment_has(_pid: u32, _key: &str, _word: &str) -> bool {
    false
}

/// A process that is not our child cannot be held.
pub(crate) fn pin(_pid: u32) -> io::Result<Handle> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The child stands for its group: its other members are not known one by one.
pub(crate) fn tell(member: &Handle, signal: Signal) -> io::Result<()> {
    member.signal_group_led(signal)
}

/// The child leads its group, and only children are held here.
pub(crate) fn signal_group_of(member: &Handle, signal: Signal) -> io::Result<()> {
    member.signal_group_led(signal)
}

/// Waits until all have ended, at most `limit`.
pub(crate) fn wait_for_all(handles: &[&Handle], limit: Duration) -> bool {
    let deadline = Instant::now() + limit;
    handles
        .iter()
        .all(|handle| handle.wait_for_end(deadline.saturating_duration_since(Instant::now())))
}
