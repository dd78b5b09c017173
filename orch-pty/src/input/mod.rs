//! What goes to a child: what the line discipline makes of it, and why it may not get there. Which descriptor it goes
//! through, and who waits for room, is not decided here.

mod error;
mod hitch;
mod keyboard;
mod line;
mod meaning;
mod recipient;

pub use error::WriteError;
pub(crate) use hitch::Hitch;
pub(crate) use keyboard::{Fit, Keyboard};
pub(crate) use recipient::Recipient;
