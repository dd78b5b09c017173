//! What is told of a leader that has not lived for long, while those who may be left fork on in every order.

use std::sync::Arc;
use std::time::Duration;

use super::super::kernel::Kernel;
use super::super::quarry::Quarry;
use super::super::young::nobody_since;
use super::table::{LEADER, Marked, Mishap, Model, Table, schedules};
use crate::leader::Newborn;

const STRANGER: u32 = 40;
const MOST: u32 = 64;
const BORN: Newborn = Newborn {
    number: LEADER,
    before: Duration::ZERO,
};

/// A leader that has ended and was reaped.
fn reaped() -> Model {
    let model = Model::new();
    model.with(|table| {
        table.end(LEADER);
        table.reap(LEADER);
    });
    model
}

fn nobody(model: &Model) -> bool {
    nobody_since(model, Quarry::Worker(model.tag), BORN, MOST)
}

fn once(test: impl Fn() + Send + Sync + 'static) {
    shuttle::check_random(test, 1);
}

#[test]
fn who_left_the_lineage_is_noticed_and_strangers_are_not_taken_for_him() {
    once(|| {
        let model = reaped();
        assert!(nobody(&model));
        model.with(|table| table.add(101, 1, Marked::Not));
        assert!(nobody(&model), "a stranger");
        model.with(|table| table.add(102, 1, Marked::ByLimit));
        model.with(|table| table.add(103, 1, Marked::Not));
        assert!(!nobody(&model), "one with the mark");
        model.with(|table| table.end(102));
        assert!(nobody(&model), "he is gone");
        model.with(|table| table.add(104, 1, Marked::ByEnvironment));
        assert!(!nobody(&model), "one who changed his limit may be anybody");
        assert_eq!(model.with(|table| table.environments_read), 0);
    });
}

#[test]
fn what_is_not_known_is_not_told() {
    once(|| {
        let old = reaped();
        // Four for each microsecond; the model's numbers end at 32,768.
        old.with(|table| table.clock = Duration::from_millis(8));
        assert!(nobody(&old));
        old.with(|table| table.clock = Duration::from_micros(8_200));
        assert!(!nobody(&old), "the numbers may have come round");

        let busy = reaped();
        for number in 10_000..20_800 {
            busy.with(|table| table.add(number, 1, Marked::Not));
        }
        busy.with(|table| table.newest = LEADER);
        assert!(nobody(&busy));
        busy.with(|table| table.clock = Duration::from_micros(300));
        assert!(!nobody(&busy), "many numbers are in use and skipped");

        let begun_anew = reaped();
        begun_anew.with(|table| table.newest = LEADER - 1);
        assert!(!nobody(&begun_anew), "a number below the leader's is the newest");

        for mishap in [Mishap::NoProc, Mishap::NoLimit] {
            let blind = reaped();
            blind.with(|table| {
                table.add(101, 1, Marked::Not);
                table.mishaps.push(mishap);
            });
            assert!(!nobody(&blind), "{mishap:?}");
        }

        let crowded = reaped();
        crowded.with(|table| table.newest = LEADER + MOST);
        assert!(nobody(&crowded));
        crowded.with(|table| table.newest = LEADER + MOST + 1);
        assert!(!nobody(&crowded), "more than may be asked");
    });
}

/// Each forks the next and ends, the number given out a moment before there is anybody who has it.
fn fork_on(model: &Model, mut last: u32, generations: u32, stays: bool) {
    for _ in 0..generations {
        let next = model.with(Table::give_out);
        if !model.with(|table| table.complete(last, next)) {
            return;
        }
        model.with(|table| {
            table.end(last);
            table.reap(last);
        });
        last = next;
    }
    if !stays {
        model.with(|table| {
            table.end(last);
            table.reap(last);
        });
    }
}

#[test]
fn no_chain_of_forks_slips_through_in_any_order() {
    let test = |stays: bool| {
        move || {
            let model = Arc::new(reaped());
            model.with(|table| {
                table.add(STRANGER, 1, Marked::Not);
                table.add(101, 1, Marked::ByLimit)
            });
            let chain = {
                let model = Arc::clone(&model);
                shuttle::thread::spawn(move || fork_on(&model, 101, 3, stays))
            };
            let strangers = {
                let model = Arc::clone(&model);
                shuttle::thread::spawn(move || {
                    for _ in 0..2 {
                        let number = model.with(Table::give_out);
                        model.with(|table| table.complete(STRANGER, number));
                    }
                })
            };
            let told = nobody(&model);
            let left = |model: &Model| {
                model.with(|table| {
                    let members = table
                        .entries
                        .values()
                        .filter(|entry| entry.marked == Marked::ByLimit);
                    members.count()
                })
            };
            let now = left(&model);
            chain.join().expect("no panic");
            strangers.join().expect("no panic");
            assert!(
                !told || now == 0 && left(&model) == 0,
                "told that there is nobody: {now} then, {} later",
                left(&model)
            );
            assert!(!told || !stays, "one stays for ever");
            assert!(model.now() < Duration::from_secs(1));
        }
    };
    shuttle::check_random(test(true), schedules(500));
    shuttle::check_random(test(false), schedules(500));
}
