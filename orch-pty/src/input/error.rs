//! [`WriteError`]: why a child did not get what was written to it.

use std::io;
use std::time::Duration;

/// Why a write ended before its last byte. What was taken before that is [`taken`](Self::taken): those bytes left
/// this program; whether the child ever reads them is its own affair.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The child has exited; somebody else may still hold its terminal, and is not written to.
    #[error(
        "cannot write to process {pid}: it has exited ({taken} bytes were taken before); see how it ended"
    )]
    Exited {
        /// The child.
        pid: u32,
        /// Bytes that were taken before.
        taken: usize,
    },
    /// No process holds the other side any more.
    #[error(
        "cannot write: nobody holds the other side any more ({taken} bytes were taken before); wait for the child"
    )]
    NobodyReads {
        /// Bytes that were taken before.
        taken: usize,
    },
    /// The child did not read fast enough.
    #[error(
        "writing did not end within {limit:?}: {taken} bytes were taken and there is no room for more; read the child's \
         output meanwhile, or give it more time"
    )]
    Deadline {
        /// The time that was given.
        limit: Duration,
        /// Bytes that were taken before.
        taken: usize,
    },
    /// The terminal hands its input out line by line and would cut one of these lines. Nothing was typed.
    #[error(
        "cannot type a line of {length} bytes: line by line the terminal passes at most {limit} and drops the rest; end \
         the line earlier, or give long input as the bytes of standard input"
    )]
    LineTooLong {
        /// Bytes of the longest line, with what was typed of it before and without its end.
        length: usize,
        /// What the terminal passes.
        limit: usize,
    },
    /// The terminal does not hand its input out line by line, or has no key for the end of a file. Nothing was typed.
    #[error(
        "cannot type an end of file: the program reads key by key (raw mode) and would take it for a byte; type what the \
         program itself understands"
    )]
    NoEndOfFile,
    /// What the operating system said.
    #[error("cannot write: {source} ({taken} bytes were taken before); the child may still be running")]
    Io {
        /// Bytes that were taken before.
        taken: usize,
        /// What the operating system said.
        source: io::Error,
    },
}

impl WriteError {
    /// Bytes that were taken before it ended; 0 where nothing was tried.
    pub fn taken(&self) -> usize {
        match self {
            Self::Exited { taken, .. }
            | Self::NobodyReads { taken }
            | Self::Deadline { taken, .. }
            | Self::Io { taken, .. } => *taken,
            Self::LineTooLong { .. } | Self::NoEndOfFile => 0,
        }
    }
}
