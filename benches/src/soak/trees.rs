//! Trees that are killed, re-forkers among them: nobody is left.

use anyhow::Result;

use super::{Tally, Trial};
use crate::contender::Kind;
use crate::measure::marker::Marker;
use crate::measure::tree::{Habit, grown, words};
use crate::measure::worker::{Setting, Worker};
use crate::worker::{Ask, Streams};

/// In one round, of each habit.
const TREES: usize = 20;

/// The worker lives as long as the soak.
#[derive(Default)]
pub(super) struct Trees(Option<Worker>);

impl Trial for Trees {
    fn round(&mut self, tally: &mut Tally) -> Result<()> {
        if self.0.is_none() {
            self.0 = Some(Worker::hire(Kind::OrchAsync, &Setting::default())?);
        }
        let Some(worker) = &mut self.0 else { return Ok(()) };
        for (habit, what) in [
            (Habit::Plain, "trees of five that were killed"),
            (Habit::Scrubbed, "the same with scrubbed environments"),
            (Habit::Reforking, "the same with a re-forker"),
        ] {
            for _ in 0..TREES {
                let marker = Marker::new();
                worker.prepare(Streams::Terminal, &words(&marker, habit)?)?;
                worker.ask(&Ask::Start { count: 1 })?;
                grown(&marker)?;
                worker.ask(&Ask::KillTree)?;
                let left = marker.bearers();
                tally.add(what, 1, 0);
                if !left.is_empty() {
                    tally.failed(what, format!("{left:?} are left"));
                }
            }
        }
        Ok(())
    }
}
