//! Without `/proc` nothing is known of processes that are not our children.

use std::io;
use std::time::{Duration, Instant};

use super::handle::Handle;
use crate::signal::Signal;
use crate::sys::Limit;

/// The answer to every question about them.
fn unknown<T>() -> io::Result<T> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn all(_is_late: impl Fn() -> bool) -> io::Result<Vec<u32>> {
    unknown()
}

pub(crate) fn newest() -> io::Result<u32> {
    unknown()
}

/// The numbers of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GivenOut {
    pub(crate) newest: u32,
    pub(crate) threads: u32,
}

pub(crate) fn given_out() -> io::Result<GivenOut> {
    unknown()
}

pub(crate) fn number_limit() -> io::Result<u32> {
    unknown()
}

pub(crate) fn children(_pid: u32) -> io::Result<Vec<u32>> {
    unknown()
}

pub(crate) fn own_limit() -> Option<[u64; 2]> {
    None
}

pub(crate) fn limit(_pid: u32) -> io::Result<Limit> {
    Ok(Limit::Withheld)
}

pub(crate) fn variable(_pid: u32, _key: &str) -> io::Result<Option<String>> {
    unknown()
}

pub(crate) fn is_called(_pid: u32, _name: &str) -> bool {
    false
}

pub(crate) fn leads_a_session(_pid: u32) -> bool {
    false
}

pub(crate) fn parent(_member: &Handle) -> Option<u32> {
    None
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

/// A process that is not our child cannot be held.
pub(crate) fn pin(_pid: u32) -> io::Result<Option<Handle>> {
    unknown()
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
