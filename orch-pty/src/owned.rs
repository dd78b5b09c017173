//! [`Owned`]: a child that belongs to somebody. Whoever lets go of it without taking its status ends its tree.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::containment::Containment;
use crate::exit::{Exit, Status};
use crate::hold::{Hold, Leader};
use crate::signal::Signal;
use crate::sys::processes;
use crate::tree::Tree;

/// How long a drop waits for a child that has been killed. Only one that hangs in the kernel takes longer.
const DROP_LIMIT: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(crate) struct Owned {
    leader: Arc<Leader>,
    containment: Containment,
    started: OnceLock<Option<u64>>,
}

impl Owned {
    pub(crate) fn new(leader: Leader, containment: Containment) -> Self {
        Self {
            leader: Arc::new(leader),
            containment,
            started: OnceLock::new(),
        }
    }

    pub(crate) fn containment(&self) -> &Containment {
        &self.containment
    }

    pub(crate) fn leader(&self) -> &Arc<Leader> {
        &self.leader
    }

    pub(crate) fn hold(&self) -> Option<Arc<Hold>> {
        self.leader.subject()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.leader.pid()
    }

    pub(crate) fn started(&self) -> Option<u64> {
        *self.started.get_or_init(|| {
            // While the handle is held and the process unreaped, its number is its own.
            let hold = self.hold()?;
            let place = processes::place(self.pid())?;
            hold.handle().is_unreaped().then_some(place.started)
        })
    }

    pub(crate) fn try_wait(&self) -> io::Result<Option<Exit>> {
        self.leader.reap()
    }

    pub(crate) fn status(&self) -> io::Result<Status> {
        if let Some(exit) = self.try_wait()? {
            return Ok(Status::Ended(exit));
        }
        let stopped = match self.hold() {
            Some(hold) => hold.stopped_by()?,
            None => None,
        };
        Ok(stopped.map_or(Status::Running, |signal| Status::Stopped { signal }))
    }

    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        self.leader.signal(signal)
    }

    pub(crate) fn signal_group(&self, signal: Signal) -> io::Result<()> {
        self.leader.while_unreaped(|hold| hold.signal_group(signal))
    }

    pub(crate) fn tree(&self) -> Tree {
        Tree::new(Arc::clone(&self.leader))
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let Some(hold) = self.hold() else {
            return;
        };
        self.tree().kill_now();
        hold.handle().wait_for_end(DROP_LIMIT);
        drop(hold);
        // There is nobody left to tell.
        let _ = self.leader.reap();
    }
}
