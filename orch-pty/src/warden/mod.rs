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

#[cfg(target_os = "linux")]
mod guard;
#[cfg(target_os = "linux")]
mod keeper;
#[cfg(target_os = "linux")]
mod owner;
#[cfg(target_os = "linux")]
mod standing;
mod swept;
#[cfg(target_os = "linux")]
mod watch;

#[cfg(not(target_os = "linux"))]
mod elsewhere;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::janitor;
#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{Guard, Listed};
#[cfg(target_os = "linux")]
pub(crate) use guard::{Guard, Listed};
#[cfg(target_os = "linux")]
pub use owner::janitor;
pub use swept::Swept;
#[cfg(target_os = "linux")]
pub(crate) use watch::take_over;
