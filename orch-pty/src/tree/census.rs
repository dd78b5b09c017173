//! [`Census`]: who belongs to a tree now. It signals nobody.

use std::collections::BTreeMap;
use std::time::Duration;

use super::kernel::Kernel;
use super::lineage::{Guide, descend};
use super::quarry::{Mark, Quarry, Wanted};
use super::sweep::{Sweep, Visitor};

/// Counts the living members of one tree.
pub(super) struct Census<'k, K: Kernel> {
    pub(super) kernel: &'k K,
    pub(super) quarry: Quarry,
    /// Known members whose descendants are members whatever mark they carry: the child itself, while its status is
    /// not taken.
    pub(super) roots: Vec<K::Pin>,
    /// The mark could not be put in the limit.
    pub(super) thorough: bool,
}

impl<K: Kernel> Census<'_, K> {
    /// All who are alive, by lineage and by mark, as far as `limit` and the free descriptors reach; in the order of
    /// their numbers.
    pub(super) fn alive(&self, limit: Duration) -> Vec<K::Pin> {
        let kernel = self.kernel;
        let mut roll = Roll {
            kernel,
            deadline: kernel.now().saturating_add(limit),
            members: BTreeMap::new(),
        };
        for root in &self.roots {
            // Whom lineage does not show, the mark does.
            let _ = descend(kernel, root, &mut roll);
        }
        let sweep = Sweep {
            kernel,
            wanted: &Wanted::new([self.quarry], kernel.own_limit()),
            thorough: self.thorough,
            deadline: roll.deadline,
        };
        sweep.run(&mut roll);
        let members = roll.members.into_values();
        members.filter(|pin| !kernel.has_ended(pin)).collect()
    }
}

struct Roll<'k, K: Kernel> {
    kernel: &'k K,
    deadline: Duration,
    members: BTreeMap<u32, K::Pin>,
}

impl<K: Kernel> Guide<K::Pin> for Roll<'_, K> {
    fn enter(&mut self, pin: &K::Pin) -> bool {
        self.members.insert(self.kernel.number(pin), pin.clone());
        true
    }

    fn leave(&mut self, _pin: K::Pin) {}

    fn make_room(&mut self) {}

    fn is_late(&self) -> bool {
        self.kernel.now() >= self.deadline
    }
}

impl<K: Kernel> Visitor<K::Pin> for Roll<'_, K> {
    fn met(&mut self, _whose: &[usize], pin: K::Pin, _mark: Mark) {
        self.members.entry(self.kernel.number(&pin)).or_insert(pin);
    }

    fn is_settled(&self, _whose: &[usize], _pid: u32) -> bool {
        false
    }

    fn knows(&self, _pid: u32) -> bool {
        false
    }

    fn make_room(&mut self) {}
}
