//! What stands behind the warden: a table in shared memory, a word that the kernel marks when its holder dies, a
//! process that nobody is the parent of, and a way in before `main`.

mod life;
pub(super) mod orphan;
pub(super) mod post;
mod signs;
mod table;

pub(crate) use life::{hold_for_life, wait_for_death};
pub(crate) use orphan::{Orphan, start};
pub(crate) use post::{Post, before_main, can_take_over, take_post};
pub(crate) use signs::{
    announce_death, await_end, await_ready, has_ended, hear_no_signal, leave, report_ready,
};
pub(crate) use table::{Root, Table};
