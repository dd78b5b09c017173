//! Who is left a second after the program that started a tree was killed without a warning.

use std::thread;
use std::time::Duration;

use anyhow::Result;

use super::Plan;
use super::marker::Marker;
use super::tree::{Habit, grown, words};
use super::worker::{Setting, Worker};
use crate::contender::Kind;
use crate::report::{Bar, Key, Report};
use crate::worker::{Ask, Streams};

/// How many at once.
const TOGETHER: usize = 8;

pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    for (kind, batches) in [
        (Kind::OrchAsync, plan.pick(9, 1)),
        (Kind::PortablePty, 1),
        (Kind::PtyProcess, 1),
    ] {
        let habits = [Habit::Plain, Habit::Scrubbed, Habit::Reforking];
        let mut left = 0;
        for habit in habits {
            for _ in 0..batches {
                left += left_by(kind, habit, TOGETHER, &Setting::default())?;
            }
        }
        let trials = habits.len() * batches * TOGETHER;
        let what = format!("members left 1 s after SIGKILL of the orchestrator, {trials} trees");
        let ours = kind == Kind::OrchAsync;
        let key = ours.then_some(Key::SurvivorsOrchestratorKilled);
        report.count(
            &what,
            kind.title(),
            f64::from(left),
            ours.then_some(Bar::AtMost(0.0)),
            key,
        );
    }
    Ok(())
}

/// How many members are left of so many trees at once.
pub(crate) fn left_by(kind: Kind, habit: Habit, trees: usize, setting: &Setting) -> Result<u32> {
    let mut trials = (0..trees)
        .map(|_| {
            let marker = Marker::new();
            let mut worker = Worker::hire(kind, setting)?;
            worker.prepare(Streams::Terminal, &words(&marker, habit)?)?;
            worker.ask(&Ask::Start { count: 1 })?;
            Ok((marker, worker))
        })
        .collect::<Result<Vec<_>>>()?;
    for (marker, _) in &trials {
        grown(marker)?;
    }
    for (_, worker) in &mut trials {
        worker.kill()?;
    }
    thread::sleep(Duration::from_secs(1));
    let mut left = 0;
    for (marker, _) in &trials {
        left += u32::try_from(marker.bearers().len())?;
        marker.clear()?;
    }
    Ok(left)
}
