//! From the kill of a child to its status.

use anyhow::Result;

use super::Plan;
use super::contest::{Entrant, play};
use super::marker::Marker;
use super::worker::Setting;
use crate::contender::Kind;
use crate::report::{Bar, Key, Report};
use crate::worker::{Ask, Reply, Streams};

/// How many in a turn.
const TIMES: usize = 5;

pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    let marker = Marker::new();
    let kinds = [
        (Kind::Raw, Streams::Terminal),
        (Kind::Orch, Streams::Terminal),
        (Kind::OrchAsync, Streams::Terminal),
        (Kind::PortablePty, Streams::Terminal),
        (Kind::PtyProcess, Streams::Terminal),
        (Kind::Expectrl, Streams::Terminal),
        (Kind::TokioPipe, Streams::Pipe),
    ];
    let mut entrants = kinds
        .into_iter()
        .map(|(kind, streams)| Entrant::new(kind, &Setting::default(), streams, &marker.sleeper()))
        .collect::<Result<Vec<_>>>()?;
    play(plan.rounds(60, 10), &mut entrants, |_, worker| {
        let mut turn = Reply::default();
        for _ in 0..TIMES {
            worker.ask(&Ask::Start { count: 1 })?;
            // As long as it starts, its own work is in the way.
            marker.until(
                "it sleeps",
                |bearers| matches!(bearers, [(_, name)] if name == "sleep"),
            )?;
            let reply = worker.ask(&Ask::KillLeader)?;
            turn.wall.extend(reply.wall);
            turn.cpu += reply.cpu;
            marker.clear()?;
        }
        Ok(turn)
    })?;
    let what = "kill of a child to its status";
    let (limit, others) = entrants.split_first().expect("the raw one is first");
    report.limit(what, &limit.wall);
    for entrant in others {
        let (bar, key) = match entrant.kind {
            Kind::Orch => (Some(Bar::AtMost(1.1)), Some(Key::KillLeader)),
            Kind::OrchAsync => (Some(Bar::AtMost(1.1)), None),
            _ => (None, None),
        };
        report.ratio(what, entrant.kind.title(), entrant.wall_to(limit), bar, key);
    }
    Ok(())
}
