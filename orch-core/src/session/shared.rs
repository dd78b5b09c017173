//! What a session's handles and its owner task say to each other.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use orch_pty::{Exit, PipeWriter, Terminal};
use tokio::sync::watch;

use super::Transcript;

/// Where bytes came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stream {
    /// The terminal, or standard output on pipes.
    Output,
    /// Standard error, when it is apart.
    Errors,
}

/// Sees every byte of a session as it is read, cut anywhere. It must not block.
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

/// What the handles and the owner task share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) terminal: Mutex<Option<Arc<Terminal>>>,
    pub(super) stdin: tokio::sync::Mutex<Option<PipeWriter>>,
    pub(super) transcript: Mutex<Transcript>,
    pub(super) asked: watch::Sender<Asked>,
}

/// What the owner task was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) stop: Option<(Stop, Duration)>,
    /// How many interrupts were asked for.
    pub(super) interrupts: u32,
}
