//! [`Endpoint`]: our end of a terminal or a pipe, in the reactor. Reads and writes, and nothing about what it is
//! an end of.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::sys::reactor::{self, Unregistered};
use crate::sys::{descriptor, refusal};

/// The reactor remembers a hang-up for ever, though a terminal that somebody opens again has none: what is always
/// "ready" is asked again after so long, so that the thread is free meanwhile.
const AGAIN: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(crate) struct Endpoint {
    fd: AsyncFd<OwnedFd>,
    /// The other side is gone. A terminal can be opened again by its path; what comes then is not read.
    ended: AtomicBool,
}

impl Endpoint {
    /// `fd` does not block.
    pub(crate) fn new(fd: OwnedFd, interest: Interest) -> Result<Self, Unregistered> {
        Ok(Self {
            fd: reactor::register(fd, interest)?,
            ended: AtomicBool::new(false),
        })
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.get_ref().as_fd()
    }

    /// What there is now: `None` when that is nothing yet, 0 at the end.
    pub(crate) fn try_read(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        if buffer.is_empty() || self.ended.load(Ordering::Acquire) {
            return Ok(Some(0));
        }
        match descriptor::read(self.fd(), buffer) {
            Ok(0) => {
                self.ended.store(true, Ordering::Release);
                Ok(Some(0))
            }
            Ok(read) => Ok(Some(read)),
            Err(error) if refusal::is_hang_up(&error) => {
                self.ended.store(true, Ordering::Release);
                Ok(Some(0))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Waits until there is something, or the end.
    pub(crate) async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.ended.load(Ordering::Acquire) {
                return Ok(0);
            }
            let mut ready = self.fd.readable().await?;
            if let Some(read) = self.try_read(buffer)? {
                return Ok(read);
            }
            let hung_up = ready.ready().is_read_closed();
            ready.clear_ready();
            if hung_up {
                tokio::time::sleep(AGAIN).await;
            }
        }
    }

    /// Waits until there is room, and writes at least one byte of `bytes`.
    pub(crate) async fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        loop {
            let mut ready = self.fd.writable().await?;
            match descriptor::write(self.fd(), bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let hung_up = ready.ready().is_write_closed();
                    ready.clear_ready();
                    if hung_up {
                        tokio::time::sleep(AGAIN).await;
                    }
                }
                result => return result,
            }
        }
    }

    pub(crate) async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = self.write(bytes).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            bytes = &bytes[written..];
        }
        Ok(())
    }
}
