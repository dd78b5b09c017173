//! How long it takes until a thousand sessions live.

use anyhow::Result;

use super::Plan;
use super::contest::{Entrant, play};
use super::marker::Marker;
use super::worker::{Setting, Worker};
use crate::contender::Kind;
use crate::report::{Bar, Key, Report};
use crate::worker::{Ask, Streams};

pub(super) const SESSIONS: usize = 1_000;

pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    let mut kinds = vec![Kind::Raw, Kind::OrchAsync, Kind::Orch, Kind::PtyProcess];
    if !plan.quick {
        // About 20 s each time.
        kinds.push(Kind::PortablePty);
    }
    let marker = Marker::new();
    let words = marker.sleeper();
    let enter = |kind| Entrant::new(kind, &Setting::default(), Streams::Terminal, &words);
    let mut entrants = kinds.into_iter().map(enter).collect::<Result<Vec<_>>>()?;
    play(plan.rounds(9, 3), &mut entrants, |kind, worker| {
        let reply = worker.ask(&Ask::Start { count: SESSIONS })?;
        // What lives on must not burden the next one, and killing them politely takes longer than starting them.
        worker.kill()?;
        marker.clear()?;
        *worker = Worker::hire(kind, &Setting::default())?;
        worker.prepare(Streams::Terminal, &words)?;
        Ok(reply)
    })?;
    let what = "1,000 sessions started";
    let (limit, others) = entrants.split_first().expect("the raw one is first");
    report.limit(what, &limit.wall);
    for entrant in others {
        let (bar, key) = match entrant.kind {
            Kind::OrchAsync => (Some(Bar::AtMost(1.1)), Some(Key::GrowthSessions1000)),
            Kind::Orch => (Some(Bar::AtMost(1.1)), None),
            _ => (None, None),
        };
        report.ratio(what, entrant.kind.title(), entrant.wall_to(limit), bar, key);
    }
    Ok(())
}
