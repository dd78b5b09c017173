//! The workers of a run, as JSON: what became of them, not what they said.

use jiff::Timestamp;
use orch_patterns::orch_core::Process;
use orch_patterns::{Entry, Outcome, Roster, engine, plain};
use serde::Serialize;

/// One worker.
#[derive(Debug, Serialize)]
pub struct Worker<'a> {
    label: &'a str,
    agent: &'a str,
    pid: Option<u32>,
    terminal: Option<&'a str>,
    processes: &'a [Process],
    started: Option<Timestamp>,
    finished: Option<Timestamp>,
    repairs: u32,
    usage: Option<engine::Usage>,
    outcome: &'static str,
    detail: Option<String>,
}

/// The workers, in the order in which they were asked for.
pub fn workers(roster: &Roster) -> Vec<Worker<'_>> {
    roster.workers.iter().map(worker).collect()
}

/// From the first start of a worker to the last end, in seconds.
pub fn seconds(roster: &Roster) -> f64 {
    let started = roster.workers.iter().filter_map(|entry| entry.started).min();
    let finished = roster.workers.iter().filter_map(|entry| entry.finished).max();
    match (started, finished) {
        (Some(started), Some(finished)) => finished.duration_since(started).as_secs_f64(),
        _ => 0.0,
    }
}

fn worker(entry: &Entry) -> Worker<'_> {
    let last = entry.processes.last();
    let (outcome, detail) = match &entry.outcome {
        Some(Outcome::Done(_)) => ("done", None),
        Some(Outcome::Unfinished(why)) => (why.word(), Some(plain::block(&why.to_string()))),
        None => ("cancelled", None),
    };
    Worker {
        label: &entry.label,
        agent: &entry.agent,
        pid: last.map(|process| process.pid),
        terminal: last.and_then(|process| process.terminal.as_deref()),
        processes: &entry.processes,
        started: entry.started,
        finished: entry.finished,
        repairs: entry.repairs,
        usage: entry.usage,
        outcome,
        detail,
    }
}
