//! Slices that are not done: each is an item with its reason, and the rest is there.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use orch_core::NotStarted;
use orch_core::agent::Tool;
use orch_core::event::EventKind;
use orch_patterns::engine::{Job, Usage};
use orch_patterns::prelude::*;
use orch_patterns::split_merge::Merge;
use orch_patterns::{Estimate, FailClass, StateDir, check};
use orch_testkit::memory_engine::Play;

use super::{Parts, REPORT, answers_and_writes, files, part, pattern, slices, why, writes};
use crate::house::{House, git};

/// What one of three workers does in place of its work, and how it is told.
#[tokio::test]
async fn a_slice_that_fails_is_an_item_with_its_reason_and_never_done() {
    type Script = fn(&Job) -> Play;
    let rows: [(&str, Script, FailClass); 3] = [
        (
            "dies",
            |_| Play::fail(FailClass::Crashed, "exit code 3"),
            FailClass::Crashed,
        ),
        (
            "killed",
            |_| Play::fail(FailClass::Killed, "SIGKILL"),
            FailClass::Killed,
        ),
        ("silent", |_| Play::silence(), FailClass::TotalTimeout),
    ];
    for (name, script, class) in rows {
        let parts = Parts::new(move |slice, job| match slice {
            "b" => {
                // Half of the work is there when it ends.
                fs::write(job.work_tree.join("b/x"), "half\n").unwrap();
                script(job)
            }
            _ => writes(job, &[(&format!("{slice}/x"), "done\n")]),
        });
        let pattern = pattern()
            .limits(Limits::default().total(Duration::from_millis(300)))
            .check_whole(check("true", [""; 0]));
        let covered = parts.run(&pattern, slices(&["a", "b", "c"])).await;
        assert_eq!(covered.coverage().to_string(), "2 of 3", "{name}");
        assert_eq!(covered.missing()[0].label, "b");
        let whole = covered.accept_partial();
        let Unfinished::Failed(failure) = why(part(&whole, "b")) else {
            panic!("{name}: {whole}")
        };
        assert_eq!(failure.class, class, "{name}");
        assert_eq!(
            files(&whole),
            ["a/x", "c/x"],
            "half of the work is not in the whole"
        );
        let half = part(&whole, "b").patch.as_ref().unwrap();
        assert!(
            half.diff().contains("+half"),
            "and it is not lost: {}",
            half.diff()
        );
        assert_eq!(whole.next_step(), "run slice b again, or go on without");
    }
}

#[tokio::test]
async fn an_answer_that_is_rubbish_is_asked_for_once_more_and_then_invalid() {
    let rubbish = |job: &Job, then: Option<&str>| {
        let play = answers_and_writes(job, &[("b/x", "done\n")], "I am fine");
        match then {
            Some(then) => play.then_answer(then),
            None => play.then_answer("Still fine"),
        }
    };
    for (then, done) in [(Some(REPORT), 2), (None, 1)] {
        let parts = Parts::new(move |slice, job| match slice {
            "b" => rubbish(job, then),
            _ => writes(job, &[("a/x", "done\n")]),
        });
        let covered = parts.run(&pattern(), slices(&["a", "b"])).await;
        assert_eq!(covered.coverage().done, done);
        let whole = covered.accept_partial();
        if done == 1 {
            assert!(matches!(why(part(&whole, "b")), Unfinished::Invalid { raw, .. } if raw == "Still fine"));
            assert_eq!(files(&whole), ["a/x"]);
        }
    }
}

#[tokio::test]
async fn with_one_slice_or_none_delivered_the_rest_is_missing_and_not_empty() {
    let parts = Parts::new(|slice, job| match slice {
        "c" => writes(job, &[("c/x", "done\n")]),
        _ => Play::fail(FailClass::Auth, "log in"),
    });
    let pattern = pattern()
        .merge(Merge::git().worker("Port it."))
        .check_whole(check("true", [""; 0]));
    let covered = parts.run(&pattern, slices(&["a", "b"])).await;
    assert_eq!(covered.coverage().to_string(), "0 of 2");
    assert!(covered.clone().require(Quorum::at_least(1)).is_err());
    let whole = covered.accept_partial();
    assert!(whole.patch().is_empty() && whole.merger().is_none() && whole.check().is_none());
    assert_eq!(whole.verdict(), Verdict::Unverified);
    assert!(whole.to_string().contains("there is nothing to apply"), "{whole}");
    assert_eq!(parts.engine.jobs().len(), 2, "nothing was merged by anybody");

    let covered = parts.run(&pattern, slices(&["a", "b", "c"])).await;
    assert_eq!(covered.coverage().to_string(), "1 of 3");
    assert_eq!(files(&covered.accept_partial()), ["c/x"]);
}

#[tokio::test]
async fn cancelled_in_the_middle_nothing_is_left_and_the_users_tree_is_as_it_was() {
    let parts = Parts::new(|slice, job| {
        if slice == "a" {
            return writes(job, &[("a/x", "done\n")]);
        }
        fs::write(job.work_tree.join("b/x"), "half\n").unwrap();
        Play::silence()
    });
    let cancel = async {
        let done = |kind: &EventKind| matches!(kind, EventKind::PatchMade { .. });
        let waits = |kind: &EventKind| matches!(kind, EventKind::WorkerQueued { worker: 2, .. });
        parts
            .house
            .seen
            .until(|events| events.iter().any(|e| done(&e.kind)) && events.iter().any(|e| waits(&e.kind)))
            .await;
        parts.orch.canceller().cancel();
    };
    let split = pattern();
    let (end, ()) = tokio::join!(parts.orch.run(&split, slices(&["a", "b"])), cancel);
    assert!(matches!(end, Err(Error::Halt(Halt::Cancelled))), "{end:?}");
    assert_eq!(parts.house.status(), "");
    assert_eq!(git(&parts.house.tree, &["worktree", "list"]).lines().count(), 1);
    parts.is_clear();
}

#[tokio::test]
async fn budget_runs_out_before_the_merge_and_the_merge_still_runs_on_what_there_is() {
    let script = |slice: &str, job: &Job| match slice {
        "merge" => writes(job, &[("a/x", "merged\n")]).usage(Usage::new(50, 0, 10)),
        slice => writes(job, &[(&format!("{slice}/x"), "done\n")]).usage(Usage::new(500, 0, 0)),
    };
    let parts = Parts::with(House::new(), script, |builder| {
        builder
            .budget(Budget::new().tokens(1_000).reserve_for_closing(30))
            .estimate("scripted", Estimate::new().tokens(500))
    });
    let pattern = pattern()
        .merge(Merge::git().worker("Port it."))
        .check_whole(check("true", [""; 0]));
    let covered = parts.run(&pattern, slices(&["a", "b", "c"])).await;
    assert_eq!(covered.coverage().to_string(), "1 of 3");
    for missing in covered.missing() {
        assert!(
            matches!(missing.why, Unfinished::NotStarted(NotStarted::OverBudget { .. })),
            "{missing:?}"
        );
    }
    let whole = covered.accept_partial();
    assert!(whole.merger().is_some_and(Outcome::is_done), "{whole}");
    assert_eq!(whole.verdict(), Verdict::Confirmed);
    assert!(whole.patch().diff().contains("+merged"));
}

#[tokio::test]
async fn a_dead_merging_worker_is_the_next_thing_to_look_at() {
    let parts = Parts::new(|slice, job| match slice {
        "merge" => Play::fail(FailClass::Crashed, "exit code 3"),
        slice => writes(job, &[(&format!("{slice}/x"), "done\n")]),
    });
    let pattern = pattern()
        .merge(Merge::git().worker("Port it."))
        .check_whole(check("true", [""; 0]));
    let covered = parts.run(&pattern, slices(&["a", "b"])).await;
    assert!(covered.coverage().is_full(), "every slice is in the whole");
    let whole = covered.accept_partial();
    assert_eq!(whole.verdict(), Verdict::Confirmed);
    let next = whole.next_step();
    assert!(
        next.contains("see why the merging worker did not deliver"),
        "{next}"
    );
    assert!(whole.to_string().contains(&next), "{whole}");
}

#[tokio::test]
async fn a_rehearsal_starts_nobody_runs_no_check_and_says_so() {
    let house = House::new();
    fs::create_dir(house.tree.join("a")).unwrap();
    fs::write(house.tree.join("a/x"), "x\n").unwrap();
    house.commit_all();
    let agent = Arc::new(Tool::new("sh", "/bin/sh").args(["-c", "touch a/ran"]));
    let orch = Orchestrator::builder(&house.tree)
        .agent_arc(agent.clone())
        .engine(orch_core::engine::Rehearsal::new([agent as _]))
        .state_dir(StateDir::at(house.root.path().join("state")))
        .build()
        .unwrap();
    let touched = house.root.path().join("checked").display().to_string();
    let own = touched.clone();
    let pattern = pattern()
        .check(move |_: &Slice| check("touch", [own.clone()]))
        .check_whole(check("touch", [touched.clone()]));
    let covered = orch.run(&pattern, slices(&["a"])).await.unwrap();
    assert!(matches!(
        covered.missing()[0].why,
        Unfinished::NotStarted(NotStarted::Rehearsal)
    ));
    assert!(
        covered
            .accept_partial()
            .next_step()
            .contains("this was a rehearsal")
    );
    assert!(!Path::new(&touched).exists());
    assert_eq!(house.status(), "");
}
