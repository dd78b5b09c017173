//! System calls of a spawn: the parent's, all its threads and helpers included, and the child's before it execs.
//!
//! What is done once is not counted: it is the difference between twice as many spawns and so many.

use std::collections::BTreeMap;

use anyhow::Result;

use super::strace::Trace;
use super::worker::{Setting, Worker};
use super::{Plan, TRUE};
use crate::contender::Kind;
use crate::report::{Bar, Key, Report};
use crate::worker::{Ask, Streams};

pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    let what = "system calls a spawn";
    for kind in [
        Kind::Raw,
        Kind::Orch,
        Kind::OrchAsync,
        Kind::PortablePty,
        Kind::PtyProcess,
        Kind::Expectrl,
        Kind::TokioPipe,
    ] {
        let (bar, key) = match kind {
            Kind::Orch => (Some(Bar::AtMost(24.0)), Some(Key::SpawnSyscalls)),
            Kind::OrchAsync => (Some(Bar::AtMost(32.0)), None),
            _ => (None, None),
        };
        // Twenty thousand lines each.
        let spawns = if kind == Kind::Expectrl {
            2
        } else {
            plan.pick(50, 10)
        };
        report.count(what, kind.title(), per_spawn(kind, spawns)?, bar, key);
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "some thousand calls")]
fn per_spawn(kind: Kind, spawns: usize) -> Result<f64> {
    let once = total(&calls(kind, spawns)?);
    let twice = total(&calls(kind, 2 * spawns)?);
    Ok((twice as f64 - once as f64) / spawns as f64)
}

/// Which calls a spawn is made of, by name, in the same sense; for people and for a test.
pub(crate) fn by_name(kind: Kind, spawns: usize) -> Result<BTreeMap<String, f64>> {
    let (once, twice) = (calls(kind, spawns)?, calls(kind, 2 * spawns)?);
    let spawns = u32::try_from(spawns)?;
    let difference = twice.into_iter().map(|(name, count)| {
        let before = once.get(&name).copied().unwrap_or(0);
        (name, (f64::from(count) - f64::from(before)) / f64::from(spawns))
    });
    Ok(difference.filter(|(_, count)| *count != 0.0).collect())
}

fn calls(kind: Kind, spawns: usize) -> Result<BTreeMap<String, u32>> {
    let trace = Trace::new()?;
    let setting = Setting {
        under: trace.words(),
        ..Setting::default()
    };
    let streams = match kind {
        Kind::TokioPipe => Streams::Pipe,
        _ => Streams::Terminal,
    };
    let mut worker = Worker::hire(kind, &setting)?;
    worker.prepare(streams, &[TRUE.to_owned()])?;
    worker.ask(&Ask::Run { times: spawns })?;
    worker.dismiss()?;
    let mut counts = BTreeMap::new();
    for call in trace.calls_until_exec_of(TRUE)? {
        *counts.entry(call.name).or_insert(0) += 1;
    }
    Ok(counts)
}

fn total(counts: &BTreeMap<String, u32>) -> u32 {
    counts.values().sum()
}
