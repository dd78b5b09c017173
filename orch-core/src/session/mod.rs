//! Background terminals: started without blocking, read all the time, polled, written to, interrupted, stopped.
//!
//! [`Sessions`] is the table: [`exec_command`](Sessions::exec_command) and [`write_stdin`](Sessions::write_stdin), as codex
//! has them. [`Session`] is the handle to one of them, and [`Profile`] holds the numbers: [`Profile::codex`] has codex's,
//! [`Profile::native`] has no floors, no fixed sleeps, and ends no live session to make room.
//!
//! ```no_run
//! use std::time::Duration;
//! use orch_core::session::{ExecCommand, Sessions, Status, WriteStdin};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sessions = Sessions::native();
//! let scout = ExecCommand::shell("read line; echo \"you said $line\"").label("W1 Scout");
//! let poll = sessions.exec_command(scout).await?; // returns at once
//! if let Status::Running(id) = poll.status {
//!     let answer = WriteStdin::new(id).chars("hello\n").yield_time(Duration::from_secs(5));
//!     println!("{}", sessions.write_stdin(answer).await?);
//! }
//! # Ok(()) }
//! ```
//!
//! | you want | look at |
//! | --- | --- |
//! | to start one, and to know what it said by now | [`ExecCommand`], [`Poll`], [`Status`] |
//! | to write to one, or to poll it again | [`WriteStdin`] |
//! | to read at your own pace, again, or from several places | [`Session::read`], [`Session::follow`], [`Offset`], [`Chunk`] |
//! | to be told of news and ends | [`Session::changed`], [`Session::ended`], [`Sessions::select`] |
//! | to interrupt, signal, resize, end the input, stop | [`Session`] |
//! | to know who there is, and what there is room for | [`Sessions::list`], [`Sessions::capacity`] |
//! | to know why an id means nothing any more | [`Tombstone`] |
//! | to keep secrets out of all of this | [`Sessions::redact`], [`Session::withheld`] |

mod command_line;
mod error;
mod handle;
mod meter;
mod owner;
mod poll;
mod profile;
mod reading;
mod shared;
mod sieve;
mod table;
mod transcript;

pub use error::SessionError;
pub use handle::Session;
pub use meter::Work;
pub use poll::{ExecCommand, Poll, SessionId, Status, WhenFull, WriteStdin};
pub use profile::{Profile, Yields};
pub use shared::{Ended, Stop, Stream, Tap};
pub use table::{Capacity, Listed, News, Sessions, SessionsError, Tombstone, WhyGone};
pub use transcript::{Chunk, HeadTail, Offset, SpillStop, Spilled, Transcript};
