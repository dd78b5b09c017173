//! From spawn to exit of `/bin/true`, drained and reaped: wall clock and the parent's processor time.

use anyhow::Result;

use super::contest::{Entrant, play};
use super::worker::Setting;
use super::{Plan, TRUE};
use crate::contender::Kind;
use crate::report::{Bar, Key, Report};
use crate::worker::{Ask, Streams};

/// How often in a turn.
const TIMES: usize = 5;

pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    let kinds = [
        (Kind::Raw, Streams::Terminal),
        (Kind::Orch, Streams::Terminal),
        (Kind::OrchAsync, Streams::Terminal),
        (Kind::PortablePty, Streams::Terminal),
        (Kind::PtyProcess, Streams::Terminal),
        (Kind::Expectrl, Streams::Terminal),
        (Kind::TokioPipe, Streams::Pipe),
    ];
    let words = [TRUE.to_owned()];
    let mut entrants = kinds
        .into_iter()
        .map(|(kind, streams)| Entrant::new(kind, &Setting::default(), streams, &words))
        .collect::<Result<Vec<_>>>()?;
    play(plan.rounds(150, 20), &mut entrants, |_, worker| {
        worker.ask(&Ask::Run { times: TIMES })
    })?;
    let (limit, others) = entrants.split_first().expect("the raw one is first");
    report.limit("spawn to exit, wall", &limit.wall);
    for entrant in others {
        let (bar, key) = match entrant.kind {
            Kind::Orch => (Some(Bar::AtMost(1.05)), Some(Key::SpawnWall)),
            Kind::OrchAsync => (Some(Bar::AtMost(1.10)), Some(Key::SpawnWallAsync)),
            _ => (None, None),
        };
        report.ratio(
            "spawn to exit, wall",
            entrant.kind.title(),
            entrant.wall_to(limit),
            bar,
            key,
        );
    }
    report.limit("spawn to exit, parent's CPU", &limit.cpu);
    for entrant in others {
        let (bar, key) = match entrant.kind {
            Kind::Orch => (Some(Bar::AtMost(1.15)), Some(Key::SpawnCpu)),
            Kind::OrchAsync => (Some(Bar::AtMost(1.40)), Some(Key::SpawnCpuAsync)),
            _ => (None, None),
        };
        report.ratio(
            "spawn to exit, parent's CPU",
            entrant.kind.title(),
            entrant.cpu_to(limit),
            bar,
            key,
        );
    }
    Ok(())
}
