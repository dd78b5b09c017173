//! Research with scripted researchers: who did not deliver is missing, and nobody cites what was not found.

use std::sync::Arc;
use std::time::Duration;

use orch_patterns::agent::{Tool, WorkerEvent};
use orch_patterns::engine::{Job, Rehearsal, Usage};
use orch_patterns::event::{Event, EventKind};
use orch_patterns::prelude::*;
use orch_patterns::research::{InOrderOfSupport, Synthesiser};
use orch_patterns::{
    Builder, Dossier, Estimate, FailClass, KeySource, Material, NotStarted, Point, Researched, Researcher,
    Scope, StateDir, Style, Synthesis,
};
use orch_testkit::memory_engine::Play;
use serde_json::{Value, json};

use crate::fan::{AGENT, Fan, a_while, fan};
use crate::stages::Seen;

mod failing;
mod finding;
mod synthesising;

const ANGLES: [&str; 3] = ["operators", "manuals", "licences"];

/// The angle, or `Synthesise`: what a job's worker is called without its number.
pub(crate) fn role(job: &Job) -> String {
    let name = job.label.split_once(' ').unwrap().1;
    name.trim_start_matches("Research ").to_owned()
}

/// What a prompt says outside its fences: the only part of it that gives instructions.
pub(crate) fn outside(prompt: &str) -> String {
    let nonce = prompt
        .lines()
        .find_map(|line| line.strip_prefix("=== ORCH-MATERIAL-BEGIN "));
    let Some(nonce) = nonce.and_then(|rest| rest.split(' ').next()) else {
        return prompt.to_owned();
    };
    let (begin, end) = (
        format!("=== ORCH-MATERIAL-BEGIN {nonce}"),
        format!("=== ORCH-MATERIAL-END {nonce}"),
    );
    let mut inside = false;
    let kept = prompt.lines().filter(|line| {
        inside |= line.starts_with(&begin);
        let keep = !inside;
        inside &= !line.starts_with(&end);
        keep
    });
    kept.collect::<Vec<_>>().join("\n")
}

fn notes(claims: &[(&str, &str)]) -> Value {
    let points: Vec<Value> = claims
        .iter()
        .map(|(claim, url)| json!({"claim": claim, "sources": [url]}))
        .collect();
    json!({"angle": "a", "points": points, "sources": [], "gaps": []})
}

/// What a researcher from this angle says when nothing is wrong: two claims, one source of which all know.
fn good(angle: &str) -> String {
    let own = format!("https://{angle}.org/page");
    let (first, second) = (format!("{angle} say one thing."), format!("{angle} say another."));
    notes(&[
        (&first, "https://www.shared.org/a/?utm_source=x"),
        (&second, &own),
    ])
    .to_string()
}

fn synthesis(points: usize) -> String {
    let points: Vec<Value> = (0..points)
        .map(|index| json!({"claim": format!("Point {index}."), "sources": ["http://shared.org/a"]}))
        .collect();
    json!({
        "points": points,
        "key_sources": [{"source": "https://shared.org/a", "why": "all name it"}],
        "disagreements": [], "uncertainty": ["the future"], "next_actions": ["Decide."],
    })
    .to_string()
}

/// Everybody does what is right, but for those of whom `other` says what they do.
fn cast(other: impl Fn(&str) -> Option<Play> + Send + Sync + 'static) -> Fan {
    cast_with(other, |b| b)
}

fn cast_with(
    other: impl Fn(&str) -> Option<Play> + Send + Sync + 'static,
    configure: impl FnOnce(Builder) -> Builder,
) -> Fan {
    let script = move |job: &Job| {
        let role = role(job);
        other(&role).unwrap_or_else(|| match role.as_str() {
            "Synthesise" => Play::answer(synthesis(5)),
            angle => Play::answer(good(angle)),
        })
    };
    fan(script, configure)
}

/// A worker that begins and never ends.
pub(crate) fn silent_at_work() -> Play {
    Play::silence().event(WorkerEvent::TurnStarted)
}

/// Waits until so many of them have begun and so many others are done.
pub(crate) async fn until_at_work(seen: &Seen, at_work: usize, done: usize) {
    let count =
        |events: &[Event], of: fn(&EventKind) -> bool| events.iter().filter(|event| of(&event.kind)).count();
    seen.until(|events| {
        count(events, |kind| matches!(kind, EventKind::Worker { .. })) == at_work
            && count(events, |kind| matches!(kind, EventKind::WorkerFinished { .. })) == done
    })
    .await;
}

fn crash() -> Play {
    Play::fail(FailClass::Crashed, "exit code 3")
}

fn topic() -> Topic {
    Topic::new("Which pool?").audience("a team of three")
}

async fn run(fan: &Fan) -> Covered<Dossier> {
    fan.orch.run(&Research::new(ANGLES), topic()).await.unwrap()
}

fn missing(covered: &Covered<Dossier>) -> Vec<String> {
    covered
        .missing()
        .iter()
        .map(|missing| missing.label.clone())
        .collect()
}
