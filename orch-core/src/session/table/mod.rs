//! The table of sessions: who there is, who may come, who went and why.

mod admission;
mod call;
mod error;
mod list;
mod prune;
mod select;
mod sessions;
mod tombstone;

pub use admission::Capacity;
pub use error::SessionsError;
pub use list::Listed;
pub use select::News;
pub use sessions::Sessions;
pub use tombstone::{Tombstone, WhyGone};
