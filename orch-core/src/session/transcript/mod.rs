//! What a session printed: kept in bounded memory, spilled to a file where that is wanted, every byte counted. What the
//! bytes mean is not asked here.

mod carry;
mod head_tail;
mod offset;
mod record;
mod spill;
mod window;

pub(super) use carry::{code_point_start, unfinished};
pub use head_tail::{HeadTail, Transcript};
pub use offset::{Chunk, Offset};
pub(super) use record::Record;
pub(super) use spill::Spill;
pub use spill::{SpillStop, Spilled};
pub(super) use window::{Unread, Window};
