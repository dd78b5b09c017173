//! [`Room`]: what the orchestrator holds of a namespace that it has opened. When it is dropped, the namespace ends.

use std::io;
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;

use super::ledger::Ledger;
use super::lifeline::{Lifeline, Report};
use crate::signal::Signal;
use crate::sys::signals;

#[derive(Debug)]
pub(crate) struct Room {
    lifeline: Lifeline,
    ledger: Ledger,
}

impl Room {
    pub(super) fn new(lifeline: Lifeline, ledger: Ledger) -> Self {
        Self { lifeline, ledger }
    }

    /// Waits until the first process has said whether the program runs, at most `limit`.
    pub(crate) fn await_report(&self, limit: Duration) -> Report {
        self.lifeline.await_report(limit)
    }

    /// How the program ended, as `wait(2)` lays it out; asked once the first process has ended.
    pub(crate) fn ended(&self) -> i32 {
        // A first process that was lost could note nothing, and its end killed the program.
        self.ledger.ended().unwrap_or(libc::SIGKILL)
    }

    /// The number of the signal that has stopped the program and not let it go on since.
    pub(crate) fn stopped_by(&self) -> Option<i32> {
        self.ledger.stopped_by().map(Into::into)
    }

    /// Signals the program.
    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        match self.lifeline.tell(signals::number(signal)) {
            // It has ended, and its status is not taken yet: a zombie takes every signal as well.
            Err(error) if error.raw_os_error() == Some(Errno::EPIPE as i32) => Ok(()),
            result => result,
        }
    }
}
