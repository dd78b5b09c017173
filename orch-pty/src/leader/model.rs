//! A child made of a few words, and every order in which threads can reap it, signal it and ask for its handle.
//!
//! The child is known by its number alone, as it is elsewhere than on Linux: once its status is taken, the number means a
//! stranger. A leader that let a signal and a reap overlap would strike that stranger.

use std::io;
use std::sync::Arc;

use super::{Leader, Lock, State, Subject};
use crate::exit::Exit;
use crate::signal::Signal;
use crate::tag::Tag;

const SCHEDULES: usize = 3_000;
const STATUS: i32 = 7 << 8;

/// The system: what the number means now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Runs,
    Zombie,
    /// Somebody who has nothing to do with us.
    Stranger,
}

#[derive(Debug)]
struct System {
    number: Number,
    taken: u32,
    strangers_struck: u32,
}

#[derive(Clone, Debug)]
struct Child(Arc<shuttle::sync::Mutex<System>>);

impl Child {
    fn new() -> Self {
        Self(Arc::new(shuttle::sync::Mutex::new(System {
            number: Number::Runs,
            taken: 0,
            strangers_struck: 0,
        })))
    }

    /// One system call.
    fn call<T>(&self, work: impl FnOnce(&mut System) -> T) -> T {
        work(&mut self.0.lock().expect("no panic"))
    }

    fn die(&self) {
        self.call(|system| system.number = Number::Zombie);
    }
}

impl Subject for Child {
    fn take_status(&self) -> io::Result<Option<i32>> {
        self.call(|system| match system.number {
            Number::Runs => Ok(None),
            Number::Zombie => {
                system.taken += 1;
                system.number = Number::Stranger;
                Ok(Some(STATUS))
            }
            Number::Stranger => Err(io::Error::from_raw_os_error(nix::libc::ECHILD)),
        })
    }

    fn signal(&self, _signal: Signal) -> io::Result<()> {
        self.call(|system| {
            if system.number == Number::Stranger {
                system.strangers_struck += 1;
            }
        });
        Ok(())
    }
}

impl<T> Lock<T> for shuttle::sync::Mutex<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        work(&mut self.lock().expect("no panic"))
    }
}

type Modelled = Leader<Child, shuttle::sync::Mutex<State<Child>>>;

fn leader(child: &Child) -> Arc<Modelled> {
    Arc::new(Leader::new(
        child.clone(),
        100,
        Tag::fresh().expect("random bytes"),
    ))
}

fn beside(work: impl FnOnce() + Send + 'static) -> shuttle::thread::JoinHandle<()> {
    shuttle::thread::spawn(work)
}

#[test]
fn the_status_is_taken_once_and_everybody_hears_the_same() {
    let test = || {
        let child = Child::new();
        let leader = leader(&child);
        let reapers: Vec<_> = (0..3)
            .map(|_| {
                let leader = Arc::clone(&leader);
                beside(move || {
                    while leader.reap().expect("a status, or none yet").is_none() {
                        shuttle::thread::yield_now();
                    }
                })
            })
            .collect();
        child.die();
        for reaper in reapers {
            reaper.join().expect("no panic");
        }
        assert_eq!(leader.reap().expect("the same again"), Some(Exit::Code(7)));
        assert_eq!(child.call(|system| system.taken), 1);
        assert!(leader.subject().is_none(), "nothing is held any more");
    };
    shuttle::check_random(test, SCHEDULES);
}

#[test]
fn a_number_that_means_a_stranger_is_never_signalled() {
    let test = || {
        let child = Child::new();
        let leader = leader(&child);
        let mut threads = Vec::new();
        for _ in 0..2 {
            let signaller = Arc::clone(&leader);
            threads.push(beside(move || {
                for _ in 0..3 {
                    // Refused once the status is taken.
                    let _ = signaller.signal(Signal::Terminate);
                }
            }));
            let reaper = Arc::clone(&leader);
            threads.push(beside(move || {
                for _ in 0..2 {
                    let _ = reaper.reap();
                }
            }));
        }
        child.die();
        for thread in threads {
            thread.join().expect("no panic");
        }
        leader.reap().expect("a status");
        let refused = leader.signal(Signal::Kill).expect_err("it has ended");
        assert_eq!(refused.kind(), io::ErrorKind::NotFound);
        assert_eq!(
            child.call(|system| (system.taken, system.strangers_struck)),
            (1, 0)
        );
    };
    shuttle::check_random(test, SCHEDULES);
}

#[test]
fn a_status_that_somebody_else_took_is_an_error_for_everybody_and_for_ever() {
    let test = || {
        let child = Child::new();
        let leader = leader(&child);
        child.die();
        let thief = {
            let child = child.clone();
            beside(move || drop(child.take_status()))
        };
        let first = leader.reap();
        thief.join().expect("no panic");
        let again = leader.reap();
        match first {
            Ok(exit) => assert_eq!(exit, again.expect("the same again")),
            Err(error) => assert_eq!(error.to_string(), again.expect_err("the same again").to_string()),
        }
        assert_eq!(child.call(|system| system.taken), 1);
    };
    shuttle::check_random(test, SCHEDULES);
}

#[test]
fn a_wait_that_blocks_and_a_look_agree() {
    let test = || {
        let child = Child::new();
        let leader = leader(&child);
        let waiter = {
            let leader = Arc::clone(&leader);
            beside(move || {
                let exit = leader.reap_by(|child| {
                    while child.call(|system| system.number == Number::Runs) {
                        shuttle::thread::yield_now();
                    }
                    child.take_status()
                });
                assert_eq!(exit.expect("a status"), Some(Exit::Code(7)));
            })
        };
        child.die();
        waiter.join().expect("no panic");
        assert_eq!(leader.reap().expect("the same again"), Some(Exit::Code(7)));
    };
    shuttle::check_random(test, SCHEDULES);
}
