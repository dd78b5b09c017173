//! [`OutputReader`] for code without a runtime.

use std::io::{self, Read};
use std::os::fd::OwnedFd;

use crate::flow::Kind;
use crate::sys::descriptor;

/// What a child writes to its standard output or standard error, when that is a pipe or a terminal of its own;
/// [`crate::OutputReader`] is the same for a runtime.
#[derive(Debug)]
pub struct OutputReader {
    fd: OwnedFd,
    kind: Kind,
}

impl OutputReader {
    pub(crate) fn new(fd: OwnedFd, kind: Kind) -> Self {
        Self { fd, kind }
    }

    pub(super) fn into_parts(self) -> (OwnedFd, Kind) {
        (self.fd, self.kind)
    }

    /// Blocks until the child has written something, and reads at most `buffer.len()` bytes of it; 0 at the end, when
    /// no process holds the child's side any more.
    ///
    /// # Errors
    /// The operating system's; the end of a terminal, which it reports as `EIO`, is none.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.kind {
            Kind::Terminal => descriptor::read_terminal(&self.fd, buffer),
            Kind::Pipe => descriptor::read(&self.fd, buffer),
        }
    }
}

impl Read for &OutputReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        OutputReader::read(self, buffer)
    }
}

impl Read for OutputReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        OutputReader::read(self, buffer)
    }
}
