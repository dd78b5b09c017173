//! Places in a session's output, and pieces of it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in a session's output: how many bytes came before it, as they are kept: where secrets are taken out, their
/// names are counted and not they. A place never changes, and means the same to polls, readers and the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Offset(u64);

/// A piece of a session's output.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chunk {
    /// The bytes as they were read, cut anywhere.
    pub bytes: Vec<u8>,
    /// Where the first of them lies.
    pub from: Offset,
    /// Where to read on.
    pub next: Offset,
    /// How many bytes before `from`, and not before what was asked for, are not kept any more.
    pub omitted: u64,
}

impl Offset {
    /// The beginning.
    pub const START: Self = Self(0);

    /// The place behind the first `bytes` bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// How many bytes came before.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
