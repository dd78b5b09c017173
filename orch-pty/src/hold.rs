//! [`Hold`]: all that this process holds of an unreaped child. It is given up as a whole when the status is taken.

use std::io;
use std::sync::{Arc, OnceLock};

use crate::leader::Subject;
use crate::signal::Signal;
use crate::sys::Handle;
use crate::sys::reactor::Unregistered;
use crate::warden::Listed;
use crate::watch::Watch;

#[derive(Debug)]
pub(crate) struct Hold {
    handle: Arc<Handle>,
    /// In the reactor, once somebody waits without blocking.
    watch: OnceLock<Watch>,
    /// Its place in the warden's table.
    _listed: Option<Listed>,
}

impl Hold {
    pub(crate) fn new(handle: Handle, listed: Option<Listed>) -> Self {
        Self {
            handle: Arc::new(handle),
            watch: OnceLock::new(),
            _listed: listed,
        }
    }

    pub(crate) fn handle(&self) -> &Arc<Handle> {
        &self.handle
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
        self.handle.reap()
    }

    fn signal(&self, signal: Signal) -> io::Result<()> {
        self.handle.signal(signal)
    }
}
