//! Long chains compile, and run: nobody has to cut a program into pieces for the compiler's sake.

use std::time::Duration;

use orch_patterns::prelude::*;
use orch_testkit::memory_engine::Play;

use crate::fan::{ask, asked, fan};

/// Twelve combinators behind a worker.
fn twelve() -> impl Pattern<In = String, Out = String> {
    ask()
        .map(|text: String| text.len())
        .map(|length: usize| "x".repeat(length))
        .then(ask())
        .then(step(|_cx: Cx, text: String| async move { Ok(vec![text]) }))
        .then(ask().for_each(2))
        .require(Quorum::All)
        .map(|all: Vec<String>| all.concat())
        .tap(|text: &String| assert!(!text.is_empty()))
        .retry(Retry::transient(1))
        .try_map(|text: String| text.parse::<u32>().or(Ok(7)))
        .then(step(|_cx: Cx, number: u32| async move { Ok(number + 1) }))
        .map(|number: u32| number.to_string())
}

/// Forty combinators behind a worker.
fn forty() -> impl Pattern<In = String, Out = usize> {
    ask()
        .map(|text: String| text.len())
        .map(|length: usize| "x".repeat(length))
        .then(ask())
        .then(step(|_cx: Cx, text: String| async move { Ok(vec![text]) }))
        .then(ask().for_each(2))
        .require(Quorum::All)
        .map(|all: Vec<String>| all.concat())
        .tap(|text: &String| assert!(!text.is_empty()))
        .retry(Retry::transient(1))
        .try_map(|text: String| text.parse::<u32>().or(Ok(7)))
        .then(step(|_cx: Cx, number: u32| async move { Ok(number + 1) }))
        .map(|number: u32| number.to_string())
        .then(ask().join(ask()))
        .map(|(one, _): (String, String)| one)
        .then(ask().race(ask()))
        .fallback(ask())
        .timeout(Duration::from_secs(60))
        .labelled("part")
        .map(|text: String| text.len())
        .map(|length: usize| "x".repeat(length))
        .then(ask())
        .then(step(|_cx: Cx, text: String| async move { Ok(vec![text]) }))
        .then(ask().for_each(2))
        .require(Quorum::All)
        .map(|all: Vec<String>| all.concat())
        .tap(|text: &String| assert!(!text.is_empty()))
        .retry(Retry::transient(1))
        .try_map(|text: String| text.parse::<u32>().or(Ok(7)))
        .then(step(|_cx: Cx, number: u32| async move { Ok(number + 1) }))
        .map(|number: u32| number.to_string())
        .then(ask().join(ask()))
        .map(|(one, _): (String, String)| one)
        .then(ask().race(ask()))
        .fallback(ask())
        .timeout(Duration::from_secs(60))
        .labelled("part")
        .then(ask())
        .tap(|text: &String| assert_eq!(text, "8"))
        .map(|text: String| text.len())
        .map(|length: usize| length + 32)
}

#[tokio::test]
async fn a_chain_of_twelve_steps_compiles_and_runs() {
    let fan = fan(|job| Play::answer(asked(job)), |b| b);
    assert_eq!(fan.orch.run(&twelve(), "3".to_owned()).await.unwrap(), "8");
    assert_eq!(fan.starts(), 3);
}

#[tokio::test]
async fn a_chain_of_forty_steps_compiles_and_runs() {
    let fan = fan(|job| Play::answer(asked(job)), |b| b);
    assert_eq!(fan.orch.run(&forty(), "3".to_owned()).await.unwrap(), 33);
}
