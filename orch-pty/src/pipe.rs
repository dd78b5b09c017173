//! Our ends of a child's pipes.

use std::io;
use std::os::fd::OwnedFd;

use tokio::io::Interest;

use crate::endpoint::Endpoint;
use crate::sys::reactor::Unregistered;

/// What a child writes to its standard output or standard error.
#[derive(Debug)]
pub struct PipeReader {
    endpoint: Endpoint,
}

impl PipeReader {
    pub(crate) fn new(fd: OwnedFd) -> Result<Self, Unregistered> {
        Ok(Self {
            endpoint: Endpoint::new(fd, Interest::READABLE)?,
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
}

/// What a child reads from its standard input. Dropping it ends that input.
#[derive(Debug)]
pub struct PipeWriter {
    endpoint: Endpoint,
}

impl PipeWriter {
    pub(crate) fn new(fd: OwnedFd) -> Result<Self, Unregistered> {
        Ok(Self {
            endpoint: Endpoint::new(fd, Interest::WRITABLE)?,
        })
    }

    /// Writes, waiting for room, and says how many bytes were taken: at least one, unless `bytes` is empty.
    ///
    /// # Errors
    /// [`BrokenPipe`](io::ErrorKind::BrokenPipe) when nobody reads any more, in a program that ignores `SIGPIPE` as
    /// Rust programs do.
    ///
    /// # Cancel safety
    /// Cancel safe: a write that did not complete has written nothing.
    pub async fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.endpoint.write(bytes).await
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    ///
    /// # Cancel safety
    /// Not cancel safe: some of the bytes may have been written.
    pub async fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        self.endpoint.write_all(bytes).await
    }
}
