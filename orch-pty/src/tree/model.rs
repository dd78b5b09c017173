//! A kernel made of a table, and what census and hunt do on it: races that real processes show once in a million.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use super::census::Census;
use super::hunt::hunt;
use super::kernel::{Depth, Kernel, Mark};
use crate::signal::Signal;
use crate::tag::Tag;

const OWN: u32 = 50;
const LEADER: u32 = 100;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Entry {
    /// Tells apart two processes that had the same number.
    birth: u32,
    parent: u32,
    mark: Option<Mark>,
    zombie: bool,
    immortal: bool,
}

/// What happens when a number is pinned, just before the pin takes hold.
#[derive(Clone, Copy)]
enum AtPin {
    Nothing,
    /// The process is gone and its number means a stranger.
    Recycle(u32),
}

struct Model {
    table: RefCell<BTreeMap<u32, Entry>>,
    newest: Cell<u32>,
    births: Cell<u32>,
    at_pin: Cell<AtPin>,
    /// How often a killed process has already forked itself on.
    forks_left: Cell<u32>,
    struck: RefCell<Vec<(u32, u32)>>,
}

impl Model {
    fn new() -> Self {
        let model = Self {
            table: RefCell::default(),
            newest: Cell::new(LEADER),
            births: Cell::new(0),
            at_pin: Cell::new(AtPin::Nothing),
            forks_left: Cell::new(0),
            struck: RefCell::default(),
        };
        model.add(OWN, 1, Some(Mark::Environment));
        model.add(LEADER, OWN, Some(Mark::Limit));
        model
    }

    fn add(&self, pid: u32, parent: u32, mark: Option<Mark>) -> u32 {
        let birth = self.births.get() + 1;
        self.births.set(birth);
        let entry = Entry {
            birth,
            parent,
            mark,
            zombie: false,
            immortal: false,
        };
        self.table.borrow_mut().insert(pid, entry);
        self.newest.set(self.newest.get().max(pid));
        birth
    }

    fn entry(&self, pin: (u32, u32)) -> Option<Entry> {
        self.table
            .borrow()
            .get(&pin.0)
            .copied()
            .filter(|entry| entry.birth == pin.1)
    }

    fn census(&self) -> Census<'_, Self> {
        let birth = self.table.borrow()[&LEADER].birth;
        Census {
            kernel: self,
            tag: Tag::fresh().expect("random bytes"),
            leader: Some((LEADER, birth)),
        }
    }

    fn alive(&self) -> Vec<u32> {
        self.table
            .borrow()
            .iter()
            .filter(|(_, entry)| !entry.zombie)
            .map(|(&pid, _)| pid)
            .collect()
    }
}

impl Kernel for Model {
    type Pin = (u32, u32);

    fn own(&self) -> u32 {
        OWN
    }

    fn all(&self) -> Vec<u32> {
        let listed = self.table.borrow().keys().copied().collect();
        // Whoever forks itself on does so while the list is read, and dies.
        if let Some(left) = self.forks_left.get().checked_sub(1) {
            self.forks_left.set(left);
            let last = self.newest.get();
            self.table.borrow_mut().remove(&last);
            self.add(last + 1, 1, Some(Mark::Limit));
        }
        listed
    }

    fn newest(&self) -> Option<u32> {
        Some(self.newest.get())
    }

    fn number_limit(&self) -> Option<u32> {
        Some(32_768)
    }

    fn children(&self, pid: u32) -> Vec<u32> {
        let table = self.table.borrow();
        table
            .iter()
            .filter(|(_, entry)| entry.parent == pid && !entry.zombie)
            .map(|(&pid, _)| pid)
            .collect()
    }

    fn parent(&self, pid: u32) -> Option<u32> {
        self.table.borrow().get(&pid).map(|entry| entry.parent)
    }

    fn mark(&self, pid: u32, _tag: Tag, depth: Depth) -> Option<Mark> {
        let mark = self.table.borrow().get(&pid)?.mark?;
        (mark == Mark::Limit || depth == Depth::Environment).then_some(mark)
    }

    fn pin(&self, pid: u32) -> io::Result<Self::Pin> {
        if let AtPin::Recycle(number) = self.at_pin.get()
            && number == pid
        {
            self.at_pin.set(AtPin::Nothing);
            self.add(pid, 1, None);
        }
        let entry = self
            .table
            .borrow()
            .get(&pid)
            .copied()
            .ok_or(io::ErrorKind::NotFound)?;
        Ok((pid, entry.birth))
    }

    fn number(&self, pin: &Self::Pin) -> u32 {
        pin.0
    }

    fn is_unreaped(&self, pin: &Self::Pin) -> bool {
        self.entry(*pin).is_some()
    }

    fn has_ended(&self, pin: &Self::Pin) -> bool {
        self.entry(*pin).is_none_or(|entry| entry.zombie)
    }

    fn signal(&self, pin: &Self::Pin, signal: Signal) -> io::Result<()> {
        let entry = self.entry(*pin).ok_or(io::ErrorKind::NotFound)?;
        self.struck.borrow_mut().push(*pin);
        if signal == Signal::Kill && !entry.immortal {
            self.table.borrow_mut().insert(
                pin.0,
                Entry {
                    zombie: true,
                    ..entry
                },
            );
        }
        Ok(())
    }

    fn signal_group_of(&self, pin: &Self::Pin, _signal: Signal) -> io::Result<()> {
        self.entry(*pin)
            .map(|_| ())
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn wait_for_all(&self, _pins: &[Self::Pin], _limit: Duration) {}
}

#[test]
fn everybody_in_the_tree_dies_and_nobody_else_does() {
    let model = Model::new();
    model.add(101, LEADER, Some(Mark::Limit));
    model.add(102, 101, None); // by lineage alone
    model.add(103, 1, Some(Mark::Limit)); // by limit alone
    model.add(104, 1, Some(Mark::Environment)); // by environment alone
    model.add(105, 1, None); // a stranger
    let report = hunt(&model.census(), Duration::from_secs(60));
    assert_eq!(model.alive(), [OWN, 105]);
    assert_eq!((report.killed, report.left.len()), (5, 0));
}

#[test]
fn a_number_that_came_to_mean_a_stranger_before_it_was_pinned_is_spared() {
    for (number, parent) in [(101, LEADER), (102, 1)] {
        let model = Model::new();
        model.add(number, parent, Some(Mark::Limit));
        model.at_pin.set(AtPin::Recycle(number));
        let report = hunt(&model.census(), Duration::from_secs(60));
        assert_eq!(model.alive(), [OWN, number], "the stranger lives");
        assert!(
            model.struck.borrow().iter().all(|pin| pin.0 == LEADER),
            "and was not even stopped"
        );
        assert_eq!((report.killed, report.left.len()), (1, 0));
    }
}

#[test]
fn one_that_forks_itself_on_while_the_list_is_read_is_caught() {
    for forks in [1, 2, 3, 10] {
        let model = Model::new();
        model.add(101, 1, Some(Mark::Limit));
        model.forks_left.set(forks);
        let report = hunt(&model.census(), Duration::from_secs(60));
        assert_eq!(model.alive(), [OWN], "after {forks} forks");
        assert!(report.left.is_empty(), "{report:?}");
    }
}

#[test]
fn one_that_cannot_be_killed_is_named_and_does_not_hold_the_hunt() {
    let model = Model::new();
    let birth = model.add(101, 1, Some(Mark::Limit));
    let stuck = Entry {
        birth,
        parent: 1,
        mark: Some(Mark::Limit),
        zombie: false,
        immortal: true,
    };
    model.table.borrow_mut().insert(101, stuck);
    let report = hunt(&model.census(), Duration::ZERO);
    assert_eq!(report.left, [101]);
    assert_eq!(model.alive(), [OWN, 101]);
}

#[test]
fn new_numbers_are_followed_past_the_highest_one() {
    let model = Model::new();
    model.table.borrow_mut().retain(|&pid, _| pid == LEADER);
    let census = model.census();
    model.add(3, 1, Some(Mark::Limit));
    model.add(32_767, 1, Some(Mark::Limit));
    let mut met = Vec::new();
    census.marked(Depth::Limit, |pin, _| {
        met.push(pin.0);
        // While the list is acted on, another number is given out: they start again at the bottom.
        if met.len() == 1 {
            model.add(4, 1, Some(Mark::Limit));
            model.newest.set(4);
        }
    });
    assert!(
        met.contains(&4) && met.contains(&32_767) && met.contains(&3),
        "{met:?}"
    );
}
