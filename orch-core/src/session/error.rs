//! [`SessionError`].

use orch_pty::WriteError;

/// Why something cannot be done with a session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// It has ended.
    #[error("session of process {pid} has ended")]
    Ended {
        /// The process that led it.
        pid: u32,
    },
    /// Its owner task is gone without an end: its runtime was shut down, its table was dropped, or a tap panicked. Its
    /// processes were ended with it.
    #[error("session `{label}` (process {pid}) is lost: its owner task is gone; run it again with: {rerun}")]
    Lost {
        /// Its label.
        label: String,
        /// The process that led it.
        pid: u32,
        /// Its command line.
        rerun: String,
    },
    /// Its standard input is neither the terminal nor a pipe.
    #[error(
        "session of process {pid} takes no input: start it with its standard input on the terminal or a pipe"
    )]
    NoInput {
        /// The process that leads it.
        pid: u32,
    },
    /// It has no terminal.
    #[error("session of process {pid} has no terminal to resize: start it in a terminal")]
    NoTerminal {
        /// The process that leads it.
        pid: u32,
    },
    /// It did not take all of the bytes.
    #[error("writing to the session of process {pid} failed: {source}")]
    Write {
        /// The process that leads it.
        pid: u32,
        /// Why.
        source: WriteError,
    },
    /// The system refused to change its terminal.
    #[error("resizing the terminal of the session of process {pid} failed: {source}")]
    Resize {
        /// The process that leads it.
        pid: u32,
        /// What the operating system said.
        source: std::io::Error,
    },
}
