//! [`Census`]: who belongs to a tree now. It signals nobody.

use std::collections::BTreeMap;

use super::kernel::{Depth, Kernel, Mark};
use crate::tag::Tag;

/// A lineage is followed up to here at once; each member costs a descriptor. More are found in the next round.
const LINEAGE_MOST: usize = 512;
/// How often a sweep follows numbers that were given out while it ran. A fork storm of strangers must not hold it.
const CATCH_UP_MOST: usize = 64;
/// More new numbers than this are looked at as a whole list.
const NEW_MOST: u32 = 4096;

/// Finds the members of one tree.
pub(super) struct Census<'k, K: Kernel> {
    pub(super) kernel: &'k K,
    pub(super) tag: Tag,
    /// The child itself, while its status is not taken.
    pub(super) leader: Option<K::Pin>,
}

impl<K: Kernel> Census<'_, K> {
    /// All who are alive, by lineage and by mark.
    pub(super) fn alive(&self) -> Vec<K::Pin> {
        let mut members: BTreeMap<u32, K::Pin> = BTreeMap::new();
        for pin in self.lineage(|_| {}) {
            members.insert(self.kernel.number(&pin), pin);
        }
        self.marked(Depth::Environment, |pin, _| {
            members.entry(self.kernel.number(&pin)).or_insert(pin);
        });
        members
            .into_values()
            .filter(|pin| !self.kernel.has_ended(pin))
            .collect()
    }

    /// The leader and its living descendants, parents first. `met` sees each before its children are listed: stopped
    /// there, it has no more children than those listed.
    pub(super) fn lineage(&self, mut met: impl FnMut(&K::Pin)) -> Vec<K::Pin> {
        let mut found = Vec::new();
        let Some(leader) = self
            .leader
            .as_ref()
            .filter(|leader| !self.kernel.has_ended(leader))
        else {
            return found;
        };
        met(leader);
        found.push(leader.clone());
        let mut at = 0;
        while at < found.len() {
            let parent = found[at].clone();
            for pid in self.kernel.children(self.kernel.number(&parent)) {
                if found.len() == LINEAGE_MOST {
                    return found;
                }
                if let Some(child) = self.pin_child(pid, &parent) {
                    met(&child);
                    found.push(child);
                }
            }
            at += 1;
        }
        found
    }

    /// Pins `pid` if it is truly a living child of `parent`: whatever was true before, both numbers still mean the
    /// pinned processes after the question who its parent is was answered.
    fn pin_child(&self, pid: u32, parent: &K::Pin) -> Option<K::Pin> {
        let kernel = self.kernel;
        let child = kernel.pin(pid).ok()?;
        let related = kernel.parent(pid) == Some(kernel.number(parent));
        let certain = related && kernel.is_unreaped(&child) && kernel.is_unreaped(parent);
        (certain && !kernel.has_ended(&child)).then_some(child)
    }

    /// Shows `met` everybody who carries the mark, zombies too.
    ///
    /// A process that is forked while the list is read can be missing from it. Numbers are given out in order, so
    /// those given out meanwhile are looked at one by one, until no new one appears. What was forked and has forked
    /// and died in between leads on to its child in the same way.
    pub(super) fn marked(&self, depth: Depth, mut met: impl FnMut(K::Pin, Mark)) {
        let mut before = self.kernel.newest();
        for pid in self.kernel.all() {
            self.probe(pid, depth, &mut met);
        }
        for _ in 0..CATCH_UP_MOST {
            let (Some(old), Some(now)) = (before, self.kernel.newest()) else {
                return;
            };
            if old == now {
                return;
            }
            for pid in self.given_out(old, now) {
                self.probe(pid, depth, &mut met);
            }
            before = Some(now);
        }
    }

    /// The numbers given out after `old` up to `now`; they start again at the bottom when they reach the top.
    fn given_out(&self, old: u32, now: u32) -> Vec<u32> {
        let top = self.kernel.number_limit().unwrap_or(u32::MAX);
        let count = if now > old {
            now - old
        } else {
            top.saturating_sub(old).saturating_add(now)
        };
        if count > NEW_MOST {
            return self.kernel.all();
        }
        if now > old {
            (old + 1..=now).collect()
        } else {
            (old + 1..top).chain(1..=now).collect()
        }
    }

    fn probe(&self, pid: u32, depth: Depth, met: &mut impl FnMut(K::Pin, Mark)) {
        let kernel = self.kernel;
        if pid <= 1 || pid == kernel.own() || kernel.mark(pid, self.tag, depth).is_none() {
            return;
        }
        // Pin, then ask again: the first answer may have been another process's.
        let Ok(pin) = kernel.pin(pid) else { return };
        let Some(mark) = kernel.mark(pid, self.tag, depth) else {
            return;
        };
        if kernel.is_unreaped(&pin) {
            met(pin, mark);
        }
    }
}
