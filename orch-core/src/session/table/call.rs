//! The two calls: `exec_command` and `write_stdin`.

use std::time::Duration;

use orch_pty::WriteError;
use tokio::task::coop::consume_budget;
use tokio::time::Instant;

use super::{Sessions, SessionsError};
use crate::session::poll::{Call, collect};
use crate::session::{ExecCommand, Poll, Session, SessionError, SessionId, WriteStdin};

/// The character that a terminal makes an interrupt of: Ctrl-C.
const INTERRUPT: &str = "\u{3}";

/// How long a session may take to make room for what is written to it.
const WRITE_LIMIT: Duration = Duration::from_secs(10);

impl Sessions {
    /// Starts a command as a session of its own, and waits for its end for as long as the call and the profile say. The
    /// session is listed before the first wait.
    ///
    /// # Errors
    /// [`SessionsError::Full`], [`SessionsError::Spawn`] and [`SessionsError::Spill`]: nothing was started.
    /// [`SessionsError::Session`] when the session was lost meanwhile.
    ///
    /// # Panics
    /// In a runtime without time.
    ///
    /// # Cancel safety
    /// Dropped while it waits for a place: nothing was started. Dropped later: the session is listed, and its output is
    /// there for the next poll.
    pub async fn exec_command(&self, command: ExecCommand) -> Result<Poll, SessionsError> {
        consume_budget().await;
        let began = Instant::now();
        let permit = match self.profile.prune {
            Some(_) => None,
            None => Some(self.places.admit(command.asked_when_full()).await?),
        };
        let (id, session) = self.begin(&command, permit)?;
        let call = Call {
            began,
            wait: self.profile.exec.clamp(command.asked_yield()),
            tokens: self.profile.tokens(command.asked_tokens()),
        };
        self.collected(id, &session, call).await
    }

    /// Writes to a session, or polls it when there is nothing to write, and waits for its end for as long as the call and
    /// the profile say. What it said since the last poll is returned, whoever polled.
    ///
    /// On pipes, U+0003 alone interrupts what takes no input.
    ///
    /// # Errors
    /// [`SessionsError::Unknown`], which says what became of the session; [`SessionsError::InputClosed`];
    /// [`SessionsError::Session`] when not all could be written, within 10 s, or the session is lost. A session that has
    /// ended is no error: the poll says so.
    ///
    /// # Panics
    /// In a runtime without time.
    ///
    /// # Cancel safety
    /// Dropped half-way, some of the characters may have been written. No output is lost.
    pub async fn write_stdin(&self, write: WriteStdin) -> Result<Poll, SessionsError> {
        // Who polls in a loop lets those be read whom it polls.
        consume_budget().await;
        let began = Instant::now();
        let id = write.session_id;
        let session = self.used(id)?;
        let yields = if write.chars.is_empty() {
            self.profile.poll
        } else {
            self.written(id, &session, &write.chars).await?;
            self.profile.write
        };
        let call = Call {
            began,
            wait: yields.clamp(write.yield_time),
            tokens: self.profile.tokens(write.max_output_tokens),
        };
        self.collected(id, &session, call).await
    }

    async fn collected(&self, id: SessionId, session: &Session, call: Call) -> Result<Poll, SessionsError> {
        let poll = collect(session, id, call).await?;
        self.settle(id, poll.status);
        Ok(poll)
    }

    async fn written(&self, id: SessionId, session: &Session, chars: &str) -> Result<(), SessionsError> {
        let closed = self.profile.only_interrupts_pipes && session.terminal().is_none();
        let sent = match chars {
            INTERRUPT if closed => session.interrupt(),
            _ if closed => return Err(SessionsError::InputClosed { id }),
            _ => match session.write_within(chars.as_bytes(), WRITE_LIMIT).await {
                Err(SessionError::NoInput { .. }) if chars == INTERRUPT => session.interrupt(),
                sent => sent,
            },
        };
        match sent {
            // The poll says that it has ended, and how.
            Ok(())
            | Err(
                SessionError::Ended { .. }
                | SessionError::Write {
                    source: WriteError::Exited { .. },
                    ..
                },
            ) => {}
            Err(SessionError::NoInput { .. }) => return Err(SessionsError::InputClosed { id }),
            Err(error) => return Err(error.into()),
        }
        if !self.profile.after_write.is_zero() {
            tokio::time::sleep(self.profile.after_write).await;
        }
        Ok(())
    }
}
