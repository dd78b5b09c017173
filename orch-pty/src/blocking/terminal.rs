//! [`Terminal`] for code without a runtime.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use crate::command::Size;
use crate::sys::{descriptor, terminal};

/// Our side of a terminal; [`crate::Terminal`] is the same for a runtime. Dropping it hangs the terminal up.
#[derive(Debug)]
pub struct Terminal {
    master: OwnedFd,
}

impl Terminal {
    pub(crate) fn new(master: OwnedFd) -> Self {
        Self { master }
    }

    pub(super) fn into_master(self) -> OwnedFd {
        self.master
    }

    /// The child's side, for instance `/dev/pts/7`.
    pub fn path(&self) -> PathBuf {
        // A master that is open has a name on every system, so there is no failure to report.
        terminal::path(&self.master).unwrap_or_default()
    }

    /// Blocks until the child has written something, and reads at most `buffer.len()` bytes of it; 0 at the end.
    ///
    /// # Errors
    /// The operating system's; the end of a terminal, which it reports as `EIO`, is none.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        descriptor::read_terminal(&self.master, buffer)
    }

    /// Blocks until there is room, and types at least one byte of `bytes`; says how many.
    ///
    /// Taken is not delivered: the kernel takes bytes for a child that has exited or never reads, and cuts a line of
    /// more than 4,095 bytes.
    ///
    /// # Errors
    /// The operating system's.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        descriptor::write(&self.master, bytes)
    }

    /// Changes the size, and tells the programs in the foreground (`SIGWINCH`).
    ///
    /// # Errors
    /// The operating system's.
    pub fn resize(&self, size: Size) -> io::Result<()> {
        terminal::resize(self.master.as_fd(), size.rows, size.columns)
    }
}

impl Read for &Terminal {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Terminal::read(self, buffer)
    }
}

impl Write for &Terminal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Terminal::write(self, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
