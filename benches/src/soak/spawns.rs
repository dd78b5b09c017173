//! Spawns by the hundred thousand in the same process: what it holds stays the same.

use std::fs;

use anyhow::{Context as _, Result};

use super::{Tally, Trial};
use crate::contender::Kind;
use crate::measure::worker::{Setting, Worker};
use crate::worker::{Ask, Streams};

/// In one round, by each way.
const SPAWNS: usize = 4_000;
/// At once: an answer lists the time of each.
const PIECE: usize = 500;
/// What an allocator may keep, in KiB.
const GROWTH_MOST: u64 = 4 * 1024;

/// The workers live as long as the soak.
#[derive(Default)]
pub(super) struct Spawns(Vec<(Kind, Worker, Footprint)>);

/// What a process holds.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Footprint {
    files: usize,
    threads: usize,
    /// Zombies among them.
    children: usize,
    kib: u64,
}

impl Trial for Spawns {
    fn round(&mut self, tally: &mut Tally) -> Result<()> {
        if self.0.is_empty() {
            for kind in [Kind::OrchAsync, Kind::Orch] {
                let mut worker = Worker::hire(kind, &Setting::default())?;
                worker.prepare(Streams::Terminal, &["/bin/true".to_owned()])?;
                worker.ask(&Ask::Run { times: PIECE })?;
                let before = Footprint::of(worker.pid())?;
                self.0.push((kind, worker, before));
            }
        }
        for (kind, worker, before) in &mut self.0 {
            let what = format!(
                "spawns of {} with descriptors, threads, zombies and memory flat",
                kind.title()
            );
            for _ in 0..SPAWNS / PIECE {
                worker.ask(&Ask::Run { times: PIECE })?;
            }
            let now = Footprint::of(worker.pid())?;
            tally.add(&what, SPAWNS as u64, 0);
            if !now.is_as_flat_as(before) {
                tally.failed(&what, format!("{before:?} has become {now:?}"));
            }
        }
        Ok(())
    }
}

impl Footprint {
    fn of(pid: u32) -> Result<Self> {
        let count =
            |folder: &str| -> Result<usize> { Ok(fs::read_dir(format!("/proc/{pid}/{folder}"))?.count()) };
        let mut children = 0;
        for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
            let list = fs::read_to_string(thread?.path().join("children"))?;
            children += list.split_ascii_whitespace().count();
        }
        Ok(Self {
            files: count("fd")?,
            threads: count("task")?,
            children,
            kib: resident(pid, "VmRSS:")?,
        })
    }

    fn is_as_flat_as(&self, before: &Self) -> bool {
        let Self {
            files,
            threads,
            children,
            kib,
        } = self;
        (*files, *threads, *children) == (before.files, before.threads, before.children)
            && kib.saturating_sub(before.kib) <= GROWTH_MOST
    }
}

/// A line of a process's status, in KiB.
pub(super) fn resident(pid: u32, label: &str) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(label));
    let number = line.and_then(|line| line.split_ascii_whitespace().next());
    Ok(number.with_context(|| format!("no {label} of {pid}"))?.parse()?)
}
