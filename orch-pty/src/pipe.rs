//! [`PipeWriter`]: our end of a child's standard input, when that is a pipe.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use tokio::io::Interest;

use crate::endpoint::Endpoint;
use crate::flow::Kind;
use crate::input::{Hitch, WriteError};
use crate::sys::descriptor;
use crate::sys::reactor::Unregistered;

/// What a child reads from its standard input. Dropping it ends that input.
#[derive(Debug)]
pub struct PipeWriter {
    endpoint: Endpoint,
}

impl PipeWriter {
    pub(crate) fn new(fd: OwnedFd) -> Result<Self, Unregistered> {
        Ok(Self {
            endpoint: Endpoint::new(fd, Kind::Pipe, Interest::WRITABLE)?,
        })
    }

    /// Writes, waiting for room, and says how many bytes were taken: at least one, unless `bytes` is empty.
    ///
    /// Taken is not delivered: the kernel takes 64 KiB that nobody has read and perhaps never reads.
    ///
    /// # Errors
    /// [`WriteError::NobodyReads`] when no process holds the other side any more, in a program that ignores `SIGPIPE`
    /// as Rust programs do; [`WriteError::Io`].
    ///
    /// # Cancel safety
    /// Cancel safe: a write that did not complete has written nothing.
    pub async fn write(&self, bytes: &[u8]) -> Result<usize, WriteError> {
        if bytes.is_empty() {
            return Ok(0);
        }
        self.write_some(bytes).await.map_err(|hitch| hitch.after(0))
    }

    /// Writes all of `bytes`, however long the child takes to make room. [`write_within`](Self::write_within) sets a
    /// deadline.
    ///
    /// # Errors
    /// As [`write`](Self::write); the error says how many bytes were taken.
    ///
    /// # Cancel safety
    /// Not cancel safe: some of the bytes may have been written.
    pub async fn write_all(&self, bytes: &[u8]) -> Result<(), WriteError> {
        self.write_counted(bytes, &mut 0).await
    }

    /// Writes all of `bytes` within `limit`.
    ///
    /// # Errors
    /// As [`write_all`](Self::write_all), and [`WriteError::Deadline`] when the child made no room in time.
    ///
    /// # Panics
    /// In a runtime without time.
    ///
    /// # Cancel safety
    /// Not cancel safe: some of the bytes may have been written.
    pub async fn write_within(&self, bytes: &[u8], limit: Duration) -> Result<(), WriteError> {
        let mut taken = 0;
        match tokio::time::timeout(limit, self.write_counted(bytes, &mut taken)).await {
            Ok(result) => result,
            Err(_elapsed) => Err(WriteError::Deadline { limit, taken }),
        }
    }

    async fn write_counted(&self, bytes: &[u8], taken: &mut usize) -> Result<(), WriteError> {
        while *taken < bytes.len() {
            let written = self.write_some(&bytes[*taken..]).await;
            *taken += written.map_err(|hitch| hitch.after(*taken))?;
        }
        Ok(())
    }

    async fn write_some(&self, bytes: &[u8]) -> Result<usize, Hitch> {
        let attempt = || match descriptor::write(self.endpoint.fd(), bytes) {
            Ok(written) => Ok((written > 0).then_some(written)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(Hitch::from(error)),
        };
        self.endpoint.write_by(attempt).await
    }
}
