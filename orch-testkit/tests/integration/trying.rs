//! What is done about a pattern that did not deliver, or not in time: `retry`, `fallback`, `timeout`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use orch_patterns::FailClass;
use orch_patterns::engine::Job;
use orch_patterns::prelude::*;
use orch_testkit::memory_engine::Play;
use tokio::time::Instant;

use crate::fan::{Fan, ask, ask_as, asked, fan};

/// The first `times` workers fail so, all others answer.
fn failing(times: usize, class: FailClass, words: &'static str) -> Fan {
    let before = AtomicUsize::new(0);
    let script = move |job: &Job| {
        if before.fetch_add(1, Ordering::SeqCst) < times {
            Play::fail(class, words)
        } else {
            Play::answer(asked(job))
        }
    };
    fan(script, |b| b.max_parallel(4))
}

/// A composite, so that `retry` is the combinator's and not the worker's own.
fn pair() -> impl Pattern<In = String, Out = String> + Clone {
    ask().then(ask_as("b"))
}

#[tokio::test(start_paused = true)]
async fn retry_begins_the_whole_pattern_anew_under_keys_of_its_own() {
    let second = AtomicUsize::new(0);
    let script = move |job: &Job| match asked(job).as_str() {
        "bx" if second.fetch_add(1, Ordering::SeqCst) == 0 => Play::fail(FailClass::Transport, "lost"),
        word => Play::answer(word),
    };
    let fan = fan(script, |b| b);
    let pattern = pair().retry(Retry::transient(2));
    assert_eq!(fan.orch.run(&pattern, "x".to_owned()).await.unwrap(), "bx");
    assert_eq!(fan.paths(), ["", "", "retry 1", "retry 1"]);
    let mut keys = fan.keys();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 4, "every attempt is work of its own");
}

#[tokio::test(start_paused = true)]
async fn retry_changes_no_key_of_what_needs_none() {
    let (with, without) = (failing(0, FailClass::Other, ""), failing(0, FailClass::Other, ""));
    let pattern = pair().retry(Retry::transient(2));
    with.orch.run(&pattern, "x".to_owned()).await.unwrap();
    without.orch.run(&pair(), "x".to_owned()).await.unwrap();
    assert_eq!(with.keys(), without.keys());
}

#[tokio::test(start_paused = true)]
async fn retry_ends_with_its_policy_and_gives_the_last_reason() {
    let fan = failing(usize::MAX, FailClass::Transport, "lost");
    let pattern = pair().retry(Retry::transient(2));
    let error = fan.orch.run(&pattern, "x".to_owned()).await.unwrap_err();
    assert_eq!(fan.starts(), 3);
    assert!(error.to_string().contains("lost"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn retry_is_for_what_is_transient_and_honours_the_wait_that_was_asked_for() {
    for class in [
        FailClass::Auth,
        FailClass::Refused,
        FailClass::TotalTimeout,
        FailClass::Other,
    ] {
        let fan = failing(1, class, "no");
        let pattern = pair().retry(Retry::transient(5));
        fan.orch.run(&pattern, "x".to_owned()).await.unwrap_err();
        assert_eq!(fan.starts(), 1, "{class}");
    }
    let fan = failing(1, FailClass::Quota, "429: try again in 40s");
    let begun = Instant::now();
    let pattern = pair().retry(Retry::transient(1));
    fan.orch.run(&pattern, "x".to_owned()).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(40));
}

#[tokio::test(start_paused = true)]
async fn retry_when_is_asked_about_the_reason() {
    let invalid = |why: &Unfinished| matches!(why, Unfinished::Invalid { .. });
    let number = || Worker::<String, u32>::new(|word: &String| Brief::new(format!("Say {word}."))).repairs(0);
    let answers = |first: Play| {
        let before = AtomicUsize::new(0);
        move |_: &Job| match before.fetch_add(1, Ordering::SeqCst) {
            0 => first.clone(),
            _ => Play::answer(r#"{"value":7}"#),
        }
    };
    let wrong = fan(answers(Play::answer("seven")), |b| b);
    let pattern = number().retry_when(Retry::transient(1), invalid);
    assert_eq!(wrong.orch.run(&pattern, "x".to_owned()).await.unwrap(), 7);
    let lost = fan(answers(Play::fail(FailClass::Transport, "lost")), |b| b);
    lost.orch.run(&pattern, "x".to_owned()).await.unwrap_err();
    assert_eq!(lost.starts(), 1, "a reason that it was not asked to retry");
}

#[tokio::test]
async fn fallback_takes_the_other_way_with_the_same_input_and_only_then() {
    let fan_of = || {
        let script = |job: &Job| match asked(job).as_str() {
            word if word.starts_with('c') => Play::fail(FailClass::Crashed, "it broke"),
            word => Play::answer(word),
        };
        fan(script, |b| b)
    };
    let fine = fan_of();
    let pattern = ask_as("a").fallback(ask_as("b"));
    assert_eq!(fine.orch.run(&pattern, "x".to_owned()).await.unwrap(), "ax");
    assert_eq!(fine.paths(), ["0"]);
    let broken = fan_of();
    let pattern = ask_as("c").fallback(ask_as("b"));
    assert_eq!(broken.orch.run(&pattern, "x".to_owned()).await.unwrap(), "bx");
    assert_eq!(broken.paths(), ["0", "1"]);
    let neither = fan_of();
    let pattern = ask_as("c").fallback(ask_as("cc"));
    let error = neither.orch.run(&pattern, "x".to_owned()).await.unwrap_err();
    let Error::Unfinished(Unfinished::Failed(failure)) = error else {
        panic!("{error}")
    };
    assert_eq!(failure.class, FailClass::Crashed);
    assert!(
        failure.detail.contains("branch 0") && failure.detail.contains("branch 1"),
        "{failure}"
    );
}

#[tokio::test(start_paused = true)]
async fn timeout_is_unfinished_when_late_and_its_worker_is_gone() {
    let fan = fan(|_| Play::silence(), |b| b.max_parallel(4));
    let begun = Instant::now();
    let pattern = ask().timeout(Duration::from_secs(30));
    let error = fan.orch.run(&pattern, "x".to_owned()).await.unwrap_err();
    let Error::Unfinished(Unfinished::Failed(failure)) = error else {
        panic!("{error}")
    };
    assert_eq!(failure.class, FailClass::TotalTimeout);
    assert!(failure.detail.contains("30s"), "{failure}");
    assert_eq!(begun.elapsed().as_secs(), 30);
    assert_eq!(fan.outcomes(), [Outcome::Unfinished(Unfinished::Cancelled)]);
    assert_eq!(fan.orch.free_places(), 4);
}

#[tokio::test(start_paused = true)]
async fn timeout_counts_the_wait_for_a_place_and_gives_up_that_too() {
    let minutes = || tokio::time::sleep(Duration::from_secs(120));
    let fan = fan(
        move |job| Play::answer_after(minutes, asked(job)),
        |b| b.max_parallel(1),
    );
    let pattern = ask().timeout(Duration::from_secs(180)).for_each(2);
    let covered = fan
        .orch
        .run(&pattern, vec!["a".to_owned(), "b".to_owned()])
        .await
        .unwrap();
    assert_eq!(covered.accept_partial(), ["a"]);
    assert_eq!(fan.orch.free_places(), 1);
}

#[tokio::test(start_paused = true)]
async fn timeout_lets_through_what_is_in_time() {
    let fan = fan(|job| Play::answer(asked(job)), |b| b);
    let pattern = ask().timeout(Duration::MAX);
    assert_eq!(fan.orch.run(&pattern, "x".to_owned()).await.unwrap(), "x");
}

#[tokio::test(start_paused = true)]
async fn references_and_pointers_to_patterns_are_patterns() {
    let fan = failing(0, FailClass::Other, "");
    let ask = ask();
    let by_reference = (&ask).then(&ask);
    assert_eq!(fan.orch.run(&by_reference, "x".to_owned()).await.unwrap(), "x");
    let shared = Arc::new(ask.clone());
    let by_pointer = Arc::clone(&shared).then(Box::new(shared)).then(ask.boxed());
    assert_eq!(fan.orch.run(&by_pointer, "x".to_owned()).await.unwrap(), "x");
    assert!(
        format!("{by_pointer:?}").contains("dyn Pattern"),
        "{by_pointer:?}"
    );
}
