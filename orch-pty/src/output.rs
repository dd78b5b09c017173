//! [`OutputReader`]: our end of an output that is not on the child's terminal.

use std::io;
use std::os::fd::OwnedFd;

use tokio::io::Interest;

use crate::endpoint::{Endpoint, Readable};
use crate::flow::Kind;
use crate::sys::reactor::Unregistered;

/// What a child writes to its standard output or standard error, when that is a pipe or a terminal of its own.
#[derive(Debug)]
pub struct OutputReader {
    endpoint: Endpoint,
}

impl OutputReader {
    pub(crate) fn new(fd: OwnedFd, kind: Kind) -> Result<Self, Unregistered> {
        Ok(Self {
            endpoint: Endpoint::new(fd, kind, Interest::READABLE)?,
        })
    }

    /// Reads what the child has written, waiting for the first byte: at most `buffer.len()` bytes, 0 at the end.
    /// The end comes when no process holds the child's side any more.
    ///
    /// # Errors
    /// The operating system's.
    ///
    /// # Cancel safety
    /// Cancel safe: a read that did not complete has taken nothing.
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.endpoint.read(buffer).await
    }

    /// Reads what is there now: `None` when that is nothing yet, `Some(0)` at the end.
    ///
    /// # Errors
    /// The operating system's.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        self.endpoint.try_read(buffer)
    }

    pub(crate) async fn readable(&self) -> io::Result<Readable<'_>> {
        self.endpoint.readable().await
    }
}
