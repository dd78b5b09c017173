//! A worker that does nothing: what the way through `Cx` costs beside the terminal that it runs in.

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
    let words = [TRUE.to_owned()];
    let mut entrants = [Kind::OrchAsync, Kind::Swept, Kind::Cx]
        .into_iter()
        .map(|kind| Entrant::new(kind, &Setting::default(), Streams::Terminal, &words))
        .collect::<Result<Vec<_>>>()?;
    play(plan.rounds(200, 20), &mut entrants, |_, worker| {
        worker.ask(&Ask::Run { times: TIMES })
    })?;
    let (plain, others) = entrants.split_first().expect("the plain one is first");
    let what = "no-op worker, start to finish, wall";
    report.reference(what, plain.kind.title(), &plain.wall);
    for entrant in others {
        let ours = entrant.kind == Kind::Cx;
        let (bar, key) = (ours.then_some(Bar::AtMost(1.5)), ours.then_some(Key::NoopWall));
        report.ratio(what, entrant.kind.title(), entrant.wall_to(plain), bar, key);
    }
    let what = "no-op worker, start to finish, our CPU";
    report.reference(what, plain.kind.title(), &plain.cpu);
    for entrant in others {
        let key = (entrant.kind == Kind::Cx).then_some(Key::NoopCpu);
        report.ratio(what, entrant.kind.title(), entrant.cpu_to(plain), None, key);
    }
    Ok(())
}
