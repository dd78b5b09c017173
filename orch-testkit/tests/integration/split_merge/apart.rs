//! What workers do apart, and what is known of it.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orch_core::event::EventKind;
use orch_patterns::prelude::*;
use orch_patterns::split_merge::Report;
use orch_patterns::{FailClass, check};
use orch_testkit::memory_engine::Play;

use super::{Parts, REPORT, files, part, pattern, slice_of, slices, why, writes};

#[tokio::test]
async fn what_workers_did_apart_comes_back_as_one_patch() {
    let parts = Parts::new(|slice, job| {
        let (new, old) = (format!("{slice}/new"), format!("{slice}/x"));
        writes(job, &[(&old, "1\n2\nthree\n4\n5\n"), (&new, "new\n")])
    });
    let pattern = pattern()
        .check(|slice: &Slice| (slice.label == "a").then(|| check("grep", ["-q", "three", "a/x"])))
        .check_whole(check(
            "sh",
            ["-c", "test -e a/new && test -e b/new && test -e c/new"],
        ));
    let covered = parts.run(&pattern, slices(&["a", "b", "c"])).await;
    assert!(covered.coverage().is_full());
    let whole = covered.require(Quorum::All).unwrap();
    assert_eq!(files(&whole), ["a/new", "a/x", "b/new", "b/x", "c/new", "c/x"]);
    assert_eq!(
        (whole.verdict(), whole.conflicts()),
        (Verdict::Confirmed, &[][..])
    );
    assert_eq!(part(&whole, "a").verdict(), Verdict::Confirmed);
    assert!(part(&whole, "b").check.is_none());
    let shown = "\
Slices: 3 of 3 are in the whole.
- a (a): done: It is done.; grep -q three a/x: confirmed (exit code 0)
- b (b): done: It is done.
- c (c): done: It is done.
Check of the whole: sh -c 'test -e a/new && test -e b/new && test -e c/new': confirmed (exit code 0)
Patch: 6 files: a/new, a/x, b/new, b/x, c/new, c/x

Next step: look at the patch, and apply it or put it on a branch
";
    assert_eq!(whole.to_string(), shown);

    // Each was told what is its own and what is the others', and may write its own alone.
    let prompt = parts.prompt_of("b");
    assert!(
        prompt.contains("Your slice is b (b). It is yours alone"),
        "{prompt}"
    );
    assert!(
        prompt.contains("Others work at the same time on: a (a); c (c)."),
        "{prompt}"
    );
    for job in parts.engine.jobs() {
        assert_eq!(job.scope.writable(), [PathBuf::from(slice_of(&job))]);
        assert_ne!(job.work_tree, parts.house.tree);
    }
    let json = serde_json::to_value(&whole).unwrap();
    assert_eq!(json["patch"]["files"][0], "a/new");
    assert_eq!(
        json["parts"][1]["outcome"]["done"]["fix"]["summary"],
        "It is done."
    );

    whole.patch().apply().await.unwrap();
    assert_eq!(parts.house.read("b/x"), "1\n2\nthree\n4\n5\n");
    assert_eq!(parts.house.read("c/new"), "new\n");
    drop(whole);
    parts.is_clear();
}

#[tokio::test]
async fn what_a_slice_changed_beside_its_paths_is_left_out_and_told() {
    let parts = Parts::new(|slice, job| match slice {
        "a" => writes(job, &[("a/x", "done\n"), ("b/x", "theirs\n"), ("stray", "x\n")]),
        _ => writes(job, &[("b/new", "done\n")]),
    });
    let whole = parts
        .run(&pattern(), slices(&["a", "b"]))
        .await
        .require(Quorum::All)
        .unwrap();
    assert_eq!(files(&whole), ["a/x", "b/new"]);
    assert_eq!(part(&whole, "a").left_out(), ["b/x", "stray"].map(PathBuf::from));
    assert!(
        whole.to_string().contains("that is left out: b/x, stray"),
        "{whole}"
    );
}

#[tokio::test]
async fn a_check_refutes_what_is_wrong_and_one_that_could_not_be_run_refutes_nothing() {
    let parts = Parts::new(|slice, job| writes(job, &[(&format!("{slice}/x"), "done\n")]));
    let pattern = pattern().check(|slice: &Slice| match slice.label.as_str() {
        "a" => check("sh", ["-c", "echo the test fails; exit 1"]),
        "b" => check("no-such-program-4711", [""; 0]),
        _ => check("grep", ["-q", "done", "c/x"]),
    });
    let covered = parts.run(&pattern, slices(&["a", "b", "c"])).await;
    assert_eq!(covered.coverage().to_string(), "2 of 3");
    let whole = covered.accept_partial();
    assert_eq!(files(&whole), ["b/x", "c/x"]);
    let verdicts: Vec<Verdict> = whole.items().map(|(_, part)| part.verdict()).collect();
    assert_eq!(
        verdicts,
        [Verdict::Refuted, Verdict::Unverified, Verdict::Confirmed]
    );
    assert!(
        why(part(&whole, "a"))
            .to_string()
            .contains("its own check refuted it")
    );
    let Some(Outcome::Done(evidence)) = &part(&whole, "a").check else {
        panic!("{whole}")
    };
    assert!(evidence.output.contains("the test fails"));
    assert!(
        part(&whole, "a").patch.is_some(),
        "what was refuted can be looked at"
    );
}

#[tokio::test]
async fn no_more_than_at_most_slices_are_worked_on_at_once() {
    for at_most in [1, 2, 3] {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (inside, seen) = (Arc::clone(&now), Arc::clone(&most));
        // Each waits until as many are at work as may be, or nobody else is to come.
        let left = Arc::new(AtomicUsize::new(3));
        let parts = Parts::new(move |_, _| {
            let (inside, seen, left) = (Arc::clone(&inside), Arc::clone(&seen), Arc::clone(&left));
            let turn = move || {
                let (inside, seen, left) = (Arc::clone(&inside), Arc::clone(&seen), Arc::clone(&left));
                async move {
                    let here = inside.fetch_add(1, Ordering::SeqCst) + 1;
                    seen.fetch_max(here, Ordering::SeqCst);
                    let full = || seen.load(Ordering::SeqCst) >= at_most.min(left.load(Ordering::SeqCst));
                    crate::processes::until_async(full).await;
                    left.fetch_sub(1, Ordering::SeqCst);
                    inside.fetch_sub(1, Ordering::SeqCst);
                }
            };
            Play::answer_after(turn, REPORT)
        });
        let covered = parts
            .run(&pattern().at_most(at_most), slices(&["a", "b", "c"]))
            .await;
        assert!(covered.coverage().is_full());
        assert_eq!(most.load(Ordering::SeqCst), at_most);
    }
}

#[tokio::test]
async fn a_writer_that_is_tried_again_begins_at_a_fresh_desk() {
    let before = Arc::new(AtomicUsize::new(0));
    let found = Arc::new(Mutex::new(Vec::new()));
    let (count, seen) = (Arc::clone(&before), Arc::clone(&found));
    let parts = Parts::new(move |_, job| {
        let file = job.work_tree.join("a/x");
        seen.lock().unwrap().push(fs::read_to_string(&file).unwrap());
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            fs::write(file, "half\n").unwrap();
            return Play::fail(FailClass::Transport, "lost");
        }
        writes(job, &[("a/x", "done\n")])
    });
    let pattern = pattern().retry_workers(Retry::transient(1).first_pause(Duration::from_millis(1)));
    let whole = parts
        .run(&pattern, slices(&["a"]))
        .await
        .require(Quorum::All)
        .unwrap();
    assert_eq!(*found.lock().unwrap(), ["1\n2\n3\n4\n5\n", "1\n2\n3\n4\n5\n"]);
    assert!(whole.patch().diff().contains("+done"));
    let paths: Vec<String> = parts
        .house
        .seen
        .all()
        .into_iter()
        .filter_map(|event| match event.kind {
            EventKind::WorkerQueued { path, .. } => Some(path.join("/")),
            _ => None,
        })
        .collect();
    assert_eq!(paths, ["split-merge/slice/a", "split-merge/slice/a/retry 1"]);
}

#[tokio::test]
async fn step_keys_are_the_same_for_the_same_work_and_change_with_a_byte() {
    let keys = |parts: &Parts| {
        let mut keys: Vec<String> = parts
            .engine
            .jobs()
            .iter()
            .map(|job| job.id.step.to_string())
            .collect();
        keys.sort();
        keys
    };
    let run = async |text: &str, order: &[&str]| {
        let parts = Parts::new(|_, _| Play::answer(REPORT));
        fs::write(parts.house.tree.join("a/x"), text).unwrap();
        parts.house.commit_all();
        assert!(parts.run(&pattern(), slices(order)).await.coverage().is_full());
        keys(&parts)
    };
    let first = run("1\n2\n3\n4\n", &["a", "b"]).await;
    assert_eq!(first.len(), 2);
    assert_eq!(run("1\n2\n3\n4\n", &["a", "b"]).await, first);
    let other = run("1\n2\n3\n4!\n", &["a", "b"]).await;
    assert!(other.iter().all(|key| !first.contains(key)));
}

#[test]
fn a_report_says_which_kind_it_is() {
    let fix: orch_patterns::Fix = serde_json::from_str(REPORT).unwrap();
    let json = serde_json::to_value(Report::Fix(fix)).unwrap();
    assert!(json["fix"]["summary"].is_string());
}
