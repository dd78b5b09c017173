//! Opens what a command's three streams are: the child's sides, and ours.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::command::{Command, Output, Stdin, TerminalMode};
use crate::error::SpawnError;
use crate::flow::Kind;
use crate::sys::descriptor::{self, Ends, Keep};
use crate::sys::{self, terminal};

/// Our sides, not yet in any reactor.
#[derive(Debug, Default)]
pub(super) struct Ours {
    pub(super) terminal: Option<OwnedFd>,
    pub(super) stdin: Option<OwnedFd>,
    pub(super) stdout: Option<Heard>,
    pub(super) stderr: Option<Heard>,
}

/// Our side of an output that is on a descriptor of its own.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) fd: OwnedFd,
    pub(super) kind: Kind,
}

impl Ours {
    pub(super) fn is_empty(&self) -> bool {
        let Self {
            terminal,
            stdin,
            stdout,
            stderr,
        } = self;
        terminal.is_none() && stdin.is_none() && stdout.is_none() && stderr.is_none()
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
    let output = |name, to, ours: &mut Option<Heard>| -> Result<Side, SpawnError> {
        Ok(match to {
            Output::Terminal => Side::Slave,
            Output::Null => Side::Own(descriptor::null().map_err(stream(name))?),
            Output::Pipe => {
                let (reader, writer) = descriptor::pipe(Keep::Reader, ends).map_err(stream(name))?;
                *ours = Some(Heard {
                    fd: reader,
                    kind: Kind::Pipe,
                });
                Side::Own(writer)
            }
            Output::OwnTerminal => {
                let pair = open_own_terminal(command, ends).map_err(stream(name))?;
                *ours = Some(Heard {
                    fd: pair.master,
                    kind: Kind::Terminal,
                });
                Side::Own(pair.slave)
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

/// A terminal that takes one output and controls nobody. It is not locked (`TIOCSPTLCK`) against who opens it by name:
/// Linux answers such an open by an error of the terminal itself, which ends it for the child that has it
/// (`pty_open`, `drivers/tty/pty.c`).
fn open_own_terminal(command: &Command, ends: Ends) -> io::Result<terminal::Pair> {
    let pair = terminal::open(ends)?;
    terminal::resize(&pair.master, command.size.rows, command.size.columns)?;
    terminal::clean(&pair.slave)?;
    Ok(pair)
}
