//! Opens what a command's three streams are: the child's sides, and ours in the reactor.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::command::{Command, Output, Stdin, TerminalMode};
use crate::error::SpawnError;
use crate::pipe::{PipeReader, PipeWriter};
use crate::sys::descriptor::{self, Keep};
use crate::sys::reactor::Unregistered;
use crate::sys::{self, terminal};
use crate::terminal::Terminal;

/// Our sides.
#[derive(Debug)]
pub(super) struct Ours {
    pub(super) terminal: Option<Terminal>,
    pub(super) stdin: Option<PipeWriter>,
    pub(super) stdout: Option<PipeReader>,
    pub(super) stderr: Option<PipeReader>,
}

/// The child's sides. Dropped once it is born.
#[derive(Debug)]
pub(super) struct Theirs {
    slave: Option<OwnedFd>,
    stdio: [Side; 3],
}

#[derive(Debug)]
enum Side {
    Slave,
    Own(OwnedFd),
}

impl Theirs {
    pub(super) fn controlling(&self) -> Option<BorrowedFd<'_>> {
        self.slave.as_ref().map(AsFd::as_fd)
    }

    /// What becomes descriptors 0, 1 and 2; `None` when a stream wants a terminal that was not opened.
    pub(super) fn stdio(&self) -> Option<[BorrowedFd<'_>; 3]> {
        let [input, output, error] = &self.stdio;
        Some([self.resolve(input)?, self.resolve(output)?, self.resolve(error)?])
    }

    fn resolve<'a>(&'a self, side: &'a Side) -> Option<BorrowedFd<'a>> {
        match side {
            Side::Slave => self.controlling(),
            Side::Own(fd) => Some(fd.as_fd()),
        }
    }
}

/// Opens all streams of `command`.
pub(super) fn open(command: &Command) -> Result<(Ours, Theirs), SpawnError> {
    let unregistered = |failure| match failure {
        Unregistered::NoReactor => SpawnError::NoRuntime {
            program: command.program().into(),
        },
        Unregistered::Refused(source) => SpawnError::Reactor {
            program: command.program().into(),
            source,
        },
    };
    let mut ours = Ours {
        terminal: None,
        stdin: None,
        stdout: None,
        stderr: None,
    };

    let mut slave = None;
    if command.wants_terminal() {
        let pair = open_terminal(command).map_err(|source| SpawnError::Terminal { source })?;
        ours.terminal = Some(Terminal::new(pair.master).map_err(unregistered)?);
        slave = Some(pair.slave);
    }

    let stream = |stream| move |source: io::Error| SpawnError::Stream { stream, source };
    let stdin = match &command.stdin {
        Stdin::Terminal => Side::Slave,
        Stdin::Null => Side::Own(descriptor::null().map_err(stream("stdin"))?),
        Stdin::Bytes(bytes) => Side::Own(sys::stdin_from_bytes(bytes).map_err(stream("stdin"))?),
        Stdin::Pipe => {
            let (writer, reader) = descriptor::pipe(Keep::Writer).map_err(stream("stdin"))?;
            ours.stdin = Some(PipeWriter::new(writer).map_err(unregistered)?);
            Side::Own(reader)
        }
    };
    let output = |name, to| -> Result<(Option<PipeReader>, Side), SpawnError> {
        Ok(match to {
            Output::Terminal => (None, Side::Slave),
            Output::Null => (None, Side::Own(descriptor::null().map_err(stream(name))?)),
            Output::Pipe => {
                let (reader, writer) = descriptor::pipe(Keep::Reader).map_err(stream(name))?;
                (
                    Some(PipeReader::new(reader).map_err(unregistered)?),
                    Side::Own(writer),
                )
            }
        })
    };
    let (stdout, stdout_side) = output("stdout", command.stdout)?;
    let (stderr, stderr_side) = output("stderr", command.stderr)?;
    (ours.stdout, ours.stderr) = (stdout, stderr);
    Ok((
        ours,
        Theirs {
            slave,
            stdio: [stdin, stdout_side, stderr_side],
        },
    ))
}

fn open_terminal(command: &Command) -> io::Result<terminal::Pair> {
    let pair = terminal::open()?;
    terminal::resize(&pair.master, command.size.rows, command.size.columns)?;
    match command.mode {
        TerminalMode::Cooked => {}
        TerminalMode::Clean => terminal::clean(&pair.slave)?,
    }
    Ok(pair)
}
