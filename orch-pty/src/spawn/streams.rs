//! Opens what a command's three streams are: the child's sides, and ours.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::command::{Command, Output, Stdin, TerminalMode};
use crate::error::SpawnError;
use crate::sys::descriptor::{self, Ends, Keep};
use crate::sys::{self, terminal};

/// Our sides, not yet in any reactor.
#[derive(Debug, Default)]
pub(super) struct Ours {
    pub(super) terminal: Option<OwnedFd>,
    pub(super) stdin: Option<OwnedFd>,
    pub(super) stdout: Option<OwnedFd>,
    pub(super) stderr: Option<OwnedFd>,
}

impl Ours {
    pub(super) fn is_empty(&self) -> bool {
        let Self {
            terminal,
            stdin,
            stdout,
            stderr,
        } = self;
        [terminal, stdin, stdout, stderr].into_iter().all(Option::is_none)
    }
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

/// Opens all streams of `command`; our ends block or do not, as `ends` says.
pub(super) fn open(command: &Command, ends: Ends) -> Result<(Ours, Theirs), SpawnError> {
    let mut ours = Ours::default();
    let mut slave = None;
    if command.wants_terminal() {
        let pair = open_terminal(command, ends).map_err(|source| SpawnError::Terminal { source })?;
        ours.terminal = Some(pair.master);
        slave = Some(pair.slave);
    }

    let stream = |stream| move |source: io::Error| SpawnError::Stream { stream, source };
    let stdin = match &command.stdin {
        Stdin::Terminal => Side::Slave,
        Stdin::Null => Side::Own(descriptor::null().map_err(stream("stdin"))?),
        Stdin::Bytes(bytes) => Side::Own(sys::stdin_from_bytes(bytes).map_err(stream("stdin"))?),
        Stdin::Pipe => {
            let (writer, reader) = descriptor::pipe(Keep::Writer, ends).map_err(stream("stdin"))?;
            ours.stdin = Some(writer);
            Side::Own(reader)
        }
    };
    let output = |name, to, ours: &mut Option<OwnedFd>| -> Result<Side, SpawnError> {
        Ok(match to {
            Output::Terminal => Side::Slave,
            Output::Null => Side::Own(descriptor::null().map_err(stream(name))?),
            Output::Pipe => {
                let (reader, writer) = descriptor::pipe(Keep::Reader, ends).map_err(stream(name))?;
                *ours = Some(reader);
                Side::Own(writer)
            }
        })
    };
    let stdout = output("stdout", command.stdout, &mut ours.stdout)?;
    let stderr = output("stderr", command.stderr, &mut ours.stderr)?;
    Ok((
        ours,
        Theirs {
            slave,
            stdio: [stdin, stdout, stderr],
        },
    ))
}

fn open_terminal(command: &Command, ends: Ends) -> io::Result<terminal::Pair> {
    let pair = terminal::open(ends)?;
    terminal::resize(&pair.master, command.size.rows, command.size.columns)?;
    match command.mode {
        TerminalMode::Cooked => {}
        TerminalMode::Clean => terminal::clean(&pair.slave)?,
    }
    Ok(pair)
}
