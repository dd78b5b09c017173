//! What a session's handles and its owner task say to each other.

use std::collections::VecDeque;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use orch_pty::{Exit, Grace, PipeWriter, Signal, Terminal};
use tokio::sync::watch;

use super::meter::Tally;
use super::transcript::Record;
use crate::redact::Redactor;

/// Where bytes came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stream {
    /// The terminal, or standard output on a pipe.
    Output,
    /// Standard error, when it is apart; the terminal beside standard output on a pipe.
    Errors,
}

/// Sees every byte of a session as it is read, cut anywhere, secrets too. It must not block.
pub type Tap = Box<dyn FnMut(Stream, &[u8]) + Send>;

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ended {
    /// How its leader ended; none when it could not be ended, or its status was lost to another part of this program.
    pub exit: Option<Exit>,
    /// Whether a descendant held the terminal after the leader had ended.
    pub leaked: bool,
    /// Processes of the session that could not be ended; empty unless something is wrong.
    pub left: Vec<u32>,
}

/// How a session or a job is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// Interrupt, then terminate, then kill, with a grace between them.
    Gently,
    /// Kill.
    Now,
}

/// How a session is held.
pub(super) struct Setup {
    pub(super) label: String,
    pub(super) output: Record,
    pub(super) errors: Record,
    /// Whether standard error is part of the output.
    pub(super) merged: bool,
    pub(super) grace: Grace,
    pub(super) tap: Tap,
    /// What is taken out of all that is kept of it, its label and its command line among that.
    pub(super) redactor: Redactor,
    pub(super) tally: Arc<Tally>,
    /// Rung at news and at the end.
    pub(super) bell: Option<Arc<Bell>>,
}

/// Wakes those who wait for news of any session of a table.
pub(super) type Bell = watch::Sender<u64>;

/// What is known of a session for as long as there is a handle.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) pid: u32,
    pub(super) label: Mutex<String>,
    pub(super) rerun: String,
    pub(super) redactor: Redactor,
    pub(super) started: Timestamp,
}

/// What the handles and the owner task share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) terminal: Mutex<Option<Arc<Terminal>>>,
    pub(super) stdin: tokio::sync::Mutex<Option<PipeWriter>>,
    pub(super) output: Record,
    pub(super) errors: Record,
    /// Bytes that came and may be the beginning of a secret.
    pub(super) withheld: Arc<AtomicUsize>,
    pub(super) asked: watch::Sender<Asked>,
    /// Those that the owner task has not sent yet.
    pub(super) signals: Mutex<VecDeque<Signal>>,
}

/// What the owner task was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) stop: Option<(Stop, Duration)>,
    /// How many signals were asked for.
    pub(super) signals: u32,
}

impl Shared {
    /// The terminal, while there is one.
    pub(super) fn terminal(&self) -> Option<Arc<Terminal>> {
        self.terminal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Asks the owner task to send a signal to the leader's group.
    pub(super) fn ask_for(&self, signal: Signal) {
        self.signals
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(signal);
        self.asked
            .send_modify(|asked| asked.signals = asked.signals.wrapping_add(1));
    }

    /// The next signal that was asked for.
    pub(super) fn next_signal(&self) -> Option<Signal> {
        self.signals
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }
}

impl Identity {
    pub(super) fn label(&self) -> String {
        self.label.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
