//! The combinators on the memory engine: what they return, in which order, under which keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use orch_patterns::agent::Tool;
use orch_patterns::engine::Job;
use orch_patterns::event::EventKind;
use orch_patterns::prelude::*;
use orch_patterns::{BuildError, NotStarted, StateDir, Tier};
use orch_testkit::memory_engine::{MemoryEngine, Play};

use crate::stages::Seen;

struct Desk {
    orch: Orchestrator,
    engine: MemoryEngine,
    seen: Seen,
    _root: tempfile::TempDir,
}

fn desk(script: impl Fn(&Job) -> Play + Send + Sync + 'static) -> Desk {
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    let engine = MemoryEngine::new(script);
    let seen = Seen::default();
    let orch = Orchestrator::builder(&tree)
        .state_dir(StateDir::at(root.path().join("state")))
        .agent(Tool::new("scripted", "true"))
        .engine(engine.clone())
        .observe(seen.clone())
        .max_parallel(16)
        .build()
        .unwrap();
    Desk {
        orch,
        engine,
        seen,
        _root: root,
    }
}

/// A worker that is asked for one word.
fn ask() -> Worker<String, String> {
    Worker::new(|word: &String| Brief::new(format!("Say {word}.")))
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The worker says the word that it was asked for; `bad` fails.
fn echo(job: &Job) -> Play {
    let word = job
        .prompt
        .split("Say ")
        .nth(1)
        .and_then(|rest| rest.split('.').next())
        .unwrap();
    if word == "bad" {
        Play::fail(orch_patterns::FailClass::Crashed, "it broke")
    } else {
        Play::answer(word)
    }
}

#[tokio::test]
async fn for_each_keeps_the_order_and_says_what_is_missing() {
    let desk = desk(echo);
    let covered = desk
        .orch
        .run(&ask().for_each(2), words(&["a", "bad", "c"]))
        .await
        .unwrap();
    assert_eq!(covered.coverage().to_string(), "2 of 3");
    assert_eq!(covered.missing()[0].label, r#"item 2: "bad""#);
    assert_eq!(covered.accept_partial(), ["a", "c"]);
}

#[tokio::test]
async fn for_each_runs_no_more_at_a_time_than_it_was_told() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (running, peak) = (Arc::clone(&now), Arc::clone(&most));
    let desk = desk(move |_| {
        peak.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let running = Arc::clone(&running);
        let turn = move || {
            let running = Arc::clone(&running);
            async move {
                for _ in 0..50 {
                    tokio::task::yield_now().await;
                }
                running.fetch_sub(1, Ordering::SeqCst);
            }
        };
        Play::answer_after(turn, "done")
    });
    let all = desk
        .orch
        .run(&ask().for_each(3), words(&["a", "b", "c", "d", "e", "f", "g"]))
        .await
        .unwrap();
    assert!(all.coverage().is_full());
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn require_opens_what_is_enough_and_nothing_else() {
    for (quorum, enough) in [
        (Quorum::All, false),
        (Quorum::at_least(3), false),
        (Quorum::Majority, true),
        (Quorum::at_least(2), true),
    ] {
        let desk = desk(echo);
        let result = desk
            .orch
            .run(&ask().for_each(4).require(quorum), words(&["a", "bad", "c"]))
            .await;
        assert_eq!(result.is_ok(), enough, "{quorum:?}: {result:?}");
        if let Err(error) = result {
            assert!(
                error.to_string().contains("item 2") && error.to_string().contains("it broke"),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn a_halt_in_one_branch_ends_them_all_and_the_run() {
    let desk = desk(|_| Play::silence());
    let pattern = step(|cx: Cx, word: String| async move {
        if word == "no" {
            return Err(Error::Halt(Halt::Rejected("not this".to_owned())));
        }
        let reading = cx.read(&ask(), &word);
        reading.await
    });
    let result = desk
        .orch
        .run(&pattern.for_each(4), words(&["a", "no", "b"]))
        .await;
    assert!(
        matches!(result, Err(Error::Halt(Halt::Rejected(_)))),
        "{result:?}"
    );
    let ends: Vec<_> = desk
        .seen
        .all()
        .into_iter()
        .filter_map(|event| match event.kind {
            EventKind::WorkerFinished { outcome, .. } => Some(outcome),
            _ => None,
        })
        .collect();
    assert!(
        !ends.is_empty()
            && ends.iter().all(|end| matches!(
                end,
                Outcome::Unfinished(Unfinished::Cancelled | Unfinished::NotStarted(NotStarted::LetGo))
            )),
        "{ends:?}"
    );
}

/// The step keys under which a pattern asked for work.
async fn keys<P: Pattern<In = String, Out = String>>(pattern: &P) -> Vec<String> {
    let desk = desk(echo);
    desk.orch.run(pattern, "a".to_owned()).await.unwrap();
    desk.engine
        .jobs()
        .iter()
        .map(|job| job.id.step.to_string())
        .collect()
}

#[tokio::test]
async fn keys_are_the_same_under_reassociation_and_differ_under_a_label() {
    let left = keys(&ask().then(ask()).then(ask())).await;
    let right = keys(&ask().then(ask().then(ask()))).await;
    assert_eq!(left, right);
    assert_eq!(left.len(), 3);
    assert!(
        left[0] != left[1] && left[1] != left[2],
        "equals under one path are told apart: {left:?}"
    );
    let labelled = keys(&ask().labelled("first").then(ask()).then(ask())).await;
    assert_ne!(labelled[0], left[0]);
}

#[tokio::test]
async fn another_order_of_the_inputs_is_the_same_work() {
    let mut sets = Vec::new();
    for order in [&["a", "b", "b"], &["b", "a", "b"]] {
        let desk = desk(echo);
        desk.orch
            .run(&ask().for_each(1), words(order))
            .await
            .unwrap()
            .accept_partial();
        let mut keys: Vec<_> = desk.engine.jobs().iter().map(|job| job.id.step).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 3, "two equal inputs are two pieces of work");
        sets.push(keys);
    }
    assert_eq!(sets[0], sets[1]);
}

#[tokio::test]
async fn maps_change_the_output_and_a_failure_of_ones_own_is_one_missing_item() {
    let desk = desk(echo);
    let length = ask().map(|word: String| word.len());
    assert_eq!(desk.orch.run(&length, "four".to_owned()).await.unwrap(), 4);
    let number = ask().try_map(|word: String| word.parse::<u32>().map_err(Error::failed));
    let covered = desk
        .orch
        .run(&number.for_each(4), words(&["7", "x"]))
        .await
        .unwrap();
    assert!(
        covered.missing()[0].why.to_string().contains("invalid digit"),
        "{:?}",
        covered.missing()
    );
    assert_eq!(covered.accept_partial(), [7]);
}

#[tokio::test]
async fn a_run_is_told_from_its_first_event_to_its_last() {
    let desk = desk(echo);
    desk.orch.run(&ask(), "a".to_owned()).await.unwrap();
    let kinds: Vec<String> = desk
        .seen
        .all()
        .iter()
        .map(|event| {
            serde_json::to_value(event).unwrap()["event"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(
        kinds,
        ["run_started", "worker_queued", "worker_finished", "run_finished"]
    );
    let numbers: Vec<u64> = desk.seen.all().iter().map(|event| event.seq).collect();
    assert_eq!(numbers, [0, 1, 2, 3]);
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_invalid() {
    let desk = desk(|_| Play::answer("x".repeat(9 << 20)));
    let error = desk
        .orch
        .run(&ask().repairs(0), "a".to_owned())
        .await
        .unwrap_err();
    let Error::Unfinished(Unfinished::Invalid { complaint, raw }) = error else {
        panic!("{error}")
    };
    assert!(complaint.contains("9437184 bytes"), "{complaint}");
    assert!(
        raw.len() < 100_000,
        "the raw text is kept within bounds: {}",
        raw.len()
    );
}

#[test]
fn a_wrong_configuration_is_refused_before_anything_runs() {
    let tree = tempfile::tempdir().unwrap();
    let tool = || Tool::new("scripted", "true");
    let state = || StateDir::at("/nowhere/else");
    let inside = Orchestrator::builder(tree.path())
        .agent(tool())
        .state_dir(StateDir::at(tree.path().join("a/b")));
    assert!(matches!(inside.build(), Err(BuildError::StateInWorkTree { .. })));
    let nobody = Orchestrator::builder(tree.path()).state_dir(state());
    assert!(matches!(nobody.build(), Err(BuildError::NoAgent)));
    let twins = Orchestrator::builder(tree.path())
        .agent(tool())
        .agent(tool())
        .state_dir(state());
    assert!(matches!(twins.build(), Err(BuildError::SameName { .. })));
    let idle = Orchestrator::builder(tree.path())
        .agent(tool())
        .max_parallel(0)
        .state_dir(state());
    assert!(matches!(idle.build(), Err(BuildError::NoPlaces)));
    let elsewhere = Orchestrator::builder(tree.path())
        .agent(tool())
        .engine(MemoryEngine::new(|_| unreachable!("nothing runs")))
        .require_containment(Tier::Environment)
        .state_dir(state());
    assert!(matches!(elsewhere.build(), Err(BuildError::OwnEngine { .. })));
    let nowhere = Orchestrator::builder("/no/such/tree")
        .agent(tool())
        .state_dir(state());
    assert!(nowhere.build().unwrap_err().to_string().contains("/no/such/tree"));
}

#[tokio::test]
async fn nothing_starts_in_a_run_that_is_over() {
    let desk = desk(echo);
    let pattern = step(|cx: Cx, (): ()| async move { Ok(cx) });
    let cx = desk.orch.run(&pattern, ()).await.unwrap();
    let worker = ask();
    let reading = cx.read(&worker, &"a".to_owned());
    let error = reading.await.unwrap_err();
    assert!(error.to_string().contains("after its run had ended"), "{error}");
    assert_eq!(desk.engine.jobs().len(), 0);
}

#[tokio::test]
async fn a_type_that_cannot_be_asked_for_is_refused_before_anybody_is_paid() {
    use std::collections::BTreeMap;
    let desk = desk(|_| Play::answer("{}"));
    let worker: Worker<String, BTreeMap<String, u32>> = Worker::new(|_| Brief::new("count")).label("Count");
    let error = desk.orch.run(&worker, "a".to_owned()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("deliverable of Count cannot be asked for"),
        "{error}"
    );
    assert_eq!(desk.engine.jobs().len(), 0);
}

#[tokio::test]
async fn a_reader_that_panics_is_one_failed_worker() {
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    let orch = Orchestrator::builder(&tree)
        .state_dir(StateDir::at(root.path().join("state")))
        .agent(Tool::new("bad", "true").read(|_| panic!("as scripted")))
        .limits(
            Limits::default()
                .total(std::time::Duration::MAX)
                .idle(std::time::Duration::MAX),
        )
        .build()
        .unwrap();
    let covered = orch.run(&ask().for_each(2), words(&["a", "b"])).await.unwrap();
    assert_eq!(covered.coverage().to_string(), "0 of 2");
    assert!(
        covered.missing()[0].why.to_string().contains("panicked"),
        "{:?}",
        covered.missing()
    );
}
