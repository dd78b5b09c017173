//! One round of many hunts at once: each kills its lineage, then one look through all processes serves them all.

use std::time::Duration;

use super::hunt::Hunt;
use super::kernel::Kernel;
use super::quarry::{Mark, Wanted};
use super::report::KillReport;
use super::sweep::{Sweep, Visitor};

/// How long a round waits for those it has killed; they end sooner unless they hang in the kernel.
const SETTLE: Duration = Duration::from_millis(50);
/// How long it waits when there is nobody but those who were killed before, or wardens.
const PACE: Duration = Duration::from_millis(5);

/// Goes one round. The reports of the hunts that are over with it are in the places of those hunts.
pub(super) fn round<K: Kernel>(kernel: &K, hunts: &mut [Hunt<K::Pin>]) -> Vec<Option<KillReport>> {
    for hunt in &mut *hunts {
        hunt.begin(kernel);
    }
    let quarries: Vec<_> = hunts.iter().map(|hunt| hunt.request.quarry).collect();
    let sweep = Sweep {
        kernel,
        wanted: &Wanted::new(quarries, kernel.own_limit()),
        thorough: hunts.iter().any(|hunt| hunt.request.thorough),
        deadline: hunts.iter().map(Hunt::deadline).min().unwrap_or_default(),
    };
    let exact = sweep.run(&mut Pack { kernel, hunts });
    for hunt in &mut *hunts {
        hunt.strike_groups(kernel);
    }
    wait(kernel, hunts);
    hunts.iter_mut().map(|hunt| hunt.judge(kernel, exact)).collect()
}

/// Waits for the ends of those who were struck, so that the next look meets none of them; they die meanwhile all at
/// once.
fn wait<K: Kernel>(kernel: &K, hunts: &[Hunt<K::Pin>]) {
    let awaited = |fresh: bool| {
        let pins = hunts
            .iter()
            .map(Hunt::awaited)
            .filter(move |(_, is)| *is == fresh);
        pins.flat_map(|(pins, _)| pins.iter().cloned())
            .collect::<Vec<_>>()
    };
    let fresh = awaited(true);
    if !fresh.is_empty() {
        kernel.wait_for_all(&fresh, SETTLE);
        return;
    }
    let lasting = awaited(false);
    if !lasting.is_empty() {
        kernel.wait_for_all(&lasting, PACE);
    }
}

/// Hunts that share a look.
struct Pack<'p, K: Kernel> {
    kernel: &'p K,
    hunts: &'p mut [Hunt<K::Pin>],
}

impl<K: Kernel> Visitor<K::Pin> for Pack<'_, K> {
    fn met(&mut self, whose: &[usize], pin: K::Pin, mark: Mark) {
        for &at in whose {
            self.hunts[at].met(self.kernel, pin.clone(), mark);
        }
    }

    fn is_settled(&self, whose: &[usize], pid: u32) -> bool {
        whose.iter().all(|&at| self.hunts[at].is_settled(pid))
    }

    fn knows(&self, pid: u32) -> bool {
        self.hunts.iter().any(|hunt| hunt.knows(pid))
    }

    fn make_room(&mut self) {
        for hunt in &mut *self.hunts {
            hunt.make_room(self.kernel);
        }
    }
}
