//! Floods of output: counted exactly, in memory that does not grow.

use anyhow::Result;

use super::spawns::resident;
use super::{Tally, Trial};
use crate::contender::Kind;
use crate::measure::worker::{Setting, Worker};
use crate::member::WRITER;
use crate::worker::{Ask, Streams};

const MIB: u64 = 1024 * 1024;
/// Over what it was before, in KiB.
const GROWTH_MOST: u64 = 16 * 1024;

#[derive(Debug)]
pub(super) struct Floods;

impl Trial for Floods {
    fn round(&mut self, tally: &mut Tally) -> Result<()> {
        flood(tally, Streams::Pipe, "MiB of a flood through a pipe", 10_000)?;
        flood(tally, Streams::Terminal, "MiB of a flood through a terminal", 512)
    }
}

fn flood(tally: &mut Tally, streams: Streams, what: &str, mib: u64) -> Result<()> {
    let own = std::env::current_exe()?.to_string_lossy().into_owned();
    let words = |bytes: u64| ["member", WRITER, "raw", &bytes.to_string()].map(str::to_owned);
    let mut worker = Worker::hire(Kind::OrchAsync, &Setting::default())?;
    let mut drained = |bytes: u64| -> Result<(u64, u64)> {
        let words: Vec<String> = std::iter::once(own.clone()).chain(words(bytes)).collect();
        worker.prepare(streams, &words)?;
        let count = worker.ask(&Ask::Drain)?.count;
        Ok((count, resident(worker.pid(), "VmHWM:")?))
    };
    // What is set up once is there after a short one.
    let (_, before) = drained(8 * MIB)?;
    let (count, after) = drained(mib * MIB)?;
    worker.dismiss()?;
    tally.add(what, mib, 0);
    if count != mib * MIB {
        tally.failed(what, format!("of {} bytes {count} arrived", mib * MIB));
    }
    if after.saturating_sub(before) >= GROWTH_MOST {
        tally.failed(what, format!("memory grew from {before} KiB to {after} KiB"));
    }
    Ok(())
}
