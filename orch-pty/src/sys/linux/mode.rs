//! How a new terminal treats bytes, set by one system call: the C library's `tcgetattr` and `tcsetattr` make four.

use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::sync::OnceLock;

use nix::errno::Errno;
use nix::libc;

/// What a terminal is set to when it is opened. The kernel has one answer for all (`TTY_DRIVER_RESET_TERMIOS`: nothing
/// of a terminal's previous life is left), so the first is asked and the others are taken to be alike.
static NEW: OnceLock<libc::termios2> = OnceLock::new();

/// Lets the output of a terminal that was just opened pass unchanged and stops the echo of its input; lines are still
/// edited and signals still raised.
pub(crate) fn clean(slave: impl AsFd) -> io::Result<()> {
    let fd = slave.as_fd().as_raw_fd();
    let mut settings = if let Some(known) = NEW.get() {
        *known
    } else {
        let first = asked(fd)?;
        *NEW.get_or_init(|| first)
    };
    settings.c_oflag &= !libc::OPOST;
    settings.c_lflag &= !(libc::ECHO | libc::ECHONL | libc::ECHOE | libc::ECHOK | libc::ECHOCTL);
    // SAFETY: TCSETS2 reads one `termios2` through the pointer, which points to a live local.
    Errno::result(unsafe { libc::ioctl(fd, libc::TCSETS2, &raw const settings) })?;
    Ok(())
}

fn asked(fd: RawFd) -> io::Result<libc::termios2> {
    // SAFETY: zeros are a valid `termios2`, which is flags, speeds and characters.
    let mut settings: libc::termios2 = unsafe { std::mem::zeroed() };
    // SAFETY: TCGETS2 writes one `termios2` through the pointer, which points to a live local.
    Errno::result(unsafe { libc::ioctl(fd, libc::TCGETS2, &raw mut settings) })?;
    Ok(settings)
}
