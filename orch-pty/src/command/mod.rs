//! What to run, and where its three standard streams go. Nothing here starts a process.

mod builder;
mod method;
mod shape;
mod streams;

pub use builder::Command;
pub use method::SpawnMethod;
pub use shape::{Size, TerminalMode};
pub use streams::{Output, Stdin};
