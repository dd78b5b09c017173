//! System calls of a spawn: the parent's, all its threads and helpers included, and the child's before it execs.
//!
//! What is done once is not counted: it is the difference between twice as many spawns and so many, of one process that
//! has spawned before and goes on afterwards.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::strace::Trace;
use super::worker::{Setting, Worker};
use super::{Plan, TRUE};
use crate::contender::Kind;
use crate::report::{Bar, Key, Report};
use crate::worker::{Ask, Streams};

/// Spawns before counting begins.
const WARMING: usize = 3;

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

fn per_spawn(kind: Kind, spawns: usize) -> Result<f64> {
    Ok(by_name(kind, spawns)?.values().sum())
}

/// Which calls a spawn is made of, by name.
pub(crate) fn by_name(kind: Kind, spawns: usize) -> Result<BTreeMap<String, f64>> {
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
    for times in [WARMING, spawns, 2 * spawns] {
        worker.ask(&Ask::Run { times })?;
    }
    worker.dismiss()?;
    let calls = trace.calls_until_exec_of(TRUE)?;
    let mut answers: Vec<f64> = calls
        .iter()
        .filter(|call| call.answers)
        .map(|call| call.at)
        .collect();
    answers.sort_unstable_by(f64::total_cmp);
    let &[_prepared, warm, once, twice] = answers.as_slice() else {
        bail!("a trace with {} answers in place of four", answers.len());
    };
    let mut counts = BTreeMap::new();
    for call in calls {
        // What an answer itself costs is in both, and so taken away.
        let weight = match call.at {
            at if warm < at && at <= once => -1,
            at if once < at && at <= twice => 1,
            _ => continue,
        };
        *counts.entry(call.name).or_insert(0) += weight;
    }
    let spawns = f64::from(u32::try_from(spawns)?);
    let each = counts
        .into_iter()
        .map(|(name, count)| (name, f64::from(count) / spawns));
    Ok(each.filter(|(_, count)| *count != 0.0).collect())
}
