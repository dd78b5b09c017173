//! Trials that are repeated for hours. Each does its work in rounds and counts what went wrong; none measures a time.
//!
//! Whoever is left behind is counted by this process from `/proc`. It is not the orchestrator of what it counts, the
//! streams apart.

mod floods;
pub(crate) mod noise;
mod numbers;
mod orphans;
pub(crate) mod recycled;
mod spawns;
mod streams;
mod tally;
mod trees;

use std::time::{Duration, Instant};

use anyhow::Result;

pub(crate) use tally::Tally;

/// What is repeated.
trait Trial {
    /// Does it once, and counts.
    ///
    /// # Errors
    /// It could not be done, which counts as a failure as well.
    fn round(&mut self, tally: &mut Tally) -> Result<()>;
}

type New = fn() -> Box<dyn Trial>;

/// By name, in the order of a round.
const ALL: [(&str, New); 6] = [
    ("streams", || Box::<streams::Streams>::default()),
    ("spawns", || Box::<spawns::Spawns>::default()),
    ("trees", || Box::<trees::Trees>::default()),
    ("orphans", || Box::new(orphans::Orphans)),
    ("floods", || Box::new(floods::Floods)),
    ("numbers", || Box::new(numbers::Numbers)),
];

/// The names of the trials.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ALL.into_iter().map(|(name, _)| name)
}

/// Goes round and round until `time` is over; at least once.
pub(crate) fn run(time: Duration, only: &[String]) -> Tally {
    let start = Instant::now();
    let mut tally = Tally::default();
    let chosen = |name: &&str| only.is_empty() || only.iter().any(|chosen| chosen == name);
    let mut trials: Vec<_> = ALL
        .into_iter()
        .filter(|(name, _)| chosen(name))
        .map(|(name, trial)| (name, trial()))
        .collect();
    loop {
        for (name, trial) in &mut trials {
            if let Err(error) = trial.round(&mut tally) {
                tally.broke_off(name, &error);
            }
        }
        tally.rounds += 1;
        eprintln!(
            "round {} over after {} s, {} failures",
            tally.rounds,
            start.elapsed().as_secs(),
            tally.failures()
        );
        if start.elapsed() >= time {
            tally.seconds = start.elapsed().as_secs();
            return tally;
        }
    }
}
