//! Whether a spawn grows with the memory of the program that spawns.

use anyhow::Result;

use super::contest::{Entrant, play};
use super::worker::Setting;
use super::{Plan, TRUE};
use crate::contender::Kind;
use crate::report::{Bar, Key, Report};
use crate::worker::{Ask, Streams};

const GIB: usize = 4;
const WHAT: &str = "spawn to exit, with 4 GiB in the parent / with none";

pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    for kind in [
        Kind::Raw,
        Kind::Orch,
        Kind::OrchAsync,
        Kind::PortablePty,
        Kind::PtyProcess,
    ] {
        // A fork of 4 GiB takes a second.
        let forks = matches!(kind, Kind::PortablePty | Kind::PtyProcess);
        let (rounds, times) = if forks {
            (plan.pick(5, 3), 1)
        } else {
            (plan.rounds(100, 15), 5)
        };
        let words = [TRUE.to_owned()];
        let enter = |memory| {
            let setting = Setting {
                memory,
                ..Setting::default()
            };
            Entrant::new(kind, &setting, Streams::Terminal, &words)
        };
        let mut entrants = [enter(0)?, enter(GIB)?];
        play(rounds, &mut entrants, |_, worker| worker.ask(&Ask::Run { times }))?;
        let [light, heavy] = &entrants;
        let (bar, key) = match kind {
            Kind::Orch => (Some(Bar::AtMost(1.05)), Some(Key::GrowthMemory4g)),
            Kind::OrchAsync => (Some(Bar::AtMost(1.05)), None),
            _ => (None, None),
        };
        report.ratio(WHAT, kind.title(), heavy.wall_to(light), bar, key);
    }
    Ok(())
}
