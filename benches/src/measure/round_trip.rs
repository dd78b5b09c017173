//! A line to `cat` and back, everybody on one processor: between two, it measures how long an idle one takes to wake.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::Plan;
use super::contest::{Entrant, play};
use super::worker::{Setting, Worker};
use crate::contender::Kind;
use crate::report::{Bar, Key, Report};
use crate::worker::{Ask, Streams};

/// How many in a turn.
const TIMES: usize = 500;

pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    let kinds = [
        Kind::Raw,
        Kind::Orch,
        Kind::OrchAsync,
        Kind::PortablePty,
        Kind::PtyProcess,
        Kind::Expectrl,
    ];
    let words = ["/bin/sh", "-c", "stty -echo; exec cat"].map(str::to_owned);
    let setting = Setting {
        pinned: true,
        ..Setting::default()
    };
    let mut entrants = kinds
        .into_iter()
        .map(|kind| Entrant::new(kind, &setting, Streams::Terminal, &words))
        .collect::<Result<Vec<_>>>()?;
    for entrant in &mut entrants {
        entrant.worker.ask(&Ask::Start { count: 1 })?;
        until_cat(&entrant.worker)?;
    }
    play(plan.rounds(100, 20), &mut entrants, |_, worker| {
        let mut reply = worker.ask(&Ask::Echo { times: TIMES })?;
        for wall in &mut reply.wall {
            *wall /= 500.0;
        }
        Ok(reply)
    })?;
    let what = "round trip through cat, one processor";
    let (limit, others) = entrants.split_first().expect("the raw one is first");
    report.limit(what, &limit.wall);
    for entrant in others {
        let (bar, key) = match entrant.kind {
            Kind::Orch => (Some(Bar::AtMost(1.05)), Some(Key::Roundtrip)),
            Kind::OrchAsync => (Some(Bar::AtMost(1.10)), Some(Key::RoundtripAsync)),
            _ => (None, None),
        };
        report.ratio(what, entrant.kind.title(), entrant.wall_to(limit), bar, key);
    }
    Ok(())
}

/// The shell has turned the echo off when it has become `cat`.
fn until_cat(worker: &Worker) -> Result<()> {
    let (pid, start) = (worker.pid(), Instant::now());
    loop {
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
        let is_cat =
            |child: &str| fs::read_to_string(format!("/proc/{child}/comm")).is_ok_and(|name| name == "cat\n");
        if children.split_ascii_whitespace().any(is_cat) {
            return Ok(());
        }
        ensure!(
            start.elapsed() < Duration::from_secs(60),
            "no cat came up under {pid}"
        );
        thread::sleep(Duration::from_millis(1));
    }
}
