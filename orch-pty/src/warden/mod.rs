//! What acts when the orchestrator dies.
//!
//! ```text
//! orchestrator                                        warden: the same executable, started once more
//!   guard ── keeper thread ── holds the table's word ───▶ sleeps on it ── wakes when the kernel marks it
//!     │           └────────── lifeline ◀──────────────▶   hunts for the run's tag until nobody is left
//!     └── table (shared memory): run, children              strikes the owner's record, and ends
//! ```
//!
//! The guard starts by itself with the first spawn. Nothing here decides whom a hunt finds: that is the tree's.

mod guard;
mod keeper;
mod owner;
mod standing;
mod watch;

pub(crate) use guard::{Guard, Listed};
pub use owner::{Swept, janitor};
