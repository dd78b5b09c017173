//! Options selection with scripted proposers and judges: a biased judge does not flip the choice, evidence outranks it,
//! and who did not deliver is missing.

use std::sync::Arc;
use std::time::Duration;

use orch_patterns::agent::Tool;
use orch_patterns::engine::{Job, Rehearsal, Usage};
use orch_patterns::options_selection::{
    AsProposed, Decided, EvidenceAlone, Pairing, Refinement, Refining, Settled, judge, refiner,
};
use orch_patterns::prelude::*;
use orch_patterns::{
    Builder, Choice, Estimate, FailClass, NotStarted, Proposal, Proposer, Scope, Selection, Stance, StateDir,
    Winner, check,
};
use orch_testkit::memory_engine::Play;
use serde_json::json;

use crate::fan::{AGENT, Fan, fan};
use crate::research::{outside, silent_at_work, until_at_work};

mod choosing;
mod failing;
mod judging;

const STANCES: [&str; 3] = ["smallest", "lasting", "robust"];

/// What a job's worker is called without its number: a stance, `Judge` or `Refine`.
fn role(job: &Job) -> String {
    let name = job.label.split_once(' ').unwrap().1;
    name.trim_start_matches("Propose ").to_owned()
}

fn proposal(stance: &str) -> String {
    json!({
        "title": format!("The {stance} way"), "summary": "s", "approach": format!("Do it the {stance} way."),
        "trade_offs": ["some"], "risks": ["few"], "check": null,
    })
    .to_string()
}

fn refined() -> String {
    json!({"title": "The refined way", "approach": "Do it well.", "check": "look"}).to_string()
}

fn says(winner: &str) -> Play {
    Play::answer(json!({"winner": winner, "reasons": [format!("the {winner} one is shorter")]}).to_string())
}

/// The two options in a judge's prompt, in the order in which it sees them.
fn shown(prompt: &str) -> [String; 2] {
    let mut seen: Vec<(usize, &str)> = STANCES
        .iter()
        .filter_map(|stance| Some((prompt.find(&format!("Do it the {stance} way."))?, *stance)))
        .collect();
    seen.sort_unstable();
    [0, 1].map(|index| seen[index].1.to_owned())
}

/// A judge that knows the better one, whatever the order.
fn prefers(best: &str, job: &Job) -> Play {
    let [first, second] = shown(&job.prompt);
    match best {
        _ if best == first => says("first"),
        _ if best == second => says("second"),
        _ => says("tie"),
    }
}

/// Everybody does what is right and the judge prefers `robust`, but for those of whom `other` says what they do.
fn cast(other: impl Fn(&Job) -> Option<Play> + Send + Sync + 'static) -> Fan {
    cast_with(other, |b| b)
}

fn cast_with(
    other: impl Fn(&Job) -> Option<Play> + Send + Sync + 'static,
    configure: impl FnOnce(Builder) -> Builder,
) -> Fan {
    let script = move |job: &Job| {
        other(job).unwrap_or_else(|| match role(job).as_str() {
            "Judge" => prefers("robust", job),
            "Refine" => Play::answer(refined()),
            stance => Play::answer(proposal(stance)),
        })
    };
    fan(script, configure)
}

fn only(name: &'static str, play: impl Fn() -> Play + Send + Sync + 'static) -> Fan {
    cast(move |job| (role(job) == name).then(&play))
}

fn crash() -> Play {
    Play::fail(FailClass::Crashed, "exit code 3")
}

fn question() -> Question {
    Question::new("How do we shorten the start?").criterion("measured start time")
}

async fn select(fan: &Fan, selection: &OptionsSelection) -> Covered<Selection> {
    fan.orch.run(selection, question()).await.unwrap()
}

fn not_closed(selection: &Selection) -> Vec<&str> {
    let missing = selection.not_closed.iter();
    missing.map(|missing| missing.label.as_str()).collect()
}

fn missing(covered: &Covered<Selection>) -> Vec<String> {
    covered
        .missing()
        .iter()
        .map(|missing| missing.label.clone())
        .collect()
}

fn asked(fan: &Fan, name: &str) -> usize {
    fan.engine.jobs().iter().filter(|job| role(job) == name).count()
}

/// Three proposers, in this order.
fn in_order(order: [usize; 3]) -> OptionsSelection {
    let stances = [Stance::Smallest, Stance::Lasting, Stance::Robust];
    OptionsSelection::from_proposers(order.map(|index| stances[index].clone()))
}

const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// A check of our own that exits so for the option of this stance.
fn exits(codes: &'static [(&'static str, i32)]) -> impl Fn(&Proposal) -> Option<orch_patterns::Check> {
    move |proposal: &Proposal| {
        let of = codes
            .iter()
            .find(|(stance, _)| proposal.approach.contains(stance));
        of.map(|(_, code)| check("sh", ["-c".to_owned(), format!("echo seen; exit {code}")]))
    }
}
