//! [`Leader`]: the child itself, shared by its [`Child`](crate::Child) and every [`Tree`](crate::Tree) of it. It
//! alone takes the child's status, once.
//!
//! It is written over what it holds and over its lock, so that every interleaving can be tried without a process.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::exit::Exit;
use crate::signal::Signal;
use crate::sys::refusal;
use crate::tag::Tag;

/// An unreaped child.
pub(crate) trait Subject {
    /// Takes the wait status if the child has ended.
    fn take_status(&self) -> io::Result<Option<i32>>;
    /// Signals the child alone.
    fn signal(&self, signal: Signal) -> io::Result<()>;
}

/// A lock around a value.
pub(crate) trait Lock<T> {
    fn new(value: T) -> Self;
    fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R;
}

impl<T> Lock<T> for Mutex<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        work(&mut self.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The birth of a leader whose tag nobody carried before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Newborn {
    /// Its number.
    pub(crate) number: u32,
    /// What the clock of its tree said before it was born.
    pub(crate) before: Duration,
}

#[derive(Debug)]
pub(crate) struct Leader<S, L> {
    pid: u32,
    tag: Tag,
    /// Where nobody carried its tag before it.
    newborn: Option<Newborn>,
    state: L,
    subject: std::marker::PhantomData<fn() -> S>,
}

/// What is held is given up as soon as the status is known, whoever still has the leader.
#[derive(Debug)]
pub(crate) enum State<S> {
    /// Alive, or ended and not yet reaped.
    Unreaped(Arc<S>),
    /// Reaped here.
    Ended(Exit),
    /// Reaped by somebody else, who has the status.
    Taken,
}

impl<S: Subject, L: Lock<State<S>>> Leader<S, L> {
    pub(crate) fn new(subject: S, pid: u32, tag: Tag) -> Self {
        Self {
            pid,
            tag,
            newborn: None,
            state: L::new(State::Unreaped(Arc::new(subject))),
            subject: std::marker::PhantomData,
        }
    }

    /// A child that is gone, of whose descendants the tag tells.
    pub(crate) fn taken_already(tag: Tag) -> Self {
        Self {
            pid: 0,
            tag,
            newborn: None,
            state: L::new(State::Taken),
            subject: std::marker::PhantomData,
        }
    }

    /// Says that nobody carried its tag before it was born, and that the clock of its tree said `before` then.
    pub(crate) fn first_of_its_tag(mut self, before: Duration) -> Self {
        let number = self.pid;
        self.newborn = Some(Newborn { number, before });
        self
    }

    /// Its birth, where nobody carried its tag before it.
    pub(crate) fn newborn(&self) -> Option<Newborn> {
        self.newborn
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    pub(crate) fn tag(&self) -> Tag {
        self.tag
    }

    /// What is held, while the child is unreaped.
    pub(crate) fn subject(&self) -> Option<Arc<S>> {
        self.state.with(|state| match state {
            State::Unreaped(subject) => Some(Arc::clone(subject)),
            State::Ended(_) | State::Taken => None,
        })
    }

    /// Takes the status if the child has ended. Afterwards the answer stays the same.
    pub(crate) fn reap(&self) -> io::Result<Option<Exit>> {
        // Under the lock: nobody else asks the system while one does, so the status is never taken from oneself.
        self.state.with(|state| match state {
            State::Unreaped(subject) => {
                let taken = subject.take_status();
                self.settle(state, taken)
            }
            State::Ended(exit) => Ok(Some(*exit)),
            State::Taken => Err(self.taken()),
        })
    }

    /// Waits with `wait`, which takes the status, while no other method of this leader reaps.
    pub(crate) fn reap_by(
        &self,
        wait: impl FnOnce(&S) -> io::Result<Option<i32>>,
    ) -> io::Result<Option<Exit>> {
        let Some(subject) = self.subject() else {
            return self.reap();
        };
        let taken = wait(&subject);
        drop(subject);
        self.state.with(|state| match state {
            State::Unreaped(_) => self.settle(state, taken),
            State::Ended(exit) => Ok(Some(*exit)),
            State::Taken => Err(self.taken()),
        })
    }

    fn settle(&self, state: &mut State<S>, taken: io::Result<Option<i32>>) -> io::Result<Option<Exit>> {
        match taken {
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
        self.while_unreaped(|subject| subject.signal(signal))
    }

    /// Does what must not happen once the status is taken, for then the number may mean another process.
    pub(crate) fn while_unreaped(&self, act: impl FnOnce(&S) -> io::Result<()>) -> io::Result<()> {
        // The lock keeps the status from being taken meanwhile: elsewhere than on Linux that frees the number.
        self.state.with(|state| match state {
            State::Unreaped(subject) => act(subject),
            State::Ended(_) | State::Taken => Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!(
                    "cannot signal process {}: it has ended and its status was taken",
                    self.pid
                ),
            )),
        })
    }

    fn taken(&self) -> io::Error {
        io::Error::other(format!(
            "exit status of process {} is lost: another part of this program took it (by waiting for any child, or by \
             ignoring SIGCHLD); wait for own children by their number",
            self.pid
        ))
    }
}

#[cfg(test)]
mod model;
