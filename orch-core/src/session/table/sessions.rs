//! [`Sessions`]: the table itself. How its two calls go is in `call`, who is listed in `list`, who has news in `select`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::task::AbortHandle;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::admission::Places;
use super::prune::{Candidate, victim};
use super::tombstone::Graveyard;
use super::{Capacity, SessionsError, Tombstone, WhyGone};
use crate::dirs::{PrivateDir, StateDir};
use crate::redact::Redactor;
use crate::session::meter::Tally;
use crate::session::shared::{Bell, Setup};
use crate::session::transcript::{Record, Spill, Window};
use crate::session::{Ended, ExecCommand, Profile, Session, SessionError, SessionId, Status, Stop, Work};

/// Background terminals, each with a number and a label: started by [`exec_command`](Self::exec_command), written to and
/// polled by [`write_stdin`](Self::write_stdin), looked at as a whole by [`list`](Self::list) and
/// [`select`](Self::select), by itself through its [`session`](Self::session).
///
/// Each session belongs to a task of this table from before the call that starts it first waits: dropping that call
/// leaves a session that is listed. Dropping the table ends them all, with all that descends from them: as soon as their
/// tasks are dropped by the runtime, and at the latest with it. [`stop_all`](Self::stop_all) waits for that.
///
/// Share it in an [`Arc`].
#[derive(Debug)]
pub struct Sessions {
    pub(super) profile: Profile,
    pub(super) places: Places,
    pub(super) bell: Arc<Bell>,
    pub(super) tally: Arc<Tally>,
    redactor: Redactor,
    table: Mutex<Table>,
    tasks: TaskTracker,
    spill: Option<SpillPlace>,
    /// Whose turn it is to be looked at first.
    turns: AtomicUsize,
}

#[derive(Debug)]
struct SpillPlace {
    directory: PrivateDir,
    limit: u64,
}

#[derive(Debug)]
pub(super) struct Table {
    pub(super) entries: BTreeMap<SessionId, Entry>,
    /// Those that were killed to make room and may not be gone yet.
    leaving: Vec<Entry>,
    graveyard: Graveyard,
    next: SessionId,
    uses: u64,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) session: Session,
    pub(super) reported: bool,
    task: AbortHandle,
    used: u64,
}

impl Sessions {
    /// An empty table.
    pub fn new(profile: Profile) -> Self {
        let bell = Arc::new(Bell::new(0));
        Self {
            places: Places::new(profile.sessions, Arc::clone(&bell)),
            profile,
            bell,
            tally: Arc::default(),
            redactor: Redactor::default(),
            table: Mutex::new(Table {
                entries: BTreeMap::new(),
                leaving: Vec::new(),
                graveyard: Graveyard::default(),
                next: SessionId::FIRST,
                uses: 0,
            }),
            tasks: TaskTracker::new(),
            spill: None,
            turns: AtomicUsize::new(0),
        }
    }

    /// An empty table of [`Profile::native`].
    pub fn native() -> Self {
        Self::new(Profile::native())
    }

    /// An empty table of [`Profile::codex`].
    pub fn codex() -> Self {
        Self::new(Profile::codex())
    }

    /// From now on the whole output of each session goes to a private file (0600) of at most `most` bytes, in a fresh
    /// private directory of `state` (0700) that is removed with the table. Beyond that, and when the disk is full, output
    /// is kept as without a file; [`Session::spilled`] says so.
    ///
    /// The files are written by the sessions' own tasks, up to 64 KiB at once: into the page cache as a rule, but a disk
    /// that stalls holds the runtime's thread for as long.
    ///
    /// # Errors
    /// [`SessionsError::Spill`] when the directory cannot be made.
    pub fn spill(mut self, state: &StateDir, most: u64) -> Result<Self, SessionsError> {
        let directory = state
            .fresh("sessions", &Uuid::new_v4().simple().to_string())
            .map_err(|source| SessionsError::Spill { source })?;
        self.spill = Some(SpillPlace {
            directory,
            limit: most,
        });
        Ok(self)
    }

    /// From now on these secrets are taken out of all that sessions say, before anything is kept: polls, readers,
    /// followers, transcripts and the file that output is spilled to have the secret's name in its place, wherever reads
    /// and polls cut it, and so have labels, command lines and tombstones. Programs get what they are given as it is.
    ///
    /// [`Offset`](crate::session::Offset)s count what is kept. What may be the beginning of a secret is held back until
    /// more comes or the session ends, and [`Session::withheld`] says how much that is. A secret is found in one piece:
    /// not where colours, or the end of a terminal's line, were put between its characters.
    #[must_use = "the secrets are taken out by the table that it returns"]
    pub fn redact(mut self, redactor: Redactor) -> Self {
        self.redactor = redactor;
        self
    }

    /// How full it is.
    pub fn capacity(&self) -> Capacity {
        if self.profile.prune.is_some() {
            let used = self.table().entries.len();
            return Capacity {
                used,
                limit: self.profile.sessions,
            };
        }
        self.places.capacity()
    }

    /// The handle to a session.
    ///
    /// # Errors
    /// [`SessionsError::Unknown`], which says what became of it.
    pub fn session(&self, id: SessionId) -> Result<Session, SessionsError> {
        let table = self.table();
        match table.entries.get(&id) {
            Some(entry) => Ok(entry.session.clone()),
            None => Err(table.unknown(id)),
        }
    }

    /// What is remembered of a session that is not listed any more.
    pub fn tombstone(&self, id: SessionId) -> Option<Tombstone> {
        self.table().graveyard.find(id).cloned()
    }

    /// Takes a session that has ended off the list, and lets go of what it said.
    ///
    /// # Errors
    /// [`SessionsError::Unknown`], and [`SessionsError::Runs`] for one that is live.
    pub fn forget(&self, id: SessionId) -> Result<(), SessionsError> {
        let mut table = self.table();
        match table.entries.get(&id) {
            None => Err(table.unknown(id)),
            Some(entry) if !entry.is_over() => Err(SessionsError::Runs { id }),
            Some(_) => {
                table.bury(id, WhyGone::Forgotten);
                self.places.forget(id);
                Ok(())
            }
        }
    }

    /// Ends all sessions and waits until nobody is left: each gets `grace` between the signals of [`Stop::Gently`]. They
    /// stay listed. Says how each of those that are listed ended, also when it had ended before.
    ///
    /// # Cancel safety
    /// Dropped half-way, those that were asked to end do, and others may not have been asked.
    pub async fn stop_all(
        &self,
        how: Stop,
        grace: Duration,
    ) -> Vec<(SessionId, Result<Ended, SessionError>)> {
        let all = self.paced(|session| session.stop(how, grace)).await;
        let mut ends = Vec::with_capacity(all.len());
        for (id, session) in all {
            ends.push((id, session.ended().await));
        }
        let leaving: Vec<Session> = self
            .table()
            .leaving
            .iter()
            .map(|entry| entry.session.clone())
            .collect();
        for session in leaving {
            // It is not listed any more, so its end is of no interest; that it has ended is.
            let _ = session.ended().await;
        }
        ends
    }

    /// The most that was done in one poll so far, by the tasks and the calls of this table.
    pub fn work(&self) -> Work {
        self.tally.work()
    }

    /// Starts a session and lists it. There is no await in it, so none is lost half-way.
    pub(super) fn begin(
        &self,
        command: &ExecCommand,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<(SessionId, Session), SessionsError> {
        let id = self.table().next_id();
        let label = command.take_label().unwrap_or_else(|| format!("session {id}"));
        let spill = match &self.spill {
            None => None,
            Some(place) => {
                let path = place.directory.path().join(format!("{id}.out"));
                let made = Spill::create(&path, place.limit);
                Some(made.map_err(|source| SessionsError::Spill { source })?)
            }
        };
        let setup = Setup {
            label: label.clone(),
            output: Record::new(Window::new(self.profile.head, self.profile.tail), spill),
            errors: Record::new(Window::new(0, 0), None),
            merged: true,
            grace: self.profile.grace(),
            tap: Box::new(|_, _| {}),
            redactor: self.redactor.clone(),
            tally: Arc::clone(&self.tally),
            bell: Some(Arc::clone(&self.bell)),
        };
        let place = self.places.place(id, permit);
        let command = command.to_command(&self.profile);
        let (session, task) =
            Session::begin(&command, setup, &self.tasks, place).map_err(|source| SessionsError::Spawn {
                label: self.redactor.text(&label).into_owned(),
                source,
            })?;
        let mut table = self.table();
        if let Some(prune) = self.profile.prune
            && table.entries.len() >= self.profile.sessions
        {
            // A table of few places protects fewer: it makes room all the same.
            table.make_room(prune.protected.min(self.profile.sessions - 1), id);
        }
        let used = table.tick();
        let entry = Entry {
            session: session.clone(),
            reported: false,
            task,
            used,
        };
        table.entries.insert(id, entry);
        Ok((id, session))
    }

    /// The session, which is used now.
    pub(super) fn used(&self, id: SessionId) -> Result<Session, SessionsError> {
        let mut table = self.table();
        let used = table.tick();
        match table.entries.get_mut(&id) {
            Some(entry) => {
                entry.used = used;
                Ok(entry.session.clone())
            }
            None => Err(table.unknown(id)),
        }
    }

    /// A call returns `status`: an end is reported once, or for as long as there is room.
    pub(super) fn settle(&self, id: SessionId, status: Status) {
        let mut table = self.table();
        if status.running().is_none() {
            if self.profile.ended_kept.is_none() {
                table.bury(id, WhyGone::Reported(status));
            } else if let Some(entry) = table.entries.get_mut(&id) {
                entry.reported = true;
            }
        }
        // Where ends that were reported are not kept, room is made among all that are listed.
        let surplus = self.places.take_surplus(self.profile.ended_kept.unwrap_or(0));
        if self.profile.ended_kept.is_some() {
            for id in surplus {
                table.displace(id);
            }
        }
    }

    /// A number below `of`, another one at each call.
    pub(super) fn turn(&self, of: usize) -> usize {
        self.turns
            .fetch_add(1, Ordering::Relaxed)
            .checked_rem(of)
            .unwrap_or(0)
    }

    pub(super) fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    pub(super) fn unknown(&self, id: SessionId) -> SessionsError {
        SessionsError::Unknown {
            id,
            tombstone: self.graveyard.find(id).cloned(),
        }
    }

    fn next_id(&mut self) -> SessionId {
        let id = self.next;
        self.next = id.next();
        id
    }

    fn tick(&mut self) -> u64 {
        self.uses += 1;
        self.uses
    }

    /// Takes one off the list and remembers it.
    fn bury(&mut self, id: SessionId, why: WhyGone) -> Option<Entry> {
        let entry = self.entries.remove(&id)?;
        self.graveyard.add(id, Tombstone::of(&entry.session, why));
        Some(entry)
    }

    /// Lets go of one that has ended.
    fn displace(&mut self, id: SessionId) {
        if let Some(entry) = self.entries.get(&id) {
            let status = entry.status(id);
            self.bury(id, WhyGone::Displaced(status));
        }
    }

    /// Ends or lets go of one, for session `by`.
    fn make_room(&mut self, protected: usize, by: SessionId) {
        let candidates = self.entries.iter().map(|(&id, entry)| Candidate {
            id,
            used: entry.used,
            has_ended: entry.is_over(),
        });
        let Some(id) = victim(candidates.collect(), protected) else {
            return;
        };
        match self.entries.get(&id) {
            Some(entry) if !entry.is_over() => {
                entry.session.stop(Stop::Now, Duration::ZERO);
                self.leaving.retain(|entry| !entry.is_over());
                if let Some(entry) = self.bury(id, WhyGone::Pruned { by }) {
                    self.leaving.push(entry);
                }
            }
            _ => self.displace(id),
        }
    }
}

impl Entry {
    /// Whether it has ended or is lost.
    pub(super) fn is_over(&self) -> bool {
        self.session.state().is_some() || self.session.is_lost()
    }

    pub(super) fn status(&self, id: SessionId) -> Status {
        match self.session.state() {
            Some(ended) => ended.exit.map_or(Status::Vanished, Status::Exited),
            None if self.session.is_lost() => Status::Vanished,
            None => Status::Running(id),
        }
    }
}

impl Drop for Sessions {
    fn drop(&mut self) {
        let table = self.table.get_mut().unwrap_or_else(PoisonError::into_inner);
        for entry in table.entries.values().chain(&table.leaving) {
            // A task that is dropped kills its session's tree.
            entry.task.abort();
        }
    }
}
