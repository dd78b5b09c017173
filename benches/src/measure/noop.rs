//! A worker that does nothing: what the way through `Cx` costs beside the terminal that it runs in.

use anyhow::{Result, bail};

use super::contest::{Entrant, play};
use super::worker::Setting;
use super::{Plan, TRUE};
use crate::contender::Kind;
use crate::report::{Bar, Key, Report};
use crate::worker::{Ask, Streams};

/// How often in a turn.
const TIMES: usize = 5;

pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    let words = [TRUE.to_owned()];
    let mut entrants = [Kind::OrchAsync, Kind::Swept, Kind::Cx]
        .into_iter()
        .map(|kind| Entrant::new(kind, &Setting::default(), Streams::Terminal, &words))
        .collect::<Result<Vec<_>>>()?;
    play(plan.rounds(200, 20), &mut entrants, |_, worker| {
        worker.ask(&Ask::Run { times: TIMES })
    })?;
    let [bare, swept, ours] = &entrants[..] else {
        bail!("three take part");
    };
    let bar = Some(Bar::AtMost(1.5));
    let what = "no-op worker, start to finish, wall";
    report.reference(what, swept.kind.title(), &swept.wall);
    report.ratio(what, bare.kind.title(), bare.wall_to(swept), None, None);
    report.ratio(
        what,
        ours.kind.title(),
        ours.wall_to(swept),
        bar,
        Some(Key::NoopWall),
    );
    let what = "no-op worker, start to finish, our CPU";
    report.reference(what, swept.kind.title(), &swept.cpu);
    report.ratio(what, bare.kind.title(), bare.cpu_to(swept), None, None);
    report.ratio(
        what,
        ours.kind.title(),
        ours.cpu_to(swept),
        None,
        Some(Key::NoopCpu),
    );
    let what = "no-op worker to a spawn that nobody sweeps up after, wall";
    report.reference(what, bare.kind.title(), &bare.wall);
    let key = Some(Key::NoopWallUnswept);
    report.ratio(what, ours.kind.title(), ours.wall_to(bare), bar, key);
    Ok(())
}
