//! Where each of the three standard streams of a child goes.

use std::fmt;

/// Where a child's standard input comes from. The default is the terminal.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stdin {
    /// The child's terminal.
    #[default]
    Terminal,
    /// `/dev/null`: end of file at the first read.
    Null,
    /// These bytes, then end of file. They lie in a sealed memory file on Linux and in a private, unlinked file
    /// elsewhere: there is no writer that could block, no length limit but memory, and nothing in a command line.
    Bytes(Vec<u8>),
    /// A pipe; its other end is [`Process::stdin`](crate::Process::stdin).
    Pipe,
}

/// Shows how many bytes there are and never the bytes themselves: a prompt does not belong in a log line.
impl fmt::Debug for Stdin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Terminal => f.write_str("Terminal"),
            Self::Null => f.write_str("Null"),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Pipe => f.write_str("Pipe"),
        }
    }
}

/// Where a child's standard output or standard error goes. The default is the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Output {
    /// The child's terminal.
    #[default]
    Terminal,
    /// `/dev/null`.
    Null,
    /// A pipe of its own; the other end is [`Process::stdout`](crate::Process::stdout) or
    /// [`Process::stderr`](crate::Process::stderr).
    Pipe,
    /// A terminal of its own, read as a pipe is: bytes pass unchanged, and it is nobody's controlling terminal, so
    /// nothing that is written to `/dev/tty` comes here. A process of the same user can open it by its path, as it can
    /// open a pipe by `/proc/PID/fd`.
    ///
    /// For programs that do not wait until a pipe has taken all that they wrote, as many on Node and Bun do when they
    /// end by `process.exit`: they write to a terminal at once, and to the end.
    OwnTerminal,
}
