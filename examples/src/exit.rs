//! Exit codes that all examples use.

/// Everything was done.
pub const DONE: u8 = 0;

/// Not everything was done: some workers failed, or the machine refused what was needed. What there is was printed.
pub const PARTIAL: u8 = 1;

/// The call was wrong: a flag, a path, an agent that is not installed. Nothing was started.
pub const USAGE: u8 = 2;
