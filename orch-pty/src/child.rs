//! [`Child`]: the process that was started: when and how it ends. What descends from it is the
//! [`Tree`](crate::Tree)'s.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::exit::Exit;
use crate::leader::{Leader, State};
use crate::signal::Signal;
use crate::sys::processes;
use crate::tree::Tree;

/// How long to wait before asking again for a status that is late.
const AGAIN: Duration = Duration::from_millis(10);
/// How long a drop waits for a child that has been killed. Only one that hangs in the kernel takes longer.
const DROP_LIMIT: Duration = Duration::from_millis(500);

/// A started process.
///
/// Dropping a child whose status was not taken kills its whole tree at once (see [`Tree::kill_now`]) and takes the
/// status; that blocks for some milliseconds.
#[derive(Debug)]
pub struct Child {
    leader: Arc<Leader>,
    started: OnceLock<Option<u64>>,
}

impl Child {
    pub(crate) fn new(leader: Leader) -> Self {
        Self {
            leader: Arc::new(leader),
            started: OnceLock::new(),
        }
    }

    /// The process's number. After its status was taken, the number may come to mean another process.
    pub fn pid(&self) -> u32 {
        self.leader.pid()
    }

    /// When the kernel started it, in clock ticks since the system's start: with the number, an identity that no
    /// other process of this system start has. `None` where the system does not tell, or when the first question
    /// comes after the status was taken.
    pub fn started(&self) -> Option<u64> {
        *self.started.get_or_init(|| {
            // While the handle is held and the process unreaped, its number is its own.
            let handle = self.leader.handle()?;
            let place = processes::place(self.pid())?;
            handle.is_unreaped().then_some(place.started)
        })
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
            if let State::Unreaped(watch) = self.leader.state() {
                watch.ended().await?;
            }
            if let Some(exit) = self.leader.reap()? {
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
        self.leader.reap()
    }

    /// Signals this process alone; [`Tree::stop`] reaches its descendants.
    ///
    /// # Errors
    /// [`NotFound`](io::ErrorKind::NotFound) once the status was taken: the number may mean another process then.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        self.leader.signal(signal)
    }

    /// The process and all that descends from it. The handle stays good after the child has ended.
    pub fn tree(&self) -> Tree {
        Tree::new(Arc::clone(&self.leader))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let Some(handle) = self.leader.handle() else {
            return;
        };
        self.tree().kill_now();
        handle.wait_for_end(DROP_LIMIT);
        // There is nobody left to tell.
        let _ = self.leader.reap();
    }
}
