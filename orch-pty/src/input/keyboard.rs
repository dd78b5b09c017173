//! [`Keyboard`]: types through a terminal's master and keeps count of the line that is open. It waits for nothing.

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::error::WriteError;
use super::line::Line;
use super::meaning::Meanings;
use crate::sys::settings::{self, Settings};
use crate::sys::{descriptor, terminal};

/// What was typed so far. A lock is held for one system call at a time, so that the count and the kernel see
/// everything in the same order.
#[derive(Debug, Default)]
pub(crate) struct Keyboard {
    typed: Mutex<Typed>,
}

#[derive(Debug, Default)]
struct Typed {
    line: Line,
    /// What bytes mean, and the settings that it follows from. Made when somebody types.
    known: Option<Box<(Settings, Meanings)>>,
}

/// How bytes that were found to fit are treated when they are typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Line by line: they lengthen the line, and end it.
    Lines,
    /// Key by key: no line is open after them.
    Keys,
}

impl Keyboard {
    /// Whether the terminal, as it is set now, passes `bytes` whole.
    pub(crate) fn fit(&self, master: BorrowedFd<'_>, bytes: &[u8]) -> Result<Fit, WriteError> {
        let mut typed = self.lock();
        let (settings, line, meanings) = typed.ask(master).map_err(untried)?;
        if !settings.lines {
            return Ok(Fit::Keys);
        }
        let limit = settings::longest_line(master);
        // Most often the whole is shorter than one line may be.
        if line.pending() + bytes.len() <= limit {
            return Ok(Fit::Lines);
        }
        match line.longest(bytes, meanings) {
            length if length > limit => Err(WriteError::LineTooLong { length, limit }),
            _ => Ok(Fit::Lines),
        }
    }

    /// Types as many of `bytes` as there is room for; `None` when there is none.
    pub(crate) fn offer(&self, master: BorrowedFd<'_>, bytes: &[u8], fit: Fit) -> io::Result<Option<usize>> {
        let mut typed = self.lock();
        let taken = match descriptor::write(master, bytes) {
            Ok(taken) => taken,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        };
        typed.line = match (fit, &typed.known) {
            (Fit::Lines, Some(known)) => typed.line.after(&bytes[..taken], &known.1),
            (Fit::Keys, _) | (_, None) => Line::default(),
        };
        Ok((taken > 0).then_some(taken))
    }

    /// The keys that mean an end of file now, in the middle of a line as well: there the first one hands out what was
    /// typed, and only the next one, on an empty line, is an end.
    pub(crate) fn end_of_file(&self, master: BorrowedFd<'_>) -> Result<Vec<u8>, WriteError> {
        let mut typed = self.lock();
        let (settings, line, _) = typed.ask(master).map_err(untried)?;
        let key = settings.keys.end_of_file.filter(|_| settings.lines);
        let key = key.ok_or(WriteError::NoEndOfFile)?;
        let times = match (line.quotes_next(), line.pending()) {
            (true, _) => 3,
            (false, 0) => 1,
            (false, _) => 2,
        };
        Ok(vec![key; times])
    }

    /// Does what an interrupt key does beside its signal: discards what was typed and not read, unless the terminal is
    /// set to keep it.
    pub(crate) fn discard(&self, master: BorrowedFd<'_>) -> io::Result<()> {
        let mut typed = self.lock();
        let (settings, ..) = typed.ask(master)?;
        let [interrupt, ..] = settings.keys.signals;
        if interrupt.is_some() && settings.signals_discard {
            terminal::discard_input(master)?;
            typed.line = Line::default();
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Typed> {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Typed {
    /// The settings of this moment, the open line, and what bytes mean to it. While input is handed out key by key no line is
    /// open; what was typed before a change to line by line counts as ended (`n_tty_set_termios`).
    fn ask(&mut self, master: BorrowedFd<'_>) -> io::Result<(Settings, Line, &Meanings)> {
        let settings = Settings::of(master)?;
        if !settings.lines {
            self.line = Line::default();
        }
        let known = self.known.take().filter(|known| known.0 == settings);
        let known = known.unwrap_or_else(|| Box::new((settings, Meanings::under(&settings))));
        Ok((settings, self.line, &self.known.insert(known).1))
    }
}

fn untried(source: io::Error) -> WriteError {
    WriteError::Io { taken: 0, source }
}
