//! What a writer did, as a value: looked at, merged or thrown away by whoever got it.
//!
//! It holds the contents themselves, before and after, so it outlives the tree in which the writer stood. It is never
//! merged by git in the user's repository: files are read and written beneath the work tree without following a link.

mod branch;
mod change;
mod diff;
mod digest;
mod error;
mod landing;
mod merge;
mod value;

pub(crate) use change::Change;
pub(crate) use diff::file_of;
pub use error::{Conflict, PatchError};
pub(crate) use value::Origin;
pub use value::Patch;
