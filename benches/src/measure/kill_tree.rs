//! From the kill of a tree until nobody of it is left, and who is left all the same.

use anyhow::Result;

use super::Plan;
use super::contest::{Entrant, play};
use super::marker::Marker;
use super::tree::{Habit, grown, words};
use super::worker::{Setting, Worker};
use crate::contender::Kind;
use crate::report::{Bar, Key, Report};
use crate::worker::{Ask, Reply, Streams};

pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    let marker = Marker::new();
    let words = words(&marker, Habit::Plain)?;
    let kinds = [
        Kind::Raw,
        Kind::OrchAsync,
        Kind::Orch,
        Kind::PortablePty,
        Kind::PtyProcess,
    ];
    let mut entrants = kinds
        .into_iter()
        .map(|kind| Entrant::new(kind, &Setting::default(), Streams::Terminal, &words))
        .collect::<Result<Vec<_>>>()?;
    let mut left = vec![0; entrants.len()];
    let rounds = plan.rounds(60, 10);
    play(rounds, &mut entrants, |kind, worker| {
        let (reply, survivors) = one(worker, &marker)?;
        let place = kinds.iter().position(|&other| other == kind).unwrap_or(0);
        left[place] += survivors;
        Ok(reply)
    })?;
    let what = "kill of a tree of five until nobody is left";
    let (limit, others) = entrants.split_first().expect("the raw one is first");
    report.limit(what, &limit.wall);
    for (entrant, survivors) in others.iter().zip(&left[1..]) {
        let (bar, key) = match entrant.kind {
            Kind::OrchAsync => (Some(Bar::AtMost(3.0)), Some(Key::KillTree)),
            Kind::Orch => (Some(Bar::AtMost(3.0)), None),
            _ => (None, None),
        };
        // Who leaves somebody is not done: its time says nothing.
        if bar.is_some() || *survivors == 0 {
            report.ratio(what, entrant.kind.title(), entrant.wall_to(limit), bar, key);
        }
    }
    for (entrant, &survivors) in entrants
        .iter()
        .zip(&left)
        .filter(|(entrant, _)| entrant.kind != Kind::OrchAsync)
    {
        let bar = (entrant.kind == Kind::Orch).then_some(Bar::AtMost(0.0));
        let what = format!("members left after the kill, {} trees", rounds + 1);
        report.count(&what, entrant.kind.title(), f64::from(survivors), bar, None);
    }
    let more = plan.pick(1_000, 20);
    let ours = &mut entrants[1];
    let mut survivors = left[1];
    for _ in (rounds + 1)..more {
        survivors += one(&mut ours.worker, &marker)?.1;
    }
    let what = format!("members left after the kill, {} trees", more.max(rounds + 1));
    let bar = Some(Bar::AtMost(0.0));
    report.count(
        &what,
        ours.kind.title(),
        f64::from(survivors),
        bar,
        Some(Key::SurvivorsKill),
    );
    Ok(())
}

/// How long the kill took, and how many carried the mark after it.
fn one(worker: &mut Worker, marker: &Marker) -> Result<(Reply, u32)> {
    worker.ask(&Ask::Start { count: 1 })?;
    grown(marker)?;
    let reply = worker.ask(&Ask::KillTree)?;
    let survivors = marker.bearers().len();
    marker.clear()?;
    Ok((reply, u32::try_from(survivors)?))
}
