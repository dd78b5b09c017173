//! [`fill`]: takes from a terminal or a pipe what there is now. It does not wait, and knows no runtime.

use std::io;
use std::os::fd::BorrowedFd;

use crate::sys::descriptor;

/// Most reads in one go. A terminal hands out at most 4,095 bytes a read (`drivers/tty/n_tty.c`), so a buffer of
/// 64 KiB is filled by 17; a larger one must not hold its thread as long as somebody goes on writing.
const READS: u32 = 32;

/// What a descriptor is our side of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A terminal: a short read says nothing about what is left.
    Terminal,
    /// A pipe: a short read has emptied it.
    Pipe,
}

/// What one go has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Filled {
    /// Bytes at the front of the buffer.
    pub(crate) bytes: usize,
    /// System calls it took.
    pub(crate) reads: u32,
    /// What comes after these bytes.
    pub(crate) then: Then,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// There may be more already.
    Perhaps,
    /// Nothing yet.
    Nothing,
    /// The end.
    End,
}

/// Reads until there is nothing left, the buffer is full, or it has gone on for long enough. An error that follows
/// bytes is left for the next time: no byte is lost to it.
pub(crate) fn fill(fd: BorrowedFd<'_>, kind: Kind, buffer: &mut [u8]) -> io::Result<Filled> {
    let (mut bytes, mut reads) = (0, 0);
    let mut then = Then::Perhaps;
    while then == Then::Perhaps && bytes < buffer.len() && reads < READS {
        let room = &mut buffer[bytes..];
        reads += 1;
        let read = match kind {
            Kind::Terminal => descriptor::read_terminal(fd, room),
            Kind::Pipe => descriptor::read(fd, room),
        };
        then = match read {
            Ok(0) => Then::End,
            Ok(read) => {
                let emptied = kind == Kind::Pipe && read < room.len();
                bytes += read;
                if emptied { Then::Nothing } else { Then::Perhaps }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Then::Nothing,
            Err(error) if bytes == 0 => return Err(error),
            Err(_) => break,
        };
    }
    Ok(Filled { bytes, reads, then })
}
