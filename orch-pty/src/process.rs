//! [`Process`]: what a spawn returns.

use crate::child::Child;
use crate::output::OutputReader;
use crate::pipe::PipeWriter;
use crate::terminal::Terminal;

/// A started process with our ends of its streams. Take it apart by moving the fields out.
///
/// **Keep the terminal as long as the child**: dropping it hangs it up, which ends most programs with `SIGHUP`, also
/// one that is done writing and about to exit. A pattern such as `let Process { child, .. }` drops what it leaves
/// out at once.
///
/// Dropped whole, the child goes first: its tree is killed before the terminal hangs up.
#[derive(Debug)]
#[non_exhaustive]
pub struct Process {
    /// The process itself.
    pub child: Child,
    /// Our side of its terminal; `None` when none of its streams is a terminal.
    pub terminal: Option<Terminal>,
    /// Its standard input, when that is a pipe.
    pub stdin: Option<PipeWriter>,
    /// Its standard output, when that is a pipe or a terminal of its own.
    pub stdout: Option<OutputReader>,
    /// Its standard error, when that is a pipe or a terminal of its own.
    pub stderr: Option<OutputReader>,
}
