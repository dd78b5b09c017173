//! The way up a [`Ladder`]: who is signalled when, and when it goes on. What it stands on is the [`Ground`]'s, so that
//! it is tested on schedules and clocks that a model chooses.

use std::collections::BTreeMap;
use std::time::Duration;

use super::ladder::Ladder;
use super::report::KillReport;
use crate::signal::Signal;

/// A grace beyond the clock's end is one that never ends.
const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);

/// One tree, and the system and the clock under it.
pub(super) trait Ground {
    /// A hold on one process.
    type Pin: Clone + Send + Sync;

    /// A clock that never goes back.
    fn now(&self) -> Duration;
    /// The number of a process.
    fn number(&self, pin: &Self::Pin) -> u32;
    /// Whether the number still means this process.
    fn is_unreaped(&self, pin: &Self::Pin) -> bool;
    /// Signals one process. Whoever has ended meanwhile needs no signal, and whoever may not be signalled shows in
    /// the report.
    fn signal(&self, pin: &Self::Pin, signal: Signal);
    /// All members that are alive.
    fn alive(&self) -> impl Future<Output = Vec<Self::Pin>> + Send;
    /// Returns when all (or many) of `members` have ended, or when the clock says `until`; says whether they have.
    fn ends(&self, members: &[Self::Pin], until: Duration) -> impl Future<Output = bool> + Send;
    /// Kills whoever is left.
    fn kill(&self) -> impl Future<Output = KillReport> + Send;
}

/// Goes up as far as it must.
pub(super) async fn climb<G: Ground + Sync>(ground: &G, ladder: &Ladder) -> KillReport {
    let mut strongest = None;
    for (signal, grace) in ladder.steps() {
        let end = step(ground, signal, grace).await;
        if end.signalled {
            strongest = Some(signal);
        }
        if !end.somebody_left {
            break;
        }
    }
    // Also when nobody was found: this look is the exact one.
    let mut report = ground.kill().await;
    report.strongest = report.strongest.or(strongest);
    report
}

/// How a step of the ladder ended.
struct StepEnd {
    signalled: bool,
    somebody_left: bool,
}

/// Signals everybody, those who appear later too, until nobody is left or the grace is over.
async fn step<G: Ground + Sync>(ground: &G, signal: Signal, grace: Duration) -> StepEnd {
    let deadline = ground.now().saturating_add(grace.min(FAR));
    let mut told: BTreeMap<u32, G::Pin> = BTreeMap::new();
    loop {
        let alive = ground.alive().await;
        if alive.is_empty() {
            return StepEnd {
                signalled: !told.is_empty(),
                somebody_left: false,
            };
        }
        told.retain(|_, pin| ground.is_unreaped(pin));
        for pin in &alive {
            if told.insert(ground.number(pin), pin.clone()).is_none() {
                ground.signal(pin, signal);
                ground.signal(pin, Signal::Continue);
            }
        }
        // Members who fork on must not hold a step beyond its grace either.
        if !ground.ends(&alive, deadline).await || ground.now() >= deadline {
            return StepEnd {
                signalled: true,
                somebody_left: true,
            };
        }
    }
}
