//! The hunt: kill everybody in a tree, and look until nobody is left.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::census::Census;
use super::kernel::{Depth, Kernel, Mark};
use super::report::KillReport;
use crate::signal::Signal;

/// How many looks in a row must find nobody.
const CLEAN_LOOKS: u32 = 2;
/// How long a round waits for those it has killed; they end sooner unless they hang in the kernel.
const SETTLE: Duration = Duration::from_millis(50);

/// Kills until two looks in a row find nobody alive, or `limit` has passed.
pub(super) fn hunt<K: Kernel>(census: &Census<'_, K>, limit: Duration) -> KillReport {
    let deadline = Instant::now() + limit;
    let mut hunt = Hunt {
        census,
        killed: BTreeSet::new(),
        emptied: BTreeSet::new(),
    };
    let (mut rounds, mut clean) = (0, 0);
    loop {
        rounds += 1;
        // The environment is five times as dear: look there once the limit shows nobody.
        let depth = if clean == 0 {
            Depth::Limit
        } else {
            Depth::Environment
        };
        let prey = hunt.round(depth);
        if prey.is_empty() {
            clean += 1;
            if clean == CLEAN_LOOKS {
                return hunt.report(rounds, &[]);
            }
            continue;
        }
        clean = 0;
        census.kernel.wait_for_all(&prey, SETTLE);
        if Instant::now() >= deadline {
            return hunt.report(rounds, &prey);
        }
    }
}

struct Hunt<'h, 'k, K: Kernel> {
    census: &'h Census<'k, K>,
    killed: BTreeSet<u32>,
    /// Zombies whose group has been dealt with.
    emptied: BTreeSet<u32>,
}

impl<K: Kernel> Hunt<'_, '_, K> {
    /// Kills everybody it finds, and returns those who were alive.
    fn round(&mut self, depth: Depth) -> Vec<K::Pin> {
        let kernel = self.census.kernel;
        // Stop each before its children are listed: none can fork on, and none can die and orphan its children
        // before they are found.
        let mut prey = self.census.lineage(|pin| {
            // Who may not be signalled shows in the report.
            let _ = kernel.signal(pin, Signal::Stop);
        });
        // The leader last: its death hangs the terminal up, which would take some before they are counted.
        for pin in prey.iter().rev() {
            self.kill(pin);
        }
        let mut groups: Vec<K::Pin> = self.census.leader.iter().cloned().collect();
        self.census.marked(depth, |pin, mark| {
            let ended = kernel.has_ended(&pin);
            if mark == Mark::Limit && (!ended || self.emptied.insert(kernel.number(&pin))) {
                groups.push(pin.clone());
            }
            if !ended {
                self.kill(&pin);
                prey.push(pin);
            }
        });
        for member in groups {
            // One call that no fork can slip through; a zombie still names its group. An empty group is no failure.
            let _ = kernel.signal_group_of(&member, Signal::Kill);
        }
        prey
    }

    fn kill(&mut self, pin: &K::Pin) {
        let kernel = self.census.kernel;
        if kernel.signal(pin, Signal::Kill).is_ok() || kernel.has_ended(pin) {
            self.killed.insert(kernel.number(pin));
        }
    }

    fn report(&self, rounds: u32, prey: &[K::Pin]) -> KillReport {
        let kernel = self.census.kernel;
        let left: BTreeSet<u32> = prey
            .iter()
            .filter(|pin| !kernel.has_ended(pin))
            .map(|pin| kernel.number(pin))
            .collect();
        KillReport {
            killed: u32::try_from(self.killed.len()).unwrap_or(u32::MAX),
            rounds,
            left: left.into_iter().collect(),
            exact: true,
            strongest: (!self.killed.is_empty()).then_some(Signal::Kill),
        }
    }
}
