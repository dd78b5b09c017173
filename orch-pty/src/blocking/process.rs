//! [`Process`]: what a blocking spawn returns.

use std::io::{self, PipeWriter};

use super::{Child, OutputReader, Terminal};
use crate::sys::descriptor;
use crate::sys::reactor::Unregistered;

/// A started process with our ends of its streams, all of them blocking. Keep the terminal as long as the child:
/// dropping it hangs it up.
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

impl Process {
    /// Hands the process over to the tokio runtime of the calling thread.
    ///
    /// # Errors
    /// There is no runtime with I/O here, or it takes no more descriptors; then the process's whole tree is ended.
    pub fn into_async(self) -> io::Result<crate::Process> {
        let refused = |failure| match failure {
            Unregistered::NoReactor => io::Error::other(
                "no tokio runtime with I/O; hand the process over inside one built with `enable_all`",
            ),
            Unregistered::Refused(error) => error,
        };
        let Self {
            child,
            terminal,
            stdin,
            stdout,
            stderr,
        } = self;
        let child = crate::Child::new(child.owned).map_err(refused)?;
        let ready = |fd: std::os::fd::OwnedFd| descriptor::set_nonblocking(&fd).map(|()| fd);
        let terminal = match terminal {
            Some(terminal) => {
                let terminal = crate::Terminal::new(ready(terminal.into_master())?).map_err(refused)?;
                Some(terminal.of(child.leader()))
            }
            None => None,
        };
        let reader = |output: Option<OutputReader>| {
            let handed_over = |output: OutputReader| {
                let (fd, kind) = output.into_parts();
                crate::OutputReader::new(ready(fd)?, kind).map_err(refused)
            };
            output.map(handed_over).transpose()
        };
        let (stdout, stderr) = (reader(stdout)?, reader(stderr)?);
        let stdin = match stdin {
            Some(pipe) => Some(crate::PipeWriter::new(ready(pipe.into())?).map_err(refused)?),
            None => None,
        };
        Ok(crate::Process {
            child,
            terminal,
            stdin,
            stdout,
            stderr,
        })
    }
}
