//! The handle to one background terminal.
//!
//! The terminal itself belongs to the session's owner task, which reads it all the time; a handle only asks. What it said
//! is read in `reading`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use orch_pty::{Command, Grace, Signal, Size, SpawnError};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio_util::task::TaskTracker;

use super::SessionError;
use super::command_line::command_line;
use super::meter::{Metered, Tally};
use super::owner::Owner;
use super::shared::{Asked, Ended, Identity, Setup, Shared, Stop, Tap};
use super::sieve::Sieve;
use super::transcript::{Record, Window};
use crate::redact::Redactor;

/// Bytes of each stream that are kept from its beginning and from its end.
const KEPT: (usize, usize) = (32 << 10, 96 << 10);

/// A background terminal. Handles are cheap clones; the session goes on without them until it ends, is stopped, or
/// its table or its tracker's runtime is dropped.
#[derive(Debug, Clone)]
pub struct Session {
    pub(super) identity: Arc<Identity>,
    path: Option<PathBuf>,
    pub(super) shared: Arc<Shared>,
    /// The owner task alone holds the other ends, so its death is seen.
    ended: watch::Receiver<Option<Ended>>,
    pub(super) news: watch::Receiver<u64>,
}

impl Session {
    /// Starts `command` and a task in `tasks` that owns its terminal. Returns at once.
    ///
    /// # Errors
    /// [`SpawnError`] when the program cannot be started; nothing was started then.
    pub fn start(command: &Command, tap: Tap, tasks: &TaskTracker) -> Result<Self, SpawnError> {
        Self::start_clean(command, tap, Redactor::default(), tasks)
    }

    /// As [`Session::start`]; what is kept of it is without the secrets of `redactor`, before anything of it is cut.
    pub(crate) fn start_clean(
        command: &Command,
        tap: Tap,
        redactor: Redactor,
        tasks: &TaskTracker,
    ) -> Result<Self, SpawnError> {
        let kept = || Record::new(Window::new(KEPT.0, KEPT.1), None);
        let setup = Setup {
            label: command.program().to_string_lossy().into_owned(),
            output: kept(),
            errors: kept(),
            merged: false,
            grace: Grace::default(),
            tap,
            redactor,
            tally: Arc::new(Tally::default()),
            bell: None,
        };
        let (session, _) = Self::begin(command, setup, tasks, ())?;
        Ok(session)
    }

    /// As [`Session::start`]; `until_ended` is dropped at the session's end, also at one that is lost.
    pub(super) fn begin<T: Send + 'static>(
        command: &Command,
        setup: Setup,
        tasks: &TaskTracker,
        until_ended: T,
    ) -> Result<(Self, AbortHandle), SpawnError> {
        let process = command.spawn()?;
        let terminal = process.terminal.map(Arc::new);
        let piped = process.stdout.is_some();
        let shared = Arc::new(Shared {
            terminal: Mutex::new(terminal.clone()),
            stdin: tokio::sync::Mutex::new(process.stdin),
            output: setup.output,
            errors: setup.errors,
            withheld: Arc::default(),
            asked: watch::Sender::new(Asked::default()),
            signals: Mutex::default(),
        });
        let (end, ended) = watch::channel(None);
        let (tell, news) = watch::channel(0);
        let session = Self {
            identity: Arc::new(Identity {
                pid: process.child.pid(),
                label: Mutex::new(setup.redactor.text(&setup.label).into_owned()),
                rerun: command_line(command, &setup.redactor),
                redactor: setup.redactor.clone(),
                started: Timestamp::now(),
            }),
            path: terminal.as_ref().map(|terminal| terminal.path().to_owned()),
            shared: Arc::clone(&shared),
            ended,
            news,
        };
        let owned = Metered::new(&setup.tally, |meter| {
            let owner = Owner {
                child: process.child,
                terminal,
                stdout: process.stdout,
                stderr: process.stderr,
                tap: setup.tap,
                sieve: Sieve::new(&setup.redactor, Arc::clone(&shared.withheld)),
                ended: end,
                asked: shared.asked.subscribe(),
                shared,
                news: tell,
                merged: setup.merged,
                piped,
                grace: setup.grace,
                meter,
                bell: setup.bell,
            };
            async move {
                let _until_ended = until_ended;
                owner.run().await;
            }
        });
        let task = tasks.spawn(owned);
        Ok((session, task.abort_handle()))
    }

    /// The process that leads the session.
    pub fn pid(&self) -> u32 {
        self.identity.pid
    }

    /// What people call it.
    pub fn label(&self) -> String {
        self.identity.label()
    }

    /// Calls it something else from now on, for every handle.
    pub fn rename(&self, label: impl Into<String>) {
        let mut current = self.identity.label.lock().unwrap_or_else(PoisonError::into_inner);
        *current = self.identity.redactor.text(&label.into()).into_owned();
    }

    /// Its command as a line for a shell, to run it again; variables that were set are not in it, and in the place of a
    /// secret that was named to its table stands the secret's name.
    pub fn command_line(&self) -> &str {
        &self.identity.rerun
    }

    /// When it was started.
    pub fn started(&self) -> Timestamp {
        self.identity.started
    }

    /// The terminal's path, `/dev/pts/N`; none on pipes.
    pub fn terminal(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// How the session ended; none while it runs, or when it [is lost](Self::is_lost). Never waits.
    pub fn state(&self) -> Option<Ended> {
        self.ended.borrow().clone()
    }

    /// Whether its owner task is gone without an end. Its processes were ended with it.
    pub fn is_lost(&self) -> bool {
        // In this order: the end is told before the task goes.
        self.ended.has_changed().is_err() && self.ended.borrow().is_none()
    }

    /// Waits for the end: the leader reaped, its output read to the end, its descendants gone.
    ///
    /// # Errors
    /// [`SessionError::Lost`] when the owner task is gone without an end: its runtime was shut down, its table was
    /// dropped, or a tap panicked.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn ended(&self) -> Result<Ended, SessionError> {
        let mut ended = self.ended.clone();
        let end = ended.wait_for(Option::is_some).await.map_err(|_| self.lost())?;
        end.clone().ok_or_else(|| self.lost())
    }

    /// Writes all of `bytes` to the worker's input, however long it takes to make room.
    ///
    /// # Errors
    /// [`SessionError::Ended`] after the end, [`SessionError::NoInput`] when input goes nowhere or was ended, and
    /// [`SessionError::Write`].
    ///
    /// # Cancel safety
    /// Dropped half-way, some of the bytes have been written.
    pub async fn write(&self, bytes: &[u8]) -> Result<(), SessionError> {
        self.write_within(bytes, Duration::MAX).await
    }

    /// Writes all of `bytes` to the worker's input within `limit`, counted from its turn.
    ///
    /// # Errors
    /// As [`Session::write`]; its source says how many bytes were taken by a deadline.
    ///
    /// # Cancel safety
    /// Dropped half-way, some of the bytes have been written.
    pub async fn write_within(&self, bytes: &[u8], limit: Duration) -> Result<(), SessionError> {
        self.must_live()?;
        let stdin = self.shared.stdin.lock().await;
        let pid = self.pid();
        let written = match (stdin.as_ref(), self.shared.terminal()) {
            (Some(pipe), _) => pipe.write_within(bytes, limit).await,
            (None, Some(terminal)) => terminal.write_within(bytes, limit).await,
            (None, None) => return Err(SessionError::NoInput { pid }),
        };
        written.map_err(|source| SessionError::Write { pid, source })
    }

    /// Ends its input: the end-of-file key on a terminal, the end of the pipe else.
    ///
    /// # Errors
    /// As [`Session::write`]; also when the program reads key by key, where such a key is one like any other.
    ///
    /// # Cancel safety
    /// Safe; it waits for a write that goes on.
    pub async fn send_eof(&self) -> Result<(), SessionError> {
        self.must_live()?;
        let mut stdin = self.shared.stdin.lock().await;
        let pid = self.pid();
        match (stdin.take(), self.shared.terminal()) {
            (Some(_pipe), _) => Ok(()),
            (None, Some(terminal)) => terminal
                .send_eof()
                .await
                .map_err(|source| SessionError::Write { pid, source }),
            (None, None) => Err(SessionError::NoInput { pid }),
        }
    }

    /// Interrupts what runs: as Ctrl-C does where there is a terminal, with a signal for its foreground group; SIGINT to
    /// the leader's group on pipes. Never waits.
    ///
    /// # Errors
    /// As [`Session::write`].
    pub fn interrupt(&self) -> Result<(), SessionError> {
        self.must_live()?;
        match self.shared.terminal() {
            Some(terminal) => terminal.interrupt().map_err(|source| SessionError::Write {
                pid: self.pid(),
                source,
            }),
            None => self.signal(Signal::Interrupt),
        }
    }

    /// Signals the group of the leader: the program itself, and what it did not move into a group of its own. Never
    /// waits; the owner task sends it. [`Session::interrupt`] reaches what a shell runs in the foreground,
    /// [`Session::stop`] everybody.
    ///
    /// # Errors
    /// [`SessionError::Ended`] after the end, [`SessionError::Lost`].
    pub fn signal(&self, signal: Signal) -> Result<(), SessionError> {
        self.must_live()?;
        self.shared.ask_for(signal);
        Ok(())
    }

    /// Changes the size of its terminal, and tells the programs in the foreground. Never waits.
    ///
    /// # Errors
    /// [`SessionError::Ended`], [`SessionError::Lost`], [`SessionError::NoTerminal`] on pipes, [`SessionError::Resize`].
    pub fn resize(&self, size: Size) -> Result<(), SessionError> {
        self.must_live()?;
        let pid = self.pid();
        let terminal = self.shared.terminal().ok_or(SessionError::NoTerminal { pid })?;
        terminal
            .resize(size)
            .map_err(|source| SessionError::Resize { pid, source })
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

    fn must_live(&self) -> Result<(), SessionError> {
        if self.is_lost() {
            return Err(self.lost());
        }
        match self.state() {
            Some(_) => Err(SessionError::Ended { pid: self.pid() }),
            None => Ok(()),
        }
    }

    pub(super) fn lost(&self) -> SessionError {
        SessionError::Lost {
            label: self.label(),
            pid: self.pid(),
            rerun: self.identity.rerun.clone(),
        }
    }
}
