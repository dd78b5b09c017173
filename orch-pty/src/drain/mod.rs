//! Reads all that a child writes, and knows when to stop although somebody still could write. How the child ended is
//! not asked here, and nobody is ended.

mod grace;
mod reader;

pub use grace::Grace;
pub use reader::{Drain, Drained, Source};
