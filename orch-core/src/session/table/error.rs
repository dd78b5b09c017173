//! [`SessionsError`].

use std::io;

use orch_pty::SpawnError;

use super::Tombstone;
use crate::session::{SessionError, SessionId};

/// Why the table cannot do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionsError {
    /// There is no session of this id, or none any more.
    #[error("unknown process id {id}: {}", told(tombstone.as_ref()))]
    Unknown {
        /// The id.
        id: SessionId,
        /// What became of it, where there was one.
        tombstone: Option<Tombstone>,
    },
    /// There are as many live sessions as there may be.
    #[error(
        "cannot start a session: {limit} are live, which is the limit; stop one, wait for one (`WhenFull::Wait`), or raise the limit in the profile"
    )]
    Full {
        /// How many there may be.
        limit: usize,
    },
    /// The command could not be started.
    #[error("session `{}` was not started: {source}", crate::plain::line(label, 400))]
    Spawn {
        /// Its label.
        label: String,
        /// Why.
        source: SpawnError,
    },
    /// It runs on pipes, where nothing but an interrupt (the character U+0003) can be written.
    #[error(
        "stdin is closed for session {id}: start it with `tty` to keep it open, or send U+0003 alone to interrupt it"
    )]
    InputClosed {
        /// The session.
        id: SessionId,
    },
    /// It cannot be forgotten while it runs.
    #[error("session {id} is running: stop it first")]
    Runs {
        /// The session.
        id: SessionId,
    },
    /// There is nothing to wait for.
    #[error(
        "no news can come: all {sessions} sessions that were asked for have ended, and their ends were polled"
    )]
    NoNews {
        /// How many were asked for.
        sessions: usize,
    },
    /// The place for output that is spilled could not be made.
    #[error("cannot make a private file for output: {source}; is the state directory writable?")]
    Spill {
        /// What the operating system said.
        source: io::Error,
    },
    /// Something about one session.
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl SessionsError {
    /// The text for a model whose tool call it was: codex's words where codex has some, and what to do next.
    pub fn tool_text(&self) -> String {
        let text = self.to_string();
        let mut letters = text.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect())
            .unwrap_or_default()
    }
}

fn told(tombstone: Option<&Tombstone>) -> String {
    tombstone.map_or_else(|| "there was no such session".to_owned(), ToString::to_string)
}
