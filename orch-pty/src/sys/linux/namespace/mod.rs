//! What stands behind a PID namespace for one program: a birth into it, its first process (this executable once more,
//! taken over before `main`), and what the two sides share: a lifeline and a ledger.

mod ears;
mod errand;
mod household;
mod identity;
mod ledger;
mod lifeline;
mod opening;
mod post;
mod room;

pub(crate) use household::{Change, News, next_change, pass};
pub(crate) use lifeline::Report;
pub(crate) use opening::open;
pub(crate) use post::{Post, take_post};
pub(crate) use room::Room;

/// Whether this executable can be started once more as a first process.
pub(crate) fn can_open() -> bool {
    super::warden::can_take_over()
}
