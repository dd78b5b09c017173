//! Stories of workers that are tried again, and of those that must not be.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use orch_patterns::engine::{Job, Usage};
use orch_patterns::event::EventKind;
use orch_patterns::prelude::*;
use orch_patterns::{Estimate, FailClass, NotStarted, Roster, RunId};
use orch_testkit::memory_engine::Play;
use tokio::time::Instant;

use crate::fan::{AGENT, ask, fan, refusals};
use crate::stages::Page;

/// The lines that tell of pauses, without their time.
fn pauses(page: &Page) -> Vec<String> {
    let text = page.text();
    let lines = text.lines().filter(|line| line.contains(": waits "));
    let untimed = lines.map(|line| line.split_once("s  ").unwrap().1.to_owned());
    untimed.collect()
}

#[tokio::test(start_paused = true)]
async fn retries_are_attempts_of_their_own_and_counted() {
    let script = |job: &Job| match job.id.attempt {
        0 => Play::fail(FailClass::Transport, "stream lost").usage(Usage::new(10, 0, 0)),
        1 => Play::fail(FailClass::Crashed, "it broke").usage(Usage::new(20, 0, 0)),
        _ => Play::answer("yes").usage(Usage::new(40, 0, 0)),
    };
    let fan = fan(script, |b| b.retry(Retry::transient(2)));
    assert_eq!(fan.orch.run(&ask(), "x".to_owned()).await.unwrap(), "yes");
    let attempts: Vec<u32> = fan.engine.jobs().iter().map(|job| job.id.attempt).collect();
    assert_eq!(attempts, [0, 1, 2]);
    let retried: Vec<(u32, Option<u64>)> = fan
        .kinds()
        .iter()
        .filter_map(|kind| match kind {
            EventKind::WorkerRetried { attempt, usage, .. } => Some((*attempt, usage.unwrap().input_tokens)),
            _ => None,
        })
        .collect();
    assert_eq!(retried, [(0, Some(10)), (1, Some(20))]);
    let roster = Roster::of(&fan.seen.all());
    let entry = roster.worker(1).unwrap();
    assert_eq!((entry.retries, entry.usage), (2, Some(Usage::new(70, 0, 0))));
    assert_eq!(fan.orch.free_places(), 4);
}

#[tokio::test(start_paused = true)]
async fn retries_honour_the_wait_that_was_asked_for_and_hold_no_place_meanwhile() {
    let asked = AtomicUsize::new(0);
    let script = move |_: &_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Play::fail(FailClass::Quota, "429: try again in 40s"),
        _ => Play::answer("yes"),
    };
    let fan = fan(script, |b| b.max_parallel(1).retry(Retry::transient(1)));
    let begun = Instant::now();
    assert!(fan.ask_all(3, 3).await.coverage().is_full());
    assert!(begun.elapsed() >= Duration::from_secs(40));
    let order: Vec<u32> = fan.engine.jobs().iter().map(|job| job.id.attempt).collect();
    assert_eq!(order, [0, 0, 0, 1], "the others went on");
}

#[tokio::test(start_paused = true)]
async fn retries_are_not_for_what_would_fail_again() {
    for class in [
        FailClass::Auth,
        FailClass::Refused,
        FailClass::Unsupported,
        FailClass::SandboxRefused,
        FailClass::ContextTooLong,
        FailClass::NoAnswer,
        FailClass::Other,
    ] {
        let fan = fan(move |_| Play::fail(class, "no"), |b| b.retry(Retry::transient(5)));
        fan.orch.run(&ask(), "x".to_owned()).await.unwrap_err();
        assert_eq!(fan.starts(), 1, "{class}");
    }
}

#[tokio::test(start_paused = true)]
async fn retries_stop_where_the_budget_ends() {
    let script = |_: &_| Play::fail(FailClass::Transport, "lost").usage(Usage::new(40, 0, 0));
    let fan = fan(script, |b| {
        b.retry(Retry::transient(9))
            .estimate(AGENT, Estimate::new().tokens(40))
            .budget(Budget::new().tokens(100))
    });
    let covered = fan.ask_all(1, 1).await;
    assert_eq!(fan.starts(), 2, "every attempt counts");
    let refused = refusals(&covered);
    assert!(
        matches!(refused[..], [NotStarted::OverBudget { spent: 80, .. }]),
        "{refused:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn retries_of_a_run_that_is_taken_up_again_have_names_of_their_own() {
    let fan = fan(
        |job: &Job| match job.id.attempt {
            0..=2 => Play::fail(FailClass::Transport, "lost"),
            _ => Play::answer("yes"),
        },
        |b| b.retry(Retry::transient(1)),
    );
    let id = RunId::fresh();
    fan.orch.run_as(id, &ask(), "x".to_owned()).await.unwrap_err();
    assert_eq!(fan.orch.run_as(id, &ask(), "x".to_owned()).await.unwrap(), "yes");
    let attempts: Vec<u32> = fan.engine.jobs().iter().map(|job| job.id.attempt).collect();
    assert_eq!(attempts, [0, 1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn stall_is_not_the_wall_and_both_are_told_apart() {
    let script = |job: &Job| match job.id.attempt {
        0 => Play::fail(FailClass::IdleTimeout, "silent for 600 s"),
        _ => Play::fail(FailClass::TotalTimeout, "not done after 3600 s"),
    };
    let fan = fan(script, |b| b.retry(Retry::transient(5)));
    let error = fan.orch.run(&ask(), "x".to_owned()).await.unwrap_err();
    let Error::Unfinished(Unfinished::Failed(failure)) = error else {
        panic!("{error}")
    };
    // A stall is tried again; work that does not fit into its time would not fit the next time either.
    assert_eq!((failure.class, fan.starts()), (FailClass::TotalTimeout, 2));
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_told_as_it_begins_with_who_waits_how_long_for_which_attempt_and_why() {
    let (page, begun) = (Page::default(), Instant::now());
    let told = page.clone();
    let script = move |job: &Job| {
        let waited = begun.elapsed().as_secs();
        match job.id.attempt {
            0 => Play::fail(FailClass::Quota, "rate limited: try again in 4s"),
            1 => {
                assert_eq!(
                    (pauses(&told).len(), waited),
                    (1, 4),
                    "told before it was waited for"
                );
                Play::fail(FailClass::Transport, "stream lost, retry-after: 30")
            }
            _ => {
                assert_eq!(pauses(&told).len(), 2);
                Play::answer("yes")
            }
        }
    };
    let fan = fan(script, |b| {
        b.retry(Retry::transient(2)).observe(Lines::to(page.clone()))
    });
    let reviewer = ask().label("Review security");
    assert_eq!(fan.orch.run(&reviewer, "x".to_owned()).await.unwrap(), "yes");
    let lines = pauses(&page);
    assert_eq!(
        lines[0],
        "W1 Review security: waits 4 s, then attempt 2 of 3: quota used up: rate limited: try again in 4s"
    );
    assert!(lines[1].starts_with("W1 Review security: waits "), "{}", lines[1]);
    assert!(
        lines[1].contains(" s, then attempt 3 of 3: transport failure: stream lost"),
        "{}",
        lines[1]
    );
    let of: Vec<(u32, u32)> = fan
        .kinds()
        .iter()
        .filter_map(|kind| match kind {
            EventKind::WorkerRetried { attempt, of, .. } => Some((*attempt, *of)),
            _ => None,
        })
        .collect();
    assert_eq!(of, [(0, 3), (1, 3)]);
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_a_run_that_is_taken_up_again_counts_the_attempts_of_before() {
    let page = Page::default();
    let fan = fan(
        |job: &Job| match job.id.attempt {
            0..=2 => Play::fail(FailClass::Quota, "429: try again in 9s"),
            _ => Play::answer("yes"),
        },
        |b| b.retry(Retry::transient(1)).observe(Lines::to(page.clone())),
    );
    let id = RunId::fresh();
    fan.orch.run_as(id, &ask(), "x".to_owned()).await.unwrap_err();
    assert_eq!(fan.orch.run_as(id, &ask(), "x".to_owned()).await.unwrap(), "yes");
    let why = "quota used up: 429: try again in 9s";
    assert_eq!(
        pauses(&page),
        [
            format!("W1 Ask: waits 9 s, then attempt 2 of 2: {why}"),
            format!("W1 Ask: waits 9 s, then attempt 4 of 4: {why}")
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_a_whole_step_is_told_with_its_path() {
    let page = Page::default();
    let script = |_: &Job| Play::fail(FailClass::Quota, "429: try again in 40s");
    let fan = fan(script, |b| b.observe(Lines::to(page.clone())));
    let begun = Instant::now();
    let twice = ask().retry(Retry::never()).labelled("deep");
    let pattern = PatternExt::retry(twice, Retry::transient(2)).labelled("outer");
    fan.orch.run(&pattern, "x".to_owned()).await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 80);
    let why = "quota used up: 429: try again in 40s";
    assert_eq!(
        pauses(&page),
        [
            format!("step outer: waits 40 s, then attempt 2 of 3: {why}"),
            format!("step outer: waits 40 s, then attempt 3 of 3: {why}")
        ]
    );
    let whole = PatternExt::retry(ask().labelled("deep"), Retry::transient(1));
    fan.orch.run(&whole, "x".to_owned()).await.unwrap_err();
    assert_eq!(
        pauses(&page)[2],
        format!("the run: waits 40 s, then attempt 2 of 2: {why}")
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_cancelled_in_a_pause_waits_no_more() {
    let script = |_: &Job| Play::fail(FailClass::Quota, "429: try again in 100s");
    let fan = fan(script, |b| b);
    let begun = Instant::now();
    let pattern = PatternExt::retry(ask().labelled("deep"), Retry::transient(2));
    let (ended, ()) = tokio::join!(fan.orch.run(&pattern, "x".to_owned()), async {
        let paused = |kind: &EventKind| matches!(kind, EventKind::StepRetried { .. });
        fan.seen
            .until(|events| events.iter().any(|event| paused(&event.kind)))
            .await;
        fan.orch.canceller().cancel();
    });
    assert!(matches!(ended, Err(Error::Halt(Halt::Cancelled))), "{ended:?}");
    assert!(begun.elapsed() < Duration::from_secs(100));
}
