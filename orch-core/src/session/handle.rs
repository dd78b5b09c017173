//! The handle to one background terminal.
//!
//! The terminal itself belongs to the session's owner task, which reads it all the time; a handle only asks.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use orch_pty::{Command, SpawnError, WriteError};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use super::owner::Owner;
use super::shared::{Asked, Ended, Shared, Stop, Tap};
use super::{HeadTail, Transcript};

/// Bytes of each stream that are kept from its beginning and from its end.
const KEPT: (usize, usize) = (32 << 10, 96 << 10);

/// Why something cannot be done with a session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// It has ended.
    #[error("session of process {pid} has ended")]
    Ended {
        /// The process that led it.
        pid: u32,
    },
    /// Its standard input is neither the terminal nor a pipe.
    #[error(
        "session of process {pid} takes no input: start it with its standard input on the terminal or a pipe"
    )]
    NoInput {
        /// The process that leads it.
        pid: u32,
    },
    /// It did not take all of the bytes.
    #[error("writing to the session of process {pid} failed: {source}")]
    Write {
        /// The process that leads it.
        pid: u32,
        /// Why.
        source: WriteError,
    },
}

/// A background terminal. Handles are cheap clones; the session goes on without them until it ends, is stopped, or
/// the tracker's runtime is dropped.
#[derive(Debug, Clone)]
pub struct Session {
    pid: u32,
    path: Option<PathBuf>,
    shared: Arc<Shared>,
    /// The owner task alone holds the other end, so its death is seen.
    ended: watch::Receiver<Option<Ended>>,
}

impl Session {
    /// Starts `command` and a task in `tasks` that owns its terminal. Returns at once.
    ///
    /// # Errors
    /// [`SpawnError`] when the program cannot be started; nothing was started then.
    pub fn start(command: &Command, tap: Tap, tasks: &TaskTracker) -> Result<Self, SpawnError> {
        let process = command.spawn()?;
        let terminal = process.terminal.map(Arc::new);
        let shared = Arc::new(Shared {
            terminal: Mutex::new(terminal.clone()),
            stdin: tokio::sync::Mutex::new(process.stdin),
            transcript: Mutex::new(Transcript {
                output: HeadTail::new(KEPT.0, KEPT.1),
                errors: HeadTail::new(KEPT.0, KEPT.1),
            }),
            asked: watch::Sender::new(Asked::default()),
        });
        let (end, ended) = watch::channel(None);
        let session = Self {
            pid: process.child.pid(),
            path: terminal.as_ref().map(|terminal| terminal.path().to_owned()),
            shared: Arc::clone(&shared),
            ended: ended.clone(),
        };
        let owner = Owner {
            child: process.child,
            terminal,
            stdout: process.stdout,
            stderr: process.stderr,
            tap,
            ended: end,
            asked: shared.asked.subscribe(),
            shared,
        };
        tasks.spawn(owner.run());
        Ok(session)
    }

    /// The process that leads the session.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The terminal's path, `/dev/pts/N`; none on pipes.
    pub fn terminal(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// How the session ended; none while it runs. Never waits.
    pub fn state(&self) -> Option<Ended> {
        self.ended.borrow().clone()
    }

    /// Waits for the end: the leader reaped, its output read to the end, its descendants gone.
    ///
    /// # Errors
    /// When the owner task is gone without an end: its runtime was shut down, or a tap panicked.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn ended(&self) -> Result<Ended, SessionError> {
        let mut ended = self.ended.clone();
        let gone = SessionError::Ended { pid: self.pid };
        let end = ended.wait_for(Option::is_some).await.map_err(|_| gone)?;
        end.clone().ok_or(SessionError::Ended { pid: self.pid })
    }

    /// What was printed so far, as far as it is kept. Never waits.
    pub fn transcript(&self) -> Transcript {
        self.shared
            .transcript
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Writes all of `bytes` to the worker's input.
    ///
    /// # Errors
    /// [`SessionError::Ended`] after the end, [`SessionError::NoInput`] when input goes nowhere, and
    /// [`SessionError::Write`].
    ///
    /// # Cancel safety
    /// Dropped half-way, some of the bytes have been written.
    pub async fn write(&self, bytes: &[u8]) -> Result<(), SessionError> {
        let pid = self.pid;
        if self.state().is_some() {
            return Err(SessionError::Ended { pid });
        }
        let mut stdin = self.shared.stdin.lock().await;
        let terminal = self
            .shared
            .terminal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let written = match (stdin.as_mut(), terminal) {
            (Some(pipe), _) => pipe.write_all(bytes).await,
            (None, Some(terminal)) => terminal.write_all(bytes).await,
            (None, None) => return Err(SessionError::NoInput { pid }),
        };
        written.map_err(|source| SessionError::Write { pid, source })
    }

    /// Interrupts what runs: as Ctrl-C does where there is a terminal, with a signal for its foreground group; SIGINT to
    /// the leader on pipes. Never waits.
    ///
    /// # Errors
    /// As [`Session::write`].
    pub fn interrupt(&self) -> Result<(), SessionError> {
        let terminal = self
            .shared
            .terminal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let pid = self.pid;
        match terminal {
            _ if self.state().is_some() => Err(SessionError::Ended { pid }),
            Some(terminal) => terminal
                .interrupt()
                .map_err(|source| SessionError::Write { pid, source }),
            None => {
                self.shared.asked.send_modify(|asked| asked.interrupts += 1);
                Ok(())
            }
        }
    }

    /// Asks for the end, with `grace` between the signals of [`Stop::Gently`]. Never waits; asking again with
    /// [`Stop::Now`] hastens it. [`Session::ended`] sees the end.
    pub fn stop(&self, how: Stop, grace: Duration) {
        self.shared.asked.send_if_modified(|asked| {
            let hastened = asked
                .stop
                .is_none_or(|(before, _)| before != how && how == Stop::Now);
            if hastened {
                asked.stop = Some((how, grace));
            }
            hastened
        });
    }
}
