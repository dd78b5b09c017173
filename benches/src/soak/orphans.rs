//! Orchestrators that are killed without a warning: nobody is left a second later.

use std::fs;

use anyhow::Result;

use super::{Tally, Trial};
use crate::contender::Kind;
use crate::measure::orphans::left_by;
use crate::measure::tree::Habit;
use crate::measure::worker::Setting;

/// At once, and how many times in a round.
const TOGETHER: usize = 8;
const BATCHES: usize = 3;
/// What the large one holds, and what the machine should have free for it.
const GIB: usize = 4;
const FREE_GIB: u64 = 6;

#[derive(Debug)]
pub(super) struct Orphans;

impl Trial for Orphans {
    fn round(&mut self, tally: &mut Tally) -> Result<()> {
        for (habit, what) in [
            (Habit::Plain, "orchestrators of a tree of five that were killed"),
            (Habit::Scrubbed, "the same with scrubbed environments"),
            (Habit::Reforking, "the same with a re-forker"),
        ] {
            let what = format!("SIGKILL: {what}");
            for _ in 0..BATCHES {
                one(tally, &what, habit, TOGETHER, &Setting::default())?;
            }
        }
        let free = free_gib();
        if free < FREE_GIB {
            tally.leave_out(format!(
                "an orchestrator of {GIB} GiB, since {free} GiB are free and it takes {FREE_GIB}"
            ));
            return Ok(());
        }
        let large = Setting {
            memory: GIB,
            ..Setting::default()
        };
        one(
            tally,
            "SIGKILL: an orchestrator of 4 GiB, alone",
            Habit::Plain,
            1,
            &large,
        )
    }
}

fn one(tally: &mut Tally, what: &str, habit: Habit, trees: usize, setting: &Setting) -> Result<()> {
    let left = left_by(Kind::OrchAsync, habit, trees, setting)?;
    tally.add(what, trees as u64, 0);
    if left > 0 {
        tally.failed(what, format!("{left} members of {trees} trees are left"));
    }
    Ok(())
}

fn free_gib() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib = line.and_then(|line| line.split_ascii_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / (1024 * 1024)
}
