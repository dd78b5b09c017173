//! A thousand live sessions with output on one thread: how late a task of one's own becomes, and what memory they take.

use anyhow::{Context as _, Result};

use super::Plan;
use super::worker::{Setting, Worker};
use crate::contender::Kind;
use crate::report::{Bar, Key, Report};
use crate::statistics::median;
use crate::worker::{Ask, Beats};

const SESSIONS: usize = 1_000;

/// More than a session keeps of its output, so that each keeps as much as it ever will.
const FIRST: usize = 160 << 10;

/// Of a millisecond each: at least ten seconds.
const BEATS: usize = 10_000;

/// One of the numbers of a run.
type Figure = fn(&Beats) -> f64;

/// A nanosecond in milliseconds.
const MS: f64 = 1e-6;

#[allow(
    clippy::cast_precision_loss,
    reason = "these are bytes of one machine's memory"
)]
pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    let ask = Ask::Beat {
        sessions: plan.pick(SESSIONS, 100),
        first: FIRST,
        beats: plan.pick(BEATS, 1_000),
    };
    let kinds = [Kind::Unheard, Kind::Sessions];
    let mut found: [Vec<Beats>; 2] = Default::default();
    for _ in 0..plan.rounds(5, 3) {
        for (kind, found) in kinds.into_iter().zip(&mut found) {
            let mut worker = Worker::hire(kind, &Setting::default())?;
            found.push(worker.ask(&ask)?.beats.context("a heartbeat")?);
            worker.dismiss()?;
        }
    }
    let sessions = plan.pick(SESSIONS, 100);
    let what = format!("{sessions} programs print 10 lines a second each");
    for (kind, found) in kinds.into_iter().zip(&found) {
        let of = |figure: Figure| median(&found.iter().map(figure).collect::<Vec<_>>());
        let ours = kind == Kind::Sessions;
        let quantiles: [(&str, Figure); 4] = [
            ("median", |beats| beats.p50),
            ("p99", |beats| beats.p99),
            ("p99.9", |beats| beats.p999),
            ("worst", |beats| beats.max),
        ];
        for (name, figure) in quantiles {
            let barred = ours && name == "p99.9";
            let (bar, key) = (Bar::AtMost(50.0), Key::HeartbeatP999Ms);
            report.count(
                &format!("{what}: a heartbeat's lateness, {name}, ms"),
                kind.title(),
                of(figure) * MS,
                barred.then_some(bar),
                barred.then_some(key),
            );
        }
    }
    let of = |figure: Figure| median(&found[1].iter().map(figure).collect::<Vec<_>>());
    let title = Kind::Sessions.title();
    let row = |rest: &str| format!("{what}: {rest}");
    let lines = of(|beats| beats.lines as f64 * 1e9 / beats.span);
    report.count(&row("lines read, each second"), title, lines, None, None);
    let mib = f64::from(1 << 20);
    let kept = of(|beats| beats.kept as f64) / mib;
    report.count(&row("transcript kept, MiB"), title, kept, None, None);
    let grown = of(|beats| beats.resident as f64) / mib;
    report.count(&row("memory, MiB"), title, grown, None, None);
    let key = Some(Key::MemoryToTranscript);
    report.count(&row("memory to transcript"), title, grown / kept, None, key);
    Ok(())
}
