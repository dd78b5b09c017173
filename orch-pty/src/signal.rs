//! The signals that a caller may send.

/// A signal to send to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Signal {
    /// `SIGHUP`: the terminal is gone.
    Hangup,
    /// `SIGINT`: what Ctrl-C sends.
    Interrupt,
    /// `SIGQUIT`: what Ctrl-\ sends.
    Quit,
    /// `SIGTERM`: please end.
    Terminate,
    /// `SIGKILL`: end at once; cannot be caught.
    Kill,
    /// `SIGSTOP`: pause; cannot be caught.
    Stop,
    /// `SIGCONT`: go on.
    Continue,
}
