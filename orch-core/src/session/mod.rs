//! Background terminals: started without blocking, read all the time, written to, interrupted, stopped.

mod handle;
mod owner;
mod shared;
mod transcript;

pub use handle::{Session, SessionError};
pub use shared::{Ended, Stop, Stream, Tap};
pub use transcript::{HeadTail, Transcript};
