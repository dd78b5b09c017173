//! How a terminal treats bytes, as POSIX has it.

use std::io;
use std::os::fd::AsFd;

use nix::sys::termios::{self, LocalFlags, OutputFlags, SetArg};

/// Lets output pass unchanged and stops the echo of input; lines are still edited and signals still raised.
pub(crate) fn clean(slave: impl AsFd) -> io::Result<()> {
    let mut settings = termios::tcgetattr(slave.as_fd())?;
    settings.output_flags.remove(OutputFlags::OPOST);
    settings.local_flags.remove(
        LocalFlags::ECHO | LocalFlags::ECHONL | LocalFlags::ECHOE | LocalFlags::ECHOK | LocalFlags::ECHOCTL,
    );
    termios::tcsetattr(slave.as_fd(), SetArg::TCSANOW, &settings)?;
    Ok(())
}
