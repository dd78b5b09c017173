//! [`Host`]: the [`Kernel`] that this process runs on.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::kernel::{Depth, Kernel, Mark};
use crate::signal::Signal;
use crate::sys::{self, Handle, processes};
use crate::tag::Tag;

#[derive(Clone, Copy, Debug)]
pub(super) struct Host;

impl Kernel for Host {
    type Pin = Arc<Handle>;

    fn own(&self) -> u32 {
        sys::own_number()
    }

    fn all(&self) -> Vec<u32> {
        processes::all()
    }

    fn newest(&self) -> Option<u32> {
        processes::newest()
    }

    fn number_limit(&self) -> Option<u32> {
        processes::number_limit()
    }

    fn children(&self, pid: u32) -> Vec<u32> {
        processes::children(pid)
    }

    fn parent(&self, pid: u32) -> Option<u32> {
        processes::place(pid).map(|place| place.parent)
    }

    fn mark(&self, pid: u32, tag: Tag, depth: Depth) -> Option<Mark> {
        if processes::limit_is(pid, tag.worker()) {
            return Some(Mark::Limit);
        }
        let found =
            depth == Depth::Environment && processes::environment_has(pid, Tag::VARIABLE, &tag.to_string());
        found.then_some(Mark::Environment)
    }

    fn pin(&self, pid: u32) -> io::Result<Arc<Handle>> {
        processes::pin(pid).map(Arc::new)
    }

    fn number(&self, pin: &Arc<Handle>) -> u32 {
        pin.pid()
    }

    fn is_unreaped(&self, pin: &Arc<Handle>) -> bool {
        pin.is_unreaped()
    }

    fn has_ended(&self, pin: &Arc<Handle>) -> bool {
        pin.has_ended()
    }

    fn signal(&self, pin: &Arc<Handle>, signal: Signal) -> io::Result<()> {
        processes::tell(pin, signal)
    }

    fn signal_group_of(&self, pin: &Arc<Handle>, signal: Signal) -> io::Result<()> {
        processes::signal_group_of(pin, signal)
    }

    fn wait_for_all(&self, pins: &[Arc<Handle>], limit: Duration) {
        let handles: Vec<&Handle> = pins.iter().map(AsRef::as_ref).collect();
        processes::wait_for_all(&handles, limit);
    }
}
