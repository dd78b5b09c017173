//! What every Unix does alike with an open terminal: its size.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use nix::libc;

pub(crate) use super::platform::{clean, discard_input, open, path, signal_foreground};

/// Both ends of a new terminal. Both are close-on-exec from the start.
pub(crate) struct Pair {
    pub(crate) master: OwnedFd,
    pub(crate) slave: OwnedFd,
}

/// Tells the terminal its size, and with it the foreground group (`SIGWINCH`).
pub(crate) fn resize(terminal: impl AsFd, rows: u16, columns: u16) -> io::Result<()> {
    let size = libc::winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: TIOCSWINSZ reads one `winsize` through the pointer, which points to a live local.
    let result = unsafe {
        libc::ioctl(
            terminal.as_fd().as_raw_fd(),
            libc::TIOCSWINSZ as _,
            &raw const size,
        )
    };
    nix::errno::Errno::result(result)?;
    Ok(())
}
