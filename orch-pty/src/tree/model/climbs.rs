//! The ladder on schedules that the checker chooses, while members fork, die, ignore, and leave their numbers to
//! strangers.

use std::sync::Arc;
use std::time::Duration;

use super::super::census::Census;
use super::super::climb::{Ground, climb};
use super::super::kernel::Kernel;
use super::super::ladder::Ladder;
use super::super::party::Party;
use super::super::report::KillReport;
use super::table::{LEADER, Manners, Marked, Model, schedules};
use crate::signal::Signal;

const LIMIT: Duration = Duration::from_secs(1);
const GRACE: Duration = Duration::from_millis(100);

/// A tree of the model.
struct Floor(Party<Model>);

impl Floor {
    fn new() -> Self {
        Self(Party::new(Model::new()))
    }

    fn model(&self) -> &Model {
        self.0.kernel()
    }
}

impl Ground for Floor {
    type Pin = (u32, u32);

    fn now(&self) -> Duration {
        self.model().now()
    }

    fn number(&self, pin: &(u32, u32)) -> u32 {
        pin.0
    }

    fn is_unreaped(&self, pin: &(u32, u32)) -> bool {
        self.model().is_unreaped(pin)
    }

    fn signal(&self, pin: &(u32, u32), signal: Signal) {
        let _ = self.model().signal(pin, signal);
    }

    async fn alive(&self) -> Vec<(u32, u32)> {
        let request = self.model().request(LIMIT);
        let census = Census {
            kernel: self.model(),
            quarry: request.quarry,
            roots: request.roots,
            thorough: false,
        };
        census.alive(LIMIT)
    }

    async fn ends(&self, members: &[(u32, u32)], until: Duration) -> bool {
        // The clock stands still until nobody can do anything but wait for it.
        for _ in 0..3 {
            if members.iter().all(|pin| self.model().has_ended(pin)) {
                return true;
            }
            shuttle::future::yield_now().await;
        }
        self.model().with(|table| table.clock = table.clock.max(until));
        members.iter().all(|pin| self.model().has_ended(pin))
    }

    async fn kill(&self) -> KillReport {
        self.0.hunt(self.model().request(LIMIT))
    }
}

fn ladder() -> Ladder {
    Ladder::default().interrupt(GRACE).terminate(GRACE)
}

/// The leader obeys, and one child of it does as it likes.
fn floor(manners: Manners) -> Arc<Floor> {
    let floor = Floor::new();
    floor.model().with(|table| {
        table.set(LEADER, Manners::Obeys);
        table.add(101, LEADER, Marked::ByLimit);
        table.set(101, manners);
    });
    Arc::new(floor)
}

fn stop(floor: &Floor) -> KillReport {
    shuttle::future::block_on(climb(floor, &ladder()))
}

#[test]
fn who_ignores_is_killed_though_the_leader_obeys_and_who_obeys_is_not() {
    shuttle::check_random(
        || {
            let obedient = floor(Manners::Obeys);
            let report = stop(&obedient);
            assert_eq!(
                (report.killed, report.strongest, report.exact),
                (0, Some(Signal::Interrupt), true)
            );
            let stubborn = floor(Manners::Ignores);
            let report = stop(&stubborn);
            assert_eq!(
                (report.killed, report.strongest, report.exact),
                (1, Some(Signal::Kill), true)
            );
            // INT and TERM had their graces, and no more.
            assert_eq!(stubborn.now(), GRACE * 2);
            assert_eq!(stubborn.model().with(|table| table.alive()), [0_u32; 0]);
        },
        10,
    );
}

#[test]
fn a_stopped_member_is_woken_to_obey_and_killed_when_it_does_not() {
    shuttle::check_random(
        || {
            for manners in [Manners::Obeys, Manners::Ignores] {
                let floor = floor(manners);
                let pin = floor.model().pin(101).expect("a pin").expect("a member");
                floor.signal(&pin, Signal::Stop);
                let report = stop(&floor);
                assert_eq!(report.killed, u32::from(manners == Manners::Ignores));
                assert_eq!(floor.model().with(|table| table.alive()), [0_u32; 0]);
            }
        },
        10,
    );
}

#[test]
fn members_that_fork_die_and_are_recycled_meanwhile_leave_nobody_and_harm_no_stranger() {
    shuttle::check_random(
        || {
            let floor = floor(Manners::Ignores);
            let first_stranger = 500;
            let world = {
                let floor = Arc::clone(&floor);
                shuttle::thread::spawn(move || {
                    let mut strangers = Vec::new();
                    let mut last = 101;
                    for step in 0..6 {
                        // One forks itself on ...
                        let next = floor.model().with(|table| table.fork(last));
                        if let Some(next) = next {
                            floor.model().with(|table| table.end(last));
                            // ... and somebody reaps it, and its number goes to a stranger.
                            floor.model().with(|table| table.reap(last));
                            if step % 2 == 0 {
                                strangers.push(floor.model().with(|table| {
                                    let newest = table.newest;
                                    let free = !table.entries.contains_key(&last);
                                    let stranger = free.then(|| table.add(last, 1, Marked::Not));
                                    table.newest = newest;
                                    stranger
                                }));
                            }
                            last = next;
                        }
                        let stranger = first_stranger + step;
                        strangers.push(Some(floor.model().with(|table| {
                            let newest = table.newest;
                            let stranger = table.add(stranger, 1, Marked::Not);
                            table.newest = newest;
                            stranger
                        })));
                        shuttle::thread::yield_now();
                    }
                    strangers
                })
            };
            let report = stop(&floor);
            let strangers: Vec<_> = world.join().expect("no panic").into_iter().flatten().collect();
            let (alive, struck) = floor.model().with(|table| (table.alive(), table.struck.clone()));
            let expected: std::collections::BTreeSet<u32> = strangers.iter().map(|pin| pin.0).collect();
            assert_eq!(alive, expected.into_iter().collect::<Vec<_>>(), "{report:?}");
            assert!(
                strangers.iter().all(|stranger| !struck.contains(stranger)),
                "{struck:?}"
            );
            assert!(report.left.is_empty(), "{report:?}");
        },
        schedules(100),
    );
}

#[test]
fn several_stops_of_one_tree_all_end_and_agree_that_nobody_is_left() {
    shuttle::check_random(
        || {
            let floor = floor(Manners::Ignores);
            let stops: Vec<_> = (0..3)
                .map(|_| {
                    let floor = Arc::clone(&floor);
                    shuttle::thread::spawn(move || stop(&floor))
                })
                .collect();
            for stop in stops {
                let report = stop.join().expect("no panic");
                assert!(report.left.is_empty() && report.exact, "{report:?}");
            }
            assert_eq!(floor.model().with(|table| table.alive()), [0_u32; 0]);
        },
        schedules(20),
    );
}
