//! [`Child`]: the process that was started: when and how it ends. What descends from it is the
//! [`Tree`](crate::Tree)'s.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::containment::Containment;
use crate::exit::{Exit, Status};
use crate::hold::Leader;
use crate::owned::Owned;
use crate::signal::Signal;
use crate::sys::reactor::Unregistered;
use crate::tree::Tree;

/// How long to wait before asking again for a status that is late.
const AGAIN: Duration = Duration::from_millis(10);

/// A started process.
///
/// Dropping a child whose status was not taken kills its whole tree at once (see [`Tree::kill_now`]) and takes the
/// status; that blocks for some milliseconds.
#[derive(Debug)]
pub struct Child {
    owned: Owned,
}

impl Child {
    /// Puts the child into the reactor. When that fails, the child is ended.
    pub(crate) fn new(owned: Owned) -> Result<Self, Unregistered> {
        if let Some(hold) = owned.hold() {
            hold.enter_reactor()?;
        }
        Ok(Self { owned })
    }

    pub(crate) fn leader(&self) -> &Arc<Leader> {
        self.owned.leader()
    }

    /// The process's number. After its status was taken, the number may come to mean another process.
    ///
    /// For a program in a [PID namespace](crate::Tier::PidNamespace) this is the number of the namespace's first process,
    /// which ends with the program, and to which polite signals may be sent as to the program itself.
    pub fn pid(&self) -> u32 {
        self.owned.pid()
    }

    /// What held this child when it was born.
    pub fn containment(&self) -> &Containment {
        self.owned.containment()
    }

    /// When the kernel started it, in clock ticks since the system's start: with the number, an identity that no
    /// other process of this system start has. `None` where the system does not tell, or when the first question
    /// comes after the status was taken.
    pub fn started(&self) -> Option<u64> {
        self.owned.started()
    }

    /// Waits until the process has ended, and says how. Output may still be unread, and descendants alive.
    ///
    /// # Errors
    /// The status was taken by another part of this program (it waited for any child, or ignores `SIGCHLD`) and the
    /// kernel does not remember it (Linux before 6.15); or the runtime in which the child was spawned is gone.
    ///
    /// # Panics
    /// In a runtime without time, when the status is late because a tracer holds it.
    ///
    /// # Cancel safety
    /// Cancel safe: a dropped wait loses nothing, and once the end is known every wait returns the same.
    pub async fn wait(&mut self) -> io::Result<Exit> {
        loop {
            if let Some(hold) = self.owned.hold()
                && let Some(watch) = hold.watch()
            {
                watch.ended().await?;
            }
            if let Some(exit) = self.owned.try_wait()? {
                return Ok(exit);
            }
            // It has ended and its status is not to be had yet (a tracer holds it): its handle stays ready, so
            // asking again at once would hold this thread for as long as that lasts.
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Says how the process ended, or `None` while it runs.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn try_wait(&mut self) -> io::Result<Option<Exit>> {
        self.owned.try_wait()
    }

    /// Whether the process runs, is stopped, or has ended. A stop raises no event: who needs to know of one asks, for
    /// instance when output has stalled.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn status(&mut self) -> io::Result<Status> {
        self.owned.status()
    }

    /// Signals this process alone; [`Tree::stop`] reaches its descendants.
    ///
    /// # Errors
    /// [`NotFound`](io::ErrorKind::NotFound) once the status was taken: the number may mean another process then.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        self.owned.signal(signal)
    }

    /// Signals the process group that this process leads: itself and what it started and did not move into a group of
    /// its own. In a [PID namespace](crate::Tier::PidNamespace), the program alone.
    ///
    /// # Errors
    /// As [`signal`](Self::signal).
    pub fn signal_group(&self, signal: Signal) -> io::Result<()> {
        self.owned.signal_group(signal)
    }

    /// The process and all that descends from it. The handle stays good after the child has ended.
    pub fn tree(&self) -> Tree {
        self.owned.tree()
    }
}
