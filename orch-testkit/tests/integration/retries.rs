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
