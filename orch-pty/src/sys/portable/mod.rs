//! Other Unix systems: openpty, fork, and processes by their number. Weaker than Linux: a descendant that left the
//! child's process group is not found, and the end of a child is polled for.

mod child;
mod foreground;
mod handle;
mod memory;
mod mode;
pub(crate) mod namespace;
pub(crate) mod processes;
mod pty;

pub(super) use child::{close_on_exec_from, dispositions, loses_statuses, reset_signal, set_tag_limit};
pub(crate) use child::{fork_and_pin, limit_for, own_number, posix_spawn, vfork};
pub(crate) use foreground::{discard_input, signal_foreground};
pub(crate) use handle::Handle;
pub(crate) use memory::{random, stdin_from_bytes};
pub(crate) use mode::clean;
pub(crate) use pty::{open, path};

/// Whether there is a way of birth that does not copy page tables.
pub(crate) const fn births_by_vfork() -> bool {
    false
}
