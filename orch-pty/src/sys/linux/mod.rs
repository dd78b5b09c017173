//! Linux: ptmx, `clone`, pidfds, memory files, `/proc`. Needs 5.11 (`close_range` with a flag; pidfds are older).

mod birth;
mod dispositions;
mod foreground;
mod handle;
mod limit;
mod memory;
mod mode;
pub(crate) mod namespace;
mod own;
mod posix_spawn;
pub(crate) mod processes;
mod ptmx;
mod stack;
mod status;
pub(crate) mod warden;

pub(super) use birth::{close_on_exec_from, reset_signal};
pub(crate) use birth::{fork_and_pin, vfork};
pub(super) use dispositions::dispositions;
pub(crate) use foreground::{discard_input, signal_foreground};
pub(crate) use handle::Handle;
pub(crate) use limit::limit_for;
pub(super) use limit::set_tag_limit;
pub(crate) use memory::{random, stdin_from_bytes};
pub(crate) use mode::clean;
pub(crate) use own::own_number;
pub(crate) use posix_spawn::posix_spawn;
pub(crate) use ptmx::{open, path};
pub(super) use status::loses_statuses;

/// Whether there is a way of birth that does not copy page tables.
pub(crate) const fn births_by_vfork() -> bool {
    true
}
