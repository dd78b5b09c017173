//! [`Leader`]: the child itself, shared by its [`Child`](crate::Child) and every [`Tree`](crate::Tree) of it. It
//! alone takes the child's status, once.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::exit::Exit;
use crate::signal::Signal;
use crate::sys::{Handle, refusal};
use crate::tag::Tag;
use crate::watch::Watch;

#[derive(Debug)]
pub(crate) struct Leader {
    pid: u32,
    tag: Tag,
    state: Mutex<State>,
}

/// The handle is closed as soon as the status is known, whoever still holds the leader.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// Alive, or ended and not yet reaped.
    Unreaped(Arc<Watch>),
    /// Reaped here.
    Ended(Exit),
    /// Reaped by somebody else, who has the status.
    Taken,
}

impl Leader {
    pub(crate) fn new(watch: Watch, tag: Tag) -> Self {
        Self {
            pid: watch.handle().pid(),
            tag,
            state: Mutex::new(State::Unreaped(Arc::new(watch))),
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    pub(crate) fn tag(&self) -> Tag {
        self.tag
    }

    pub(crate) fn state(&self) -> State {
        self.lock().clone()
    }

    /// The handle, while the child is unreaped.
    pub(crate) fn handle(&self) -> Option<Arc<Handle>> {
        match &*self.lock() {
            State::Unreaped(watch) => Some(Arc::clone(watch.handle())),
            State::Ended(_) | State::Taken => None,
        }
    }

    /// Takes the status if the child has ended. Afterwards the answer stays the same.
    pub(crate) fn reap(&self) -> io::Result<Option<Exit>> {
        let mut state = self.lock();
        let watch = match &*state {
            State::Unreaped(watch) => watch,
            State::Ended(exit) => return Ok(Some(*exit)),
            State::Taken => return Err(self.taken()),
        };
        match watch.handle().reap() {
            Ok(None) => Ok(None),
            Ok(Some(status)) => {
                let exit = Exit::from_wait_status(status);
                *state = State::Ended(exit);
                Ok(Some(exit))
            }
            Err(error) if refusal::is_no_child(&error) => {
                *state = State::Taken;
                Err(self.taken())
            }
            Err(error) => Err(error),
        }
    }

    /// Signals the child alone.
    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        // The lock keeps the status from being taken meanwhile: elsewhere than on Linux that frees the number.
        match &*self.lock() {
            State::Unreaped(watch) => watch.handle().signal(signal),
            State::Ended(_) | State::Taken => Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!(
                    "cannot signal process {}: it has ended and its status was taken",
                    self.pid
                ),
            )),
        }
    }

    fn taken(&self) -> io::Error {
        io::Error::other(format!(
            "exit status of process {} is lost: another part of this program took it (by waiting for any child, or by \
             ignoring SIGCHLD); wait for own children by their number",
            self.pid
        ))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
