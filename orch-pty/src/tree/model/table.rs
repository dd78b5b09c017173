//! A kernel made of a table: what census, hunts and ladder do on it, among them races that real processes show once in a
//! million. Its lock is a point at which a model checker may switch to another thread.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use shuttle::sync::Mutex;

use super::super::hunt::Request;
use super::super::kernel::{GivenOut, Kernel, Limit};
use super::super::quarry::Quarry;
use crate::signal::Signal;
use crate::tag::Tag;

pub(in crate::tree) const OWN: u32 = 50;
pub(in crate::tree) const LEADER: u32 = 100;
const UNLIMITED: [u64; 2] = [u64::MAX; 2];

/// In how many orders of events a test is run: the default, unless `ORCH_PTY_SCHEDULES` says otherwise (a soak does).
pub(in crate::tree) fn schedules(default: usize) -> usize {
    std::env::var("ORCH_PTY_SCHEDULES").map_or(default, |count| count.parse().expect("a number of schedules"))
}

/// What marks a process of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tree) enum Marked {
    ByLimit,
    ByEnvironment,
    Not,
}

/// What a process does with polite signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tree) enum Manners {
    Obeys,
    Ignores,
    /// Not even `SIGKILL` ends it: it hangs in the kernel.
    Hangs,
    /// A sandbox refuses to signal it.
    Refuses,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a state of its own that the kernel keeps"
)]
pub(in crate::tree) struct Entry {
    /// Tells apart two processes that had the same number.
    birth: u32,
    pub(in crate::tree) parent: u32,
    pub(in crate::tree) group: u32,
    pub(in crate::tree) marked: Marked,
    pub(in crate::tree) manners: Manners,
    zombie: bool,
    stopped: bool,
    doomed: bool,
    pub(in crate::tree) warden: bool,
}

/// What happens once, in a moment that is chosen by a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tree) enum Mishap {
    /// When this number is pinned, its process is gone and it means a stranger.
    Recycle(u32),
    /// When this number is pinned for the first time, there is no descriptor left.
    NoDescriptor(u32),
    /// `/proc` cannot be read, ever.
    NoProc,
    /// A sandbox refuses to show a limit, ever.
    NoLimit,
}

#[derive(Debug, Default)]
pub(in crate::tree) struct Table {
    pub(in crate::tree) entries: BTreeMap<u32, Entry>,
    pub(in crate::tree) newest: u32,
    births: u32,
    pub(in crate::tree) clock: Duration,
    /// How much later it is after each question.
    pub(in crate::tree) tick: Duration,
    pub(in crate::tree) mishaps: Vec<Mishap>,
    /// How many generations are still to come of those that fork themselves on whenever the list is read.
    pub(in crate::tree) generations: u32,
    /// How many numbers strangers use up whenever the list is read.
    pub(in crate::tree) strangers: u32,
    /// Everybody who was signalled, by number and birth.
    pub(in crate::tree) struck: BTreeSet<(u32, u32)>,
    /// How often an environment was read.
    pub(in crate::tree) environments_read: u32,
}

impl Table {
    pub(in crate::tree) fn add(&mut self, pid: u32, parent: u32, marked: Marked) -> (u32, u32) {
        self.births += 1;
        let entry = Entry {
            birth: self.births,
            parent,
            group: self.entries.get(&parent).map_or(pid, |parent| parent.group),
            marked,
            manners: Manners::Ignores,
            zombie: false,
            stopped: false,
            doomed: false,
            warden: false,
        };
        self.entries.insert(pid, entry);
        self.newest = pid;
        (pid, self.births)
    }

    /// Gives out a number to a fork that is under way: nobody has it yet.
    pub(in crate::tree) fn give_out(&mut self) -> u32 {
        self.newest += 1;
        self.newest
    }

    /// Completes the fork of `parent`, unless it was killed meanwhile. Says whether there is a child now.
    pub(in crate::tree) fn complete(&mut self, parent: u32, pid: u32) -> bool {
        let marked = self
            .entries
            .get(&parent)
            .filter(|parent| !parent.zombie)
            .map(|it| it.marked);
        let newest = self.newest;
        if let Some(marked) = marked {
            self.add(pid, parent, marked);
            self.newest = newest;
        }
        marked.is_some()
    }

    /// A child of `parent` with a number of its own, unless that one cannot fork now.
    pub(in crate::tree) fn fork(&mut self, parent: u32) -> Option<u32> {
        let like = *self
            .entries
            .get(&parent)
            .filter(|parent| !parent.zombie && !parent.stopped && !parent.doomed)?;
        let pid = (self.newest + 1..u32::MAX).find(|pid| !self.entries.contains_key(pid))?;
        self.add(pid, parent, like.marked);
        let entry = self.entries.get_mut(&pid)?;
        entry.group = like.group;
        entry.manners = like.manners;
        Some(pid)
    }

    /// Ends a process; its children become the first process's, and it stays a zombie when its parent lives.
    pub(in crate::tree) fn end(&mut self, pid: u32) {
        for child in self.entries.values_mut().filter(|child| child.parent == pid) {
            child.parent = 1;
        }
        let has_parent = |entry: &Entry| {
            self.entries
                .get(&entry.parent)
                .is_some_and(|parent| !parent.zombie)
        };
        match self.entries.get(&pid).copied() {
            Some(entry) if has_parent(&entry) => {
                self.entries.insert(
                    pid,
                    Entry {
                        zombie: true,
                        ..entry
                    },
                );
            }
            _ => {
                self.entries.remove(&pid);
            }
        }
    }

    /// Somebody waits for a zombie, and its number is free.
    pub(in crate::tree) fn reap(&mut self, pid: u32) {
        if self.entries.get(&pid).is_some_and(|entry| entry.zombie) {
            self.entries.remove(&pid);
        }
    }

    pub(in crate::tree) fn set(&mut self, pid: u32, manners: Manners) {
        if let Some(entry) = self.entries.get_mut(&pid) {
            entry.manners = manners;
        }
    }

    /// The living, without this process.
    pub(in crate::tree) fn alive(&self) -> Vec<u32> {
        let living = self
            .entries
            .iter()
            .filter(|(pid, entry)| !entry.zombie && **pid != OWN);
        living.map(|(&pid, _)| pid).collect()
    }

    fn entry(&self, pin: (u32, u32)) -> Option<&Entry> {
        self.entries.get(&pin.0).filter(|entry| entry.birth == pin.1)
    }

    fn deliver(&mut self, pid: u32, signal: Signal) -> io::Result<()> {
        let Some(entry) = self.entries.get_mut(&pid) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        if entry.manners == Manners::Refuses {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.struck.insert((pid, entry.birth));
        match (signal, entry.manners) {
            (Signal::Stop, _) => entry.stopped = true,
            (Signal::Continue, _) => entry.stopped = false,
            (Signal::Kill, Manners::Hangs) => entry.doomed = true,
            (Signal::Kill, _) | (Signal::Interrupt | Signal::Terminate, Manners::Obeys) => self.end(pid),
            _ => {}
        }
        Ok(())
    }

    /// The first mishap that fits, once.
    fn mishap(&mut self, fits: impl Fn(&Mishap) -> bool) -> bool {
        let at = self.mishaps.iter().position(fits);
        at.map(|at| self.mishaps.swap_remove(at)).is_some()
    }

    /// Those that fork themselves on do so now, and die: each leaves the lineage to its child.
    fn go_on(&mut self) {
        if self.generations == 0 {
            return;
        }
        self.generations -= 1;
        let last = *self
            .entries
            .keys()
            .filter(|pid| **pid > LEADER)
            .max()
            .unwrap_or(&0);
        if self.fork(last).is_some() {
            self.end(last);
        }
    }
}

/// The table, and whose it is.
pub(in crate::tree) struct Model {
    pub(in crate::tree) table: Mutex<Table>,
    pub(in crate::tree) tag: Tag,
}

impl Model {
    /// This process and a child of it, which is marked.
    pub(in crate::tree) fn new() -> Self {
        let mut table = Table::default();
        table.add(OWN, 1, Marked::ByEnvironment);
        table.add(LEADER, OWN, Marked::ByLimit);
        table.entries.get_mut(&LEADER).expect("the leader").group = LEADER;
        let tag = Tag::of_run("8000000000000002000000000f000000".parse().expect("a run"));
        Self {
            table: Mutex::new(table),
            tag,
        }
    }

    pub(in crate::tree) fn with<T>(&self, act: impl FnOnce(&mut Table) -> T) -> T {
        let mut table = self.table.lock().expect("no thread panicked");
        let tick = table.tick;
        table.clock += tick;
        act(&mut table)
    }

    pub(in crate::tree) fn request(&self, limit: Duration) -> Request<(u32, u32)> {
        let birth = self.with(|table| table.entries[&LEADER].birth);
        Request {
            quarry: Quarry::Worker(self.tag),
            roots: vec![(LEADER, birth)],
            thorough: false,
            limit,
        }
    }
}

fn no_descriptor() -> io::Error {
    io::Error::from_raw_os_error(nix::errno::Errno::EMFILE as i32)
}

impl Kernel for Model {
    type Pin = (u32, u32);

    fn own(&self) -> u32 {
        OWN
    }

    fn own_limit(&self) -> Option<[u64; 2]> {
        Some(UNLIMITED)
    }

    fn now(&self) -> Duration {
        self.with(|table| table.clock)
    }

    fn all(&self, _deadline: Duration) -> io::Result<Vec<u32>> {
        self.with(|table| {
            if table.mishaps.contains(&Mishap::NoProc) {
                return Err(io::ErrorKind::NotFound.into());
            }
            let listed = table.entries.keys().copied().collect();
            table.newest += table.strangers;
            table.go_on();
            Ok(listed)
        })
    }

    fn newest(&self) -> io::Result<u32> {
        self.with(|table| {
            if table.mishaps.contains(&Mishap::NoProc) {
                return Err(io::ErrorKind::NotFound.into());
            }
            Ok(table.newest)
        })
    }

    fn given_out(&self) -> io::Result<GivenOut> {
        let newest = self.newest()?;
        let threads = self.with(|table| u32::try_from(table.entries.len()));
        Ok(GivenOut {
            newest,
            threads: threads.map_err(io::Error::other)?,
        })
    }

    fn number_limit(&self) -> io::Result<u32> {
        Ok(32_768)
    }

    fn children(&self, pid: u32) -> io::Result<Vec<u32>> {
        self.with(|table| {
            let entries = table.entries.iter();
            let children = entries.filter(|(_, entry)| entry.parent == pid && !entry.zombie);
            Ok(children.map(|(&pid, _)| pid).collect())
        })
    }

    fn limit(&self, pid: u32) -> io::Result<Limit> {
        self.with(|table| {
            if table.mishaps.contains(&Mishap::NoLimit) {
                return Err(io::ErrorKind::Unsupported.into());
            }
            Ok(match table.entries.get(&pid).map(|entry| entry.marked) {
                None => Limit::Nobody,
                Some(Marked::ByLimit) => Limit::Is([self.tag.worker(), self.tag.run()]),
                Some(Marked::ByEnvironment) if pid != OWN => Limit::Is([7, 7]),
                Some(_) => Limit::Is(UNLIMITED),
            })
        })
    }

    fn environment(&self, pid: u32) -> io::Result<String> {
        self.with(|table| {
            table.environments_read += 1;
            let marked = table.entries.get(&pid).map(|entry| entry.marked);
            let is_tagged = marked.is_some_and(|marked| marked != Marked::Not);
            Ok(if is_tagged {
                self.tag.to_string()
            } else {
                String::new()
            })
        })
    }

    fn is_warden(&self, pin: &Self::Pin) -> bool {
        self.with(|table| table.entry(*pin).is_some_and(|entry| entry.warden))
    }

    fn pin(&self, pid: u32) -> io::Result<Option<Self::Pin>> {
        self.with(|table| {
            if table.mishap(|mishap| *mishap == Mishap::NoDescriptor(pid)) {
                return Err(no_descriptor());
            }
            if table.mishap(|mishap| *mishap == Mishap::Recycle(pid)) {
                let newest = table.newest;
                table.add(pid, 1, Marked::Not);
                table.newest = newest;
            }
            Ok(table.entries.get(&pid).map(|entry| (pid, entry.birth)))
        })
    }

    fn number(&self, pin: &Self::Pin) -> u32 {
        pin.0
    }

    fn parent(&self, pin: &Self::Pin) -> Option<u32> {
        self.with(|table| table.entry(*pin).map(|entry| entry.parent))
    }

    fn is_unreaped(&self, pin: &Self::Pin) -> bool {
        self.with(|table| table.entry(*pin).is_some())
    }

    fn has_ended(&self, pin: &Self::Pin) -> bool {
        self.with(|table| table.entry(*pin).is_none_or(|entry| entry.zombie))
    }

    fn signal(&self, pin: &Self::Pin, signal: Signal) -> io::Result<()> {
        self.with(|table| match table.entry(*pin) {
            Some(_) => table.deliver(pin.0, signal),
            None => Err(io::ErrorKind::NotFound.into()),
        })
    }

    fn signal_group_of(&self, pin: &Self::Pin, signal: Signal) -> io::Result<()> {
        self.with(|table| {
            let group = table.entry(*pin).ok_or(io::ErrorKind::NotFound)?.group;
            let entries = table.entries.iter();
            let members = entries.filter(|(_, entry)| entry.group == group && !entry.zombie);
            let members: Vec<u32> = members.map(|(&pid, _)| pid).collect();
            for pid in members {
                // As kill(2): it is enough that one could be signalled.
                let _ = table.deliver(pid, signal);
            }
            Ok(())
        })
    }

    fn wait_for_all(&self, pins: &[Self::Pin], limit: Duration) {
        self.with(|table| {
            if pins
                .iter()
                .any(|pin| table.entry(*pin).is_some_and(|entry| !entry.zombie))
            {
                table.clock += limit;
            }
        });
    }
}
