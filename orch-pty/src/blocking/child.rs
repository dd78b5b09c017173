//! [`Child`] for code without a runtime.

use std::io;
use std::thread;
use std::time::Duration;

use crate::containment::Containment;
use crate::exit::{Exit, Status};
use crate::hold::Hold;
use crate::owned::Owned;
use crate::signal::Signal;
use crate::tree::Tree;

/// How long to wait before asking again for a status that is late.
const AGAIN: Duration = Duration::from_millis(10);

/// A started process; [`crate::Child`] is the same for a runtime.
///
/// Dropping a child whose status was not taken kills its whole tree at once (see [`Tree::kill_now`]) and takes the
/// status.
#[derive(Debug)]
pub struct Child {
    pub(super) owned: Owned,
}

impl Child {
    pub(crate) fn new(owned: Owned) -> Self {
        Self { owned }
    }

    /// The process's number; see [`crate::Child::pid`].
    pub fn pid(&self) -> u32 {
        self.owned.pid()
    }

    /// What held this child when it was born.
    pub fn containment(&self) -> &Containment {
        self.owned.containment()
    }

    /// When the kernel started it; see [`crate::Child::started`].
    pub fn started(&self) -> Option<u64> {
        self.owned.started()
    }

    /// Blocks until the process has ended, and says how. Output may still be unread, and descendants alive.
    ///
    /// # Errors
    /// The status was taken by another part of this program (it waited for any child, or ignores `SIGCHLD`) and the
    /// kernel does not remember it (Linux before 6.15).
    pub fn wait(&mut self) -> io::Result<Exit> {
        loop {
            if let Some(exit) = self.owned.leader().reap_by(Hold::take_status_at_end)? {
                return Ok(exit);
            }
            // It has ended and its status is not to be had yet.
            thread::sleep(AGAIN);
        }
    }

    /// Says how the process ended, or `None` while it runs.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn try_wait(&mut self) -> io::Result<Option<Exit>> {
        self.owned.try_wait()
    }

    /// Whether the process runs, is stopped, or has ended.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn status(&mut self) -> io::Result<Status> {
        self.owned.status()
    }

    /// Signals this process alone.
    ///
    /// # Errors
    /// [`NotFound`](io::ErrorKind::NotFound) once the status was taken: the number may mean another process then.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        self.owned.signal(signal)
    }

    /// The process and all that descends from it. The handle stays good after the child has ended.
    pub fn tree(&self) -> Tree {
        self.owned.tree()
    }
}
