//! What a hunt does in moments that real processes show once in a million, one after the other.

use std::time::Duration;

use super::super::hunt::Hunt;
use super::super::kernel::Kernel;
use super::super::quarry::{Mark, Wanted};
use super::super::report::KillReport;
use super::super::round::round;
use super::super::sweep::{Sweep, Visitor};
use super::table::{LEADER, Manners, Marked, Mishap, Model};

const LIMIT: Duration = Duration::from_secs(1);

/// Goes on until the hunt is over.
fn hunt(model: &Model) -> KillReport {
    let mut hunts = [Hunt::new(model.request(LIMIT), model.now())];
    loop {
        if let Some(Some(report)) = round(model, &mut hunts).pop() {
            return report;
        }
    }
}

/// Runs once: the order of things is fixed here, the checker only lends its lock.
fn once(test: impl Fn() + Send + Sync + 'static) {
    shuttle::check_random(test, 1);
}

#[test]
fn everybody_in_the_tree_dies_and_nobody_else_does() {
    once(|| {
        let model = Model::new();
        model.with(|table| {
            table.add(101, LEADER, Marked::ByLimit);
            table.add(102, 101, Marked::Not); // by lineage alone
            table.add(103, 1, Marked::ByLimit); // by limit alone
            table.add(104, 1, Marked::ByEnvironment); // by environment alone
            table.add(105, 1, Marked::Not); // a stranger
        });
        let report = hunt(&model);
        assert_eq!(model.with(|table| table.alive()), [105]);
        assert_eq!((report.killed, report.left.len(), report.exact), (5, 0, true));
        // On a quiet machine one look is enough; strangers' environments are left alone.
        assert_eq!(
            (report.rounds, model.with(|table| table.environments_read)),
            (1, 2)
        );
    });
}

#[test]
fn every_environment_is_read_when_the_limit_carries_no_mark() {
    once(|| {
        let model = Model::new();
        model.with(|table| {
            table.add(103, 1, Marked::ByEnvironment);
            table.mishaps.push(Mishap::NoLimit);
        });
        let report = hunt(&model);
        assert_eq!(model.with(|table| table.alive()), [0_u32; 0]);
        assert_eq!((report.killed, report.left.len(), report.exact), (2, 0, false));
    });
}

#[test]
fn a_number_that_came_to_mean_a_stranger_before_it_was_pinned_is_spared() {
    for (number, parent) in [(101, LEADER), (102, 1)] {
        once(move || {
            let model = Model::new();
            model.with(|table| {
                table.add(number, parent, Marked::ByLimit);
                table.mishaps.push(Mishap::Recycle(number));
            });
            let report = hunt(&model);
            assert_eq!(model.with(|table| table.alive()), [number], "the stranger lives");
            let struck = model.with(|table| table.struck.clone());
            assert!(
                struck.iter().all(|pin| pin.0 == LEADER),
                "and was not even stopped"
            );
            assert_eq!((report.killed, report.left.len()), (1, 0));
        });
    }
}

#[test]
fn one_that_forks_itself_on_while_the_list_is_read_is_caught() {
    for generations in [1, 2, 3, 10] {
        once(move || {
            let model = Model::new();
            model.with(|table| {
                table.add(101, 1, Marked::ByLimit);
                table.generations = generations;
            });
            let report = hunt(&model);
            assert_eq!(
                model.with(|table| table.alive()),
                [0_u32; 0],
                "after {generations} forks"
            );
            assert!(report.exact && report.left.is_empty(), "{report:?}");
        });
    }
}

#[test]
fn one_that_cannot_be_killed_is_named_when_the_time_is_over() {
    once(|| {
        let model = Model::new();
        model.with(|table| {
            table.add(101, 1, Marked::ByLimit);
            table.set(101, Manners::Hangs);
        });
        let report = hunt(&model);
        assert_eq!((report.left, report.exact), (vec![101], false));
        assert_eq!(model.with(|table| table.alive()), [101]);
        assert!(
            model.now() >= LIMIT && model.now() < LIMIT * 2,
            "{:?}",
            model.now()
        );
    });
}

#[test]
fn a_refusal_to_signal_is_reported_and_not_repeated() {
    once(|| {
        let model = Model::new();
        model.with(|table| {
            table.add(101, 1, Marked::ByLimit);
            table.set(101, Manners::Refuses);
        });
        let report = hunt(&model);
        assert_eq!((report.left, report.exact, report.killed), (vec![101], false, 1));
        assert!(report.rounds <= 3 && model.now() < LIMIT, "{}", report.rounds);
    });
}

#[test]
fn a_hunt_that_cannot_look_kills_whom_it_holds_and_says_that_it_is_not_exact() {
    once(|| {
        let model = Model::new();
        model.with(|table| {
            table.add(101, LEADER, Marked::ByLimit);
            table.add(102, 1, Marked::ByLimit);
            table.mishaps.push(Mishap::NoProc);
        });
        let report = hunt(&model);
        assert_eq!(model.with(|table| table.alive()), [102]);
        assert_eq!((report.killed, report.left.len(), report.exact), (2, 0, false));
    });
}

#[test]
fn without_a_free_descriptor_what_is_held_is_let_go() {
    once(|| {
        let model = Model::new();
        model.with(|table| {
            table.add(101, LEADER, Marked::ByLimit);
            table.add(102, 1, Marked::ByLimit);
            table.add(103, 1, Marked::ByLimit);
            table.mishaps.extend([101, 102, 103].map(Mishap::NoDescriptor));
        });
        let report = hunt(&model);
        assert_eq!(model.with(|table| table.alive()), [0_u32; 0]);
        assert_eq!((report.killed, report.exact), (4, true));
    });
}

#[test]
fn the_time_is_looked_at_before_each_process() {
    once(|| {
        let model = Model::new();
        model.with(|table| {
            for pid in 200..2200 {
                table.add(pid, 1, Marked::ByLimit);
            }
            table.tick = Duration::from_millis(1);
        });
        let report = hunt(&model);
        // Beyond it: the groups and the ends of those already met, and the last look.
        assert!(model.now() < LIMIT * 3 / 2, "{:?}", model.now());
        assert!(!report.exact && report.killed > 0, "{report:?}");
    });
}

#[test]
fn a_warden_ends_by_itself_and_one_that_only_calls_itself_so_is_killed() {
    once(|| {
        let model = Model::new();
        model.with(|table| {
            table.add(101, 1, Marked::ByLimit);
            table.add(102, 1, Marked::ByLimit);
            table.add(103, LEADER, Marked::ByLimit);
            for pid in [101, 102] {
                table.entries.get_mut(&pid).expect("there").warden = true;
            }
            // These only call themselves so: a warden is nobody's child.
            for pid in [LEADER, 103] {
                table.entries.get_mut(&pid).expect("there").warden = true;
            }
            table.entries.get_mut(&102).expect("there").group = 102;
        });
        let mut hunts = [Hunt::new(model.request(LIMIT), model.now())];
        assert_eq!(round(&model, &mut hunts), [None]);
        assert_eq!(model.with(|table| table.alive()), [101, 102], "all others first");
        model.with(|table| {
            table.end(102);
            table.reap(102);
        });
        let report = loop {
            if let Some(Some(report)) = round(&model, &mut hunts).pop() {
                break report;
            }
        };
        assert_eq!(model.with(|table| table.alive()), [0_u32; 0]);
        assert_eq!((report.killed, report.exact), (3, true));
        assert!(
            model.now() >= Duration::from_millis(300) && model.now() < LIMIT,
            "{:?}",
            model.now()
        );
    });
}

#[test]
fn a_group_is_killed_in_one_stroke_with_those_who_were_not_met() {
    once(|| {
        let model = Model::new();
        model.with(|table| {
            table.add(101, LEADER, Marked::Not);
            // Left the lineage, lost its marks, and stayed in the leader's group.
            table.entries.get_mut(&101).expect("there").parent = 1;
        });
        assert!(hunt(&model).exact);
        assert_eq!(model.with(|table| table.alive()), [0_u32; 0]);
    });
}

/// Writes down who is met, and gives out one number more after the first.
struct Notes<'m>(&'m Model, Vec<u32>);

impl Visitor<(u32, u32)> for Notes<'_> {
    fn met(&mut self, _whose: &[usize], pin: (u32, u32), _mark: Mark) {
        self.1.push(pin.0);
        if self.1.len() == 1 {
            self.0.with(|table| table.add(4, 1, Marked::ByLimit));
        }
    }

    fn is_settled(&self, _whose: &[usize], _pid: u32) -> bool {
        false
    }

    fn knows(&self, _pid: u32) -> bool {
        false
    }

    fn make_room(&mut self) {}
}

#[test]
fn new_numbers_are_followed_past_the_highest_one() {
    once(|| {
        let model = Model::new();
        model.with(|table| {
            table.add(3, 1, Marked::ByLimit);
            table.add(32_767, 1, Marked::ByLimit);
        });
        let mut notes = Notes(&model, Vec::new());
        let sweep = Sweep {
            kernel: &model,
            wanted: &Wanted::new([model.request(LIMIT).quarry], model.own_limit()),
            thorough: false,
            deadline: LIMIT,
        };
        assert!(sweep.run(&mut notes));
        notes.1.sort_unstable();
        assert_eq!(notes.1, [3, 4, LEADER, 32_767]);
    });
}

#[test]
fn on_a_machine_that_forks_a_hunt_looks_once_more() {
    for (strangers, rounds) in [(0, 1), (4, 1), (5, 2)] {
        once(move || {
            let model = Model::new();
            model.with(|table| {
                table.add(101, 1, Marked::ByLimit);
                table.strangers = strangers;
            });
            let report = hunt(&model);
            assert_eq!(model.with(|table| table.alive()), [0_u32; 0]);
            assert_eq!((report.exact, report.rounds), (true, rounds), "{strangers} forks");
        });
    }
}
