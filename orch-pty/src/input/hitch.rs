//! [`Hitch`]: what stops one attempt to write, before it is known how much was taken by the others.

use std::io;

use super::error::WriteError;
use crate::sys::refusal;

/// What stops an attempt to write.
#[derive(Debug)]
pub(crate) enum Hitch {
    /// The child of this number has exited.
    Exited(u32),
    /// Nobody holds the other side.
    NobodyReads,
    /// What the operating system said.
    Io(io::Error),
}

impl Hitch {
    /// The error that it is after `taken` bytes.
    pub(crate) fn after(self, taken: usize) -> WriteError {
        match self {
            Self::Exited(pid) => WriteError::Exited { pid, taken },
            Self::NobodyReads => WriteError::NobodyReads { taken },
            Self::Io(source) => WriteError::Io { taken, source },
        }
    }
}

impl From<io::Error> for Hitch {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe || refusal::is_hang_up(&error) {
            Self::NobodyReads
        } else {
            Self::Io(error)
        }
    }
}
