//! A contest: the same work by several entrants, alternated inside each round.

use anyhow::Result;

use super::worker::{Setting, Worker};
use crate::contender::Kind;
use crate::statistics::{Ratio, median, ratio};
use crate::worker::{Reply, Streams};

/// One that takes part, and its samples: one a round.
pub(super) struct Entrant {
    pub(super) kind: Kind,
    pub(super) worker: Worker,
    /// Nanoseconds.
    pub(super) wall: Vec<f64>,
    /// Nanoseconds of processor time for each time.
    pub(super) cpu: Vec<f64>,
}

impl Entrant {
    /// Hires the worker and tells it what to start.
    pub(super) fn new(kind: Kind, setting: &Setting, streams: Streams, words: &[String]) -> Result<Self> {
        let mut worker = Worker::hire(kind, setting)?;
        worker.prepare(streams, words)?;
        Ok(Self {
            kind,
            worker,
            wall: Vec::new(),
            cpu: Vec::new(),
        })
    }

    pub(super) fn wall_to(&self, limit: &Self) -> Ratio {
        ratio(&self.wall, &limit.wall)
    }

    pub(super) fn cpu_to(&self, limit: &Self) -> Ratio {
        ratio(&self.cpu, &limit.cpu)
    }
}

/// Plays the rounds. In each, every entrant has its turn, and whoever was first becomes last in the next one. A turn
/// gives a sample: the median of its times.
pub(super) fn play(
    rounds: usize,
    entrants: &mut [Entrant],
    mut turn: impl FnMut(Kind, &mut Worker) -> Result<Reply>,
) -> Result<()> {
    let many = entrants.len();
    // The first round is not counted: caches are cold, and what is set up once is set up then.
    for round in 0..=rounds {
        for place in 0..many {
            let entrant = &mut entrants[(round + place) % many];
            let reply = turn(entrant.kind, &mut entrant.worker)?;
            if round > 0 {
                entrant.wall.push(median(&reply.wall));
                let times = u32::try_from(reply.wall.len()).unwrap_or(1);
                entrant.cpu.push(reply.cpu / f64::from(times));
            }
        }
    }
    Ok(())
}
