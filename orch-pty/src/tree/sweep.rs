//! [`Sweep`]: one look through all processes for everybody who carries one of many marks. It signals nobody; what is
//! done with those who are found is the [`Visitor`]'s.
//!
//! # When a look is exact
//! A process that is forked while the list is read can be missing from it. Numbers are given out in order, so those
//! given out meanwhile are asked for one by one, the newest first, until a whole pass over them brings no new one and meets nobody. A
//! process has its number a moment before it shows: therefore each pass begins [`RECENT`] numbers early. Whoever was
//! on the list and is gone when he is asked may have left a child behind that was neither listed nor new (but for those
//! who could not fork any more).
//! So a look is exact when nobody vanished from under it, nothing was refused, and its last pass was quiet. When it
//! also found nobody alive, and no zombie for the first time, there is nobody: every forker is either seen or gives
//! out a number. When it found some, and all were struck as they were met, there is nobody but them: none of them can
//! complete a fork that was not seen by the last pass, unless that fork was held up while strangers made [`RECENT`]
//! others.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use super::kernel::{Kernel, Limit};
use super::quarry::{Mark, Wanted};
use crate::sys::refusal;

/// So many numbers back may belong to forks that are under way.
const RECENT: u32 = 64;
/// More new numbers than this are looked at as a whole list.
const NEW_MOST: u32 = 4096;

/// Who is told of those who are found.
pub(super) trait Visitor<P> {
    /// One is found, alive or a zombie; `whose` are places in the list of quarries.
    fn met(&mut self, whose: &[usize], pin: P, mark: Mark);
    /// Whether this member is known to be a zombie whose number has not been given out anew since.
    fn is_settled(&self, whose: &[usize], pid: u32) -> bool;
    /// Whether this number belonged to a member who was killed, or was found a zombie.
    fn knows(&self, pid: u32) -> bool;
    /// There is no descriptor left: lets go of what is held and not needed.
    fn make_room(&mut self);
}

/// One look.
pub(super) struct Sweep<'s, K: Kernel> {
    pub(super) kernel: &'s K,
    pub(super) wanted: &'s Wanted,
    /// Reads every environment, not only of those whose limit was changed.
    pub(super) thorough: bool,
    /// The look is broken off when the kernel's clock says this.
    pub(super) deadline: Duration,
}

impl<K: Kernel> Sweep<'_, K> {
    /// Shows everybody to the visitor. Says whether the look was exact.
    pub(super) fn run(&self, visitor: &mut impl Visitor<K::Pin>) -> bool {
        let mut look = Look {
            sweep: self,
            visitor,
            own: self.kernel.own(),
            met: BTreeSet::new(),
            exact: true,
        };
        // An error leaves the look inexact, and what could be looked at is looked at.
        match look.whole() {
            Ok(Pass::Complete) => look.exact,
            Ok(Pass::BrokenOff) | Err(_) => false,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    Complete,
    /// The deadline is over.
    BrokenOff,
}

/// Where a number comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Number {
    /// From the list of all processes.
    Listed,
    /// It was given out lately.
    GivenOut,
}

enum Evidence {
    Nobody,
    Stranger,
    Of(Vec<usize>, Mark),
}

struct Look<'l, 's, K: Kernel, V> {
    sweep: &'l Sweep<'s, K>,
    visitor: &'l mut V,
    own: u32,
    /// Whom the visitor was shown already.
    met: BTreeSet<u32>,
    exact: bool,
}

impl<K: Kernel, V: Visitor<K::Pin>> Look<'_, '_, K, V> {
    fn whole(&mut self) -> io::Result<Pass> {
        let kernel = self.sweep.kernel;
        if self.front()? == Pass::BrokenOff {
            return Ok(Pass::BrokenOff);
        }
        let mut last = self.with_room(K::newest)?;
        let mut low = last.saturating_sub(RECENT);
        // The newest first: in a chain of forks they are those who live.
        for pid in self.all()?.into_iter().rev() {
            if self.is_late() {
                return Ok(Pass::BrokenOff);
            }
            if !self.probe(pid, Number::Listed) && !self.visitor.knows(pid) {
                self.exact = false;
            }
        }
        loop {
            let now = self.with_room(K::newest)?;
            let (quiet, known) = (now == last, self.met.len());
            for pid in self.given_out(low, now)? {
                if self.is_late() {
                    return Ok(Pass::BrokenOff);
                }
                self.probe(pid, Number::GivenOut);
            }
            if quiet && self.met.len() == known && kernel.newest()? == now {
                return Ok(Pass::Complete);
            }
            (low, last) = (now.saturating_sub(RECENT), now);
        }
    }

    /// Before the list of all is read, which takes its time where there are many: those who came last, further and
    /// further back while there are any. In a storm of forks they are all who live.
    fn front(&mut self) -> io::Result<Pass> {
        let mut depth = RECENT;
        while depth <= NEW_MOST {
            let (known, now) = (self.met.len(), self.with_room(K::newest)?);
            for pid in self.given_out(now.saturating_sub(depth), now)? {
                if self.is_late() {
                    return Ok(Pass::BrokenOff);
                }
                self.probe(pid, Number::GivenOut);
            }
            if self.met.len() == known {
                break;
            }
            depth *= 2;
        }
        Ok(Pass::Complete)
    }

    fn all(&mut self) -> io::Result<Vec<u32>> {
        let deadline = self.sweep.deadline;
        self.with_room(|kernel| kernel.all(deadline))
    }

    /// The numbers given out after `old` up to `now`, the newest first; they start again at the bottom when they
    /// reach the top.
    fn given_out(&mut self, old: u32, now: u32) -> io::Result<Vec<u32>> {
        let kernel = self.sweep.kernel;
        if now >= old {
            return if now - old > NEW_MOST {
                self.all()
            } else {
                Ok((old + 1..=now).rev().collect())
            };
        }
        let top = kernel.number_limit()?;
        if top.saturating_sub(old).saturating_add(now) > NEW_MOST {
            return self.all();
        }
        Ok((1..=now).rev().chain((old + 1..top).rev()).collect())
    }

    /// Shows whoever has this number to the visitor if he is wanted. Says whether there was anybody.
    fn probe(&mut self, pid: u32, number: Number) -> bool {
        let kernel = self.sweep.kernel;
        if pid <= 1 || pid == self.own || self.met.contains(&pid) {
            return true;
        }
        match self.evidence(pid) {
            Evidence::Nobody => return false,
            Evidence::Stranger => return true,
            Evidence::Of(whose, _) => {
                if number == Number::Listed && self.visitor.is_settled(&whose, pid) {
                    return true;
                }
            }
        }
        // Pin, then ask again: the first answer may have been another process's.
        let pin = match self.with_room(|kernel| kernel.pin(pid)) {
            Ok(Some(pin)) => pin,
            Ok(None) => return false,
            Err(_) => {
                self.exact = false;
                return true;
            }
        };
        match self.evidence(pid) {
            Evidence::Of(whose, mark) if kernel.is_unreaped(&pin) => {
                self.met.insert(pid);
                self.visitor.met(&whose, pin, mark);
                true
            }
            _ => false,
        }
    }

    fn evidence(&mut self, pid: u32) -> Evidence {
        let (kernel, wanted) = (self.sweep.kernel, self.sweep.wanted);
        let may_be_hidden = match kernel.limit(pid) {
            Ok(Limit::Nobody) => return Evidence::Nobody,
            Ok(Limit::Withheld) => false,
            Ok(Limit::Is(limit)) => {
                let whose = wanted.by_limit(limit);
                if !whose.is_empty() {
                    return Evidence::Of(whose, Mark::Limit);
                }
                wanted.may_be_hidden(limit)
            }
            Err(_) => {
                self.exact = false;
                true
            }
        };
        if !may_be_hidden && !self.sweep.thorough {
            return Evidence::Stranger;
        }
        let Ok(tags) = self.with_room(|kernel| kernel.environment(pid)) else {
            self.exact = false;
            return Evidence::Stranger;
        };
        let whose = wanted.by_environment(&tags);
        if whose.is_empty() {
            Evidence::Stranger
        } else {
            Evidence::Of(whose, Mark::Environment)
        }
    }

    /// Asks the kernel, and once more with the room that the visitor can make.
    fn with_room<T>(&mut self, ask: impl Fn(&K) -> io::Result<T>) -> io::Result<T> {
        match ask(self.sweep.kernel) {
            Err(error) if refusal::is_out_of_descriptors(&error) => {
                self.visitor.make_room();
                ask(self.sweep.kernel)
            }
            result => result,
        }
    }

    fn is_late(&self) -> bool {
        self.sweep.kernel.now() >= self.sweep.deadline
    }
}
