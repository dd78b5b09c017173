//! Stories of accounts that are used up, or asked too often.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use orch_patterns::agent::{Agent as _, Codex, Tool};
use orch_patterns::engine::{End, Job, JobId};
use orch_patterns::event::EventKind;
use orch_patterns::{Exit, FailClass, Failure, NotStarted, PatternExt as _, QuotaPolicy, Retry, RunId};
use orch_testkit::memory_engine::{Act, Play};
use tokio::time::Instant;

use crate::fan::{a_while, ask, fan, questions, refusals};

const USED_UP: &str = "You've hit your usage limit. Try again in 3 days 5 hours 2 minutes.";

fn closings(kinds: &[EventKind]) -> usize {
    let closed = |kind: &&EventKind| matches!(kind, EventKind::QuotaClosed { .. });
    kinds.iter().filter(closed).count()
}

#[tokio::test]
async fn quota_storm_nobody_starts_after_the_first_terminal_error() {
    // Four are in flight when the first of them says it, and all others wait for their place.
    let script = |_: &_| {
        let long = || -> BoxFuture<'static, ()> { Box::pin(a_while()) };
        let end = End::Failed(Failure::new(FailClass::Quota, USED_UP));
        Play::of(Act::After(Arc::new(long), end))
    };
    let fan = fan(script, |b| b.max_parallel(4));
    let covered = fan.ask_all(300, 300).await;
    assert_eq!(covered.coverage().to_string(), "0 of 300");
    assert_eq!(fan.starts(), 4, "nobody starts after it");
    let refused = refusals(&covered);
    assert_eq!(refused.len(), 296);
    assert!(
        refused
            .iter()
            .all(|why| matches!(why, NotStarted::QuotaUntil(Some(_))))
    );
    assert_eq!(closings(&fan.kinds()), 1);
    // The orchestrator's next run knows it too.
    assert_eq!(refusals(&fan.ask_all(5, 5).await).len(), 5);
    assert_eq!(fan.starts(), 4);
}

#[tokio::test(start_paused = true)]
async fn quota_storm_the_others_wait_for_the_reset_where_that_is_the_policy() {
    let asked = AtomicUsize::new(0);
    let script = move |_: &_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Play::fail(FailClass::Quota, "usage limit reached, resets in 10 minutes"),
        _ => Play::answer("yes"),
    };
    let patient = QuotaPolicy::WaitAtMost(Duration::from_secs(3_600));
    let fan = fan(script, |b| b.max_parallel(1).quota_policy(patient));
    let begun = Instant::now();
    let covered = fan.ask_all(6, 6).await;
    assert_eq!(covered.coverage().to_string(), "5 of 6");
    assert!(begun.elapsed() >= Duration::from_secs(599));
    let opened =
        |kind: &EventKind| matches!(kind, EventKind::QuotaOpened { account } if account == "scripted");
    assert_eq!(fan.kinds().iter().filter(|kind| opened(kind)).count(), 1);
    assert_eq!(closings(&fan.kinds()), 1);
}

#[tokio::test(start_paused = true)]
async fn quota_that_is_reset_later_than_one_waits_is_not_waited_for() {
    let patient = QuotaPolicy::WaitAtMost(Duration::from_secs(3_600));
    let fan = fan(
        |_| Play::fail(FailClass::Quota, USED_UP),
        |b| b.max_parallel(2).quota_policy(patient),
    );
    let begun = Instant::now();
    let covered = fan.ask_all(9, 9).await;
    assert!(refusals(&covered).len() >= 7);
    assert!(
        begun.elapsed() < Duration::from_secs(3_600),
        "nobody waits in vain"
    );
}

#[tokio::test]
async fn quota_is_the_accounts_and_not_the_agents() {
    let script = |job: &orch_patterns::engine::Job| match job.agent.as_str() {
        "one" => Play::fail(FailClass::Quota, USED_UP),
        _ => Play::answer("yes"),
    };
    let fan = fan(script, |b| {
        b.agent(Tool::new("one", "true"))
            .agent(Tool::new("two", "true"))
            .account("one", "shared")
            .account("two", "shared")
            .limit_account("shared", 2)
    });
    for (agent, done) in [("one", 0), ("two", 0), ("scripted", 3)] {
        let pattern = ask().agent(agent).for_each(1);
        let covered = fan.orch.run(&pattern, questions(3)).await.unwrap();
        assert_eq!(covered.coverage().done, done, "{agent}");
    }
    assert_eq!(fan.starts(), 1 + 3);
}

#[tokio::test(start_paused = true)]
async fn adaptive_concurrency_too_many_at_once_becomes_fewer_at_once() {
    let running = Arc::new(AtomicUsize::new(0));
    let refused = Arc::new(AtomicUsize::new(0));
    let (now, limited) = (Arc::clone(&running), Arc::clone(&refused));
    let script = move |_: &_| {
        if now.fetch_add(1, Ordering::SeqCst) >= 2 {
            now.fetch_sub(1, Ordering::SeqCst);
            limited.fetch_add(1, Ordering::SeqCst);
            return Play::fail(FailClass::Quota, "Rate limit reached. Please try again in 5s.");
        }
        let now = Arc::clone(&now);
        let work = move || {
            let now = Arc::clone(&now);
            async move {
                tokio::time::sleep(Duration::from_secs(20)).await;
                now.fetch_sub(1, Ordering::SeqCst);
            }
        };
        Play::answer_after(work, "yes")
    };
    let fan = fan(script, |b| b.max_parallel(16).retry(Retry::transient(50)));
    let covered = fan.ask_all(40, 40).await;
    assert!(covered.coverage().is_full(), "{:?}", covered.missing());
    // Sixteen at once would be refused again every time that they ask; a pace that learns is not.
    let refused = refused.load(Ordering::SeqCst);
    assert!((1..80).contains(&refused), "{refused} refusals for 40 answers");
    assert_eq!(closings(&fan.kinds()), 0, "a rate is no quota");
}

/// The class of a turn that failed with these words, as codex's stream is read.
fn class_of(words: &str) -> FailClass {
    let step = serde_json::from_value(serde_json::json!("0".repeat(64))).unwrap();
    let id = JobId {
        run: RunId::fresh(),
        step,
        attempt: 0,
    };
    let mut decoder = Codex::new().decoder(&Job::new(id, "W1 Fail", "codex", "/", "a prompt"));
    let event = serde_json::json!({"type": "turn.failed", "error": {"message": words}});
    decoder.feed(format!("{event}\n").as_bytes());
    match decoder.finish(Exit::Code(1), None).end {
        End::Failed(failure) => failure.class,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn auth_refresh_races_are_tried_again_and_starts_keep_their_distance() {
    let asked = AtomicUsize::new(0);
    let words = "401 Unauthorized: refresh_token_reused: your refresh token was already used";
    let class = class_of(words);
    assert_eq!(class, FailClass::Transport, "and not the user's login");
    let script = move |_: &_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Play::fail(class, words),
        _ => Play::answer("yes"),
    };
    let gap = Duration::from_secs(7);
    let fan = fan(script, |b| {
        b.launch_gap("scripted", gap).retry(Retry::transient(1))
    });
    let begun = Instant::now();
    let covered = fan.ask_all(4, 4).await;
    assert!(covered.coverage().is_full());
    assert_eq!(fan.starts(), 5);
    assert!(begun.elapsed() >= gap * 4, "{:?}", begun.elapsed());
}
