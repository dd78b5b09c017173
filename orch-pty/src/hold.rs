//! [`Hold`]: all that this process holds of an unreaped child. It is given up as a whole when the status is taken, by its
//! [`Leader`].

use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use crate::leader::{State, Subject};
use crate::namespace::Room;
use crate::signal::Signal;
use crate::sys::reactor::Unregistered;
use crate::sys::{Handle, refusal};
use crate::warden::Listed;
use crate::watch::Watch;

#[derive(Debug)]
pub(crate) struct Hold {
    handle: Arc<Handle>,
    /// In the reactor, once somebody waits without blocking.
    watch: OnceLock<Watch>,
    /// Its place in the warden's table.
    _listed: Option<Listed>,
    /// The namespace that it runs in; the handle is that of the namespace's first process then.
    room: Option<Room>,
}

impl Hold {
    pub(crate) fn new(handle: Handle, listed: Option<Listed>, room: Option<Room>) -> Self {
        Self {
            handle: Arc::new(handle),
            watch: OnceLock::new(),
            _listed: listed,
            room,
        }
    }

    pub(crate) fn handle(&self) -> &Arc<Handle> {
        &self.handle
    }

    /// Whether the handle is that of a namespace's first process.
    pub(crate) fn is_first_process(&self) -> bool {
        self.room.is_some()
    }

    /// The number of the signal that has stopped the child and not let it go on since.
    pub(crate) fn stopped_by(&self) -> io::Result<Option<i32>> {
        match &self.room {
            Some(room) => Ok(room.stopped_by()),
            None => self.handle.stopped_by(),
        }
    }

    /// Blocks until the child has ended and takes its status, or `None` when that is not to be had yet.
    pub(crate) fn take_status_at_end(&self) -> io::Result<Option<i32>> {
        self.of_program(self.handle.reap_at_end())
    }

    /// Signals the group that the child leads; in a namespace the program alone.
    pub(crate) fn signal_group(&self, signal: Signal) -> io::Result<()> {
        match &self.room {
            Some(_) => self.signal(signal),
            None => self.handle.signal_group_led(signal),
        }
    }

    /// The status of the program, when `taken` is that of the handle.
    fn of_program(&self, taken: io::Result<Option<i32>>) -> io::Result<Option<i32>> {
        match (&self.room, taken) {
            (None, taken) => taken,
            // Whoever took the first process's status took nothing that was wanted.
            (Some(room), Err(error)) if refusal::is_no_child(&error) => Ok(Some(room.ended())),
            (Some(room), taken) => Ok(taken?.map(|_| room.ended())),
        }
    }

    /// What notices the end, when the child is in the reactor.
    pub(crate) fn watch(&self) -> Option<&Watch> {
        self.watch.get()
    }

    /// Puts the child into the reactor of the calling thread's runtime. Whoever is second finds it there.
    pub(crate) fn enter_reactor(&self) -> Result<(), Unregistered> {
        if self.watch.get().is_none() {
            // Lost only to another thread that has just done the same.
            let _ = self.watch.set(Watch::new(Arc::clone(&self.handle))?);
        }
        Ok(())
    }
}

impl Subject for Hold {
    fn take_status(&self) -> io::Result<Option<i32>> {
        self.of_program(self.handle.reap())
    }

    fn signal(&self, signal: Signal) -> io::Result<()> {
        match &self.room {
            // What ends the program ends the namespace, and nobody can keep that from being heard.
            Some(room) if signal != Signal::Kill => room.signal(signal),
            _ => self.handle.signal(signal),
        }
    }
}

/// The leader of a real child.
pub(crate) type Leader = crate::leader::Leader<Hold, Mutex<State<Hold>>>;

impl Leader {
    /// The handle of the child, while it is unreaped.
    pub(crate) fn handle(&self) -> Option<Arc<Handle>> {
        self.subject().map(|hold| Arc::clone(hold.handle()))
    }
}
