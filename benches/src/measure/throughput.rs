//! A flood of output, read to its end: how fast, and whether all of it came.

use anyhow::Result;

use super::Plan;
use super::contest::{Entrant, play};
use super::worker::Setting;
use crate::contender::Kind;
use crate::member::{LINE, WRITER};
use crate::report::{Bar, Key, Report};
use crate::statistics::ratio;
use crate::worker::{Ask, Streams};

const MIB: usize = 1024 * 1024;

/// One flood.
struct Flood {
    what: &'static str,
    lost: &'static str,
    mode: &'static str,
    streams: Streams,
    bytes: usize,
    peers: &'static [Kind],
    key: Key,
}

pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    let terminals = &[Kind::PortablePty, Kind::PtyProcess, Kind::Expectrl];
    let floods = [
        Flood {
            what: "throughput, cooked terminal",
            lost: "bytes lost, cooked terminal",
            mode: "cooked",
            streams: Streams::Terminal,
            bytes: plan.pick(32, 8) * MIB,
            peers: terminals,
            key: Key::ThroughputCooked,
        },
        Flood {
            what: "throughput, raw terminal",
            lost: "bytes lost, raw terminal",
            mode: "raw",
            streams: Streams::Terminal,
            bytes: plan.pick(64, 16) * MIB,
            peers: terminals,
            key: Key::ThroughputRaw,
        },
        Flood {
            what: "throughput, pipe",
            lost: "bytes lost, pipe",
            mode: "raw",
            streams: Streams::Pipe,
            bytes: plan.pick(1024, 256) * MIB,
            peers: &[Kind::TokioPipe],
            key: Key::ThroughputPipe,
        },
    ];
    floods.iter().try_for_each(|flood| one(plan, flood, report))
}

fn one(plan: Plan, flood: &Flood, report: &mut Report) -> Result<()> {
    let own = std::env::current_exe()?.to_string_lossy().into_owned();
    let words = [
        own,
        "member".to_owned(),
        WRITER.to_owned(),
        flood.mode.to_owned(),
        flood.bytes.to_string(),
    ];
    let kinds = [Kind::Raw, Kind::OrchAsync, Kind::Orch];
    let mut entrants = kinds
        .iter()
        .chain(flood.peers)
        .map(|&kind| Entrant::new(kind, &Setting::default(), flood.streams, &words))
        .collect::<Result<Vec<_>>>()?;
    // A terminal that processes output makes two bytes of each end of line.
    let ends = if flood.mode == "cooked" {
        flood.bytes / LINE
    } else {
        0
    };
    let expected = (flood.bytes + ends) as u64;
    let mut missing = vec![0; entrants.len()];
    let order: Vec<Kind> = entrants.iter().map(|entrant| entrant.kind).collect();
    play(plan.rounds(15, 4), &mut entrants, |kind, worker| {
        let reply = worker.ask(&Ask::Drain)?;
        let place = order.iter().position(|&other| other == kind).unwrap_or(0);
        missing[place] += expected.abs_diff(reply.count);
        Ok(reply)
    })?;
    let (limit, others) = entrants.split_first().expect("the raw one is first");
    report.limit(flood.what, &limit.wall);
    for entrant in others {
        let (bar, key) = match entrant.kind {
            Kind::OrchAsync => (Some(Bar::AtLeast(0.97)), Some(flood.key)),
            Kind::Orch => (Some(Bar::AtLeast(0.97)), None),
            _ => (None, None),
        };
        // Of speeds: the longer it takes, the smaller.
        let speed = ratio(&limit.wall, &entrant.wall);
        report.ratio(flood.what, entrant.kind.title(), speed, bar, key);
    }
    for (entrant, lost) in entrants.iter().zip(missing) {
        let ours = matches!(entrant.kind, Kind::OrchAsync | Kind::Orch);
        #[allow(clippy::cast_precision_loss, reason = "far below 52 bits")]
        report.count(
            flood.lost,
            entrant.kind.title(),
            lost as f64,
            ours.then_some(Bar::AtMost(0.0)),
            None,
        );
    }
    Ok(())
}
