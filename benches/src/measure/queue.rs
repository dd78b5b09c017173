//! A thousand workers in a queue: how long, and whose processor time it is.

use anyhow::{Context as _, Result};

use super::contest::{Entrant, play};
use super::worker::Setting;
use super::{Plan, TRUE};
use crate::contender::Kind;
use crate::member::SPINNER;
use crate::report::{Key, Report};
use crate::statistics::median;
use crate::worker::{Ask, Streams};

pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    let own = std::env::current_exe()?;
    let own = own.to_str().context("a path in UTF-8")?;
    let spinner = [own, "member", SPINNER, "5"].map(str::to_owned);
    let noop = [TRUE.to_owned()];
    for at_most in [2, 4, 8] {
        one(plan, report, "no-op workers", &noop, at_most)?;
    }
    for at_most in [2, 4, 8] {
        one(plan, report, "workers of 5 ms", &spinner, at_most)?;
    }
    Ok(())
}

fn one(plan: Plan, report: &mut Report, which: &str, words: &[String], at_most: usize) -> Result<()> {
    let count = plan.pick(1_000, 100);
    let mut entrants = [Kind::Swept, Kind::Cx]
        .into_iter()
        .map(|kind| Entrant::new(kind, &Setting::default(), Streams::Terminal, words))
        .collect::<Result<Vec<_>>>()?;
    let mut children: [Vec<f64>; 2] = Default::default();
    play(plan.rounds(7, 3), &mut entrants, |kind, worker| {
        let reply = worker.ask(&Ask::Queue { count, at_most })?;
        children[usize::from(kind == Kind::Cx)].push(reply.children);
        Ok(reply)
    })?;
    let what = format!("{count} {which} in a queue, {at_most} at once");
    let (swept, ours) = (&entrants[0], &entrants[1]);
    report.reference(&format!("{what}, wall"), swept.kind.title(), &swept.wall);
    let ratio = ours.wall_to(swept);
    report.ratio(&format!("{what}, wall"), ours.kind.title(), ratio, None, None);
    let heavy = which != "no-op workers";
    for (entrant, children) in entrants.iter().zip(&children) {
        // The first round is in one series and not in the other: it is not counted.
        let children = median(&children[1..]);
        let (cpu, wall) = (median(&entrant.cpu), median(&entrant.wall));
        let two_at_once = at_most == 2 && entrant.kind == Kind::Cx;
        let share = if heavy {
            Key::QueueShareWork
        } else {
            Key::QueueShareNoop
        };
        let title = entrant.kind.title();
        let key = two_at_once.then_some(share);
        let row = format!("{what}: our share of the processor time, %");
        report.count(&row, title, 100.0 * cpu / (cpu + children), None, key);
        let key = (two_at_once && heavy).then_some(Key::QueueBusyWork);
        let row = format!("{what}: processors busy");
        report.count(&row, title, (cpu + children) / wall, None, key);
    }
    Ok(())
}
