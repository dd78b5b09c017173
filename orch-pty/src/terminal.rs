//! [`Terminal`]: our side (the master) of a child's terminal. It keeps nothing: who does not read stops the child
//! after about 11 KiB of output.

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tokio::io::Interest;

use crate::command::Size;
use crate::endpoint::Endpoint;
use crate::sys::reactor::Unregistered;
use crate::sys::terminal;

/// Our side of a terminal. Dropping it hangs the terminal up: the child and its foreground group get `SIGHUP`. Keep
/// it until the child has ended, even after the end of its output.
///
/// Reads and writes take `&self`: one task may read while another one writes.
#[derive(Debug)]
pub struct Terminal {
    endpoint: Endpoint,
    /// Asked for once, by those who want it: most spawns are spared a system call.
    path: OnceLock<PathBuf>,
}

impl Terminal {
    pub(crate) fn new(master: OwnedFd) -> Result<Self, Unregistered> {
        let endpoint = Endpoint::new(master, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self {
            endpoint,
            path: OnceLock::new(),
        })
    }

    /// The child's side, for instance `/dev/pts/7`.
    pub fn path(&self) -> &Path {
        // A master that is open has a name on every system, so there is no failure to report.
        self.path
            .get_or_init(|| terminal::path(self.endpoint.fd()).unwrap_or_default())
    }

    /// Reads what the child has written, waiting for the first byte: at most `buffer.len()` bytes, 0 at the end.
    ///
    /// The end comes when no process holds the child's side any more, which may be long after the child has exited
    /// (a descendant holds it) and never before all output was read. A buffer of 64 KiB serves best: the kernel
    /// hands out up to 4,095 bytes at a time, and more when the child writes meanwhile.
    ///
    /// # Errors
    /// The operating system's; the end of a terminal, which it reports as `EIO`, is none.
    ///
    /// # Cancel safety
    /// Cancel safe: a read that did not complete has taken nothing.
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.endpoint.read(buffer).await
    }

    /// Reads what is there now: `None` when that is nothing yet, `Some(0)` at the end.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        self.endpoint.try_read(buffer)
    }

    /// Types `bytes`, waiting for room, and says how many were taken: at least one, unless `bytes` is empty.
    ///
    /// Taken is not delivered: the kernel takes bytes for a child that has exited or never reads. A line of more
    /// than 4,095 bytes is cut by the line discipline: long input belongs in [`Stdin::Bytes`](crate::Stdin::Bytes).
    ///
    /// # Errors
    /// The operating system's.
    ///
    /// # Cancel safety
    /// Cancel safe: a write that did not complete has typed nothing.
    pub async fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.endpoint.write(bytes).await
    }

    /// Types all of `bytes`, as by repeated [`write`](Self::write).
    ///
    /// # Errors
    /// As [`write`](Self::write).
    ///
    /// # Cancel safety
    /// Not cancel safe: some of the bytes may have been typed.
    pub async fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        self.endpoint.write_all(bytes).await
    }

    /// Changes the size, and tells the programs in the foreground (`SIGWINCH`).
    ///
    /// # Errors
    /// The operating system's.
    pub fn resize(&self, size: Size) -> io::Result<()> {
        terminal::resize(self.endpoint.fd(), size.rows, size.columns)
    }
}
