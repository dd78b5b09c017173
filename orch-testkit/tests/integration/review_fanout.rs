//! Review fan-out with scripted reviewers, on both engines.

use std::sync::Mutex;
use std::time::Duration;

use orch_patterns::agent::{Tool, WorkerEvent};
use orch_patterns::event::{Event, EventKind};
use orch_patterns::finding::{MergeSettings, Pairwise};
use orch_patterns::{
    Error, FailClass, Finding, Halt, Limits, Orchestrator, Outcome, Quorum, RunId, StateDir, Unfinished,
};

use tokio::sync::mpsc;

use crate::processes;
use crate::stages::{BOTH, Page, Role, Stage, Theatre, answer, finding};

fn quick() -> Limits {
    Limits::default().grace(Duration::from_millis(200))
}

#[tokio::test]
async fn one_ranked_list_without_duplicates_comes_back() {
    for stage in BOTH {
        let theatre = Theatre::new(
            stage,
            &[
                (
                    "one",
                    answer(&[finding(
                        10,
                        "high",
                        "the retry loop ignores the Retry-After header of the response",
                    )]),
                ),
                (
                    "two",
                    answer(&[
                        finding(
                            12,
                            "medium",
                            "Retry-After header is ignored by the loop that retries the response",
                        ),
                        finding(11, "low", "the file handle of the log is never closed"),
                    ]),
                ),
                ("three", answer(&[])),
            ],
            quick(),
        );
        let covered = theatre
            .orch
            .run(&theatre.pattern, Theatre::artefact())
            .await
            .unwrap();
        assert!(covered.coverage().is_full());
        let review = covered.require(Quorum::All).unwrap();
        let rows: Vec<(u32, usize)> = review
            .items
            .iter()
            .map(|item| (item.rank, item.seen_by.len()))
            .collect();
        assert_eq!(rows, [(1, 2), (2, 1)], "{stage:?}: {review}");
        assert!(
            review.to_string().contains("seen by 2 of 3: one, two"),
            "{review}"
        );
        assert_eq!(
            review.next_step.as_deref().map(|step| step.starts_with("a.rs:1")),
            Some(true)
        );
    }
}

#[tokio::test]
async fn merging_leaves_the_runtime_its_only_thread() {
    let theatre = Theatre::new(
        Stage::Memory,
        &[
            ("one", answer(&[finding(10, "high", "the loop never ends")])),
            (
                "two",
                answer(&[finding(11, "high", "an end of the loop is missing")]),
            ),
        ],
        quick(),
    );
    let (compares, mut is_comparing) = mpsc::unbounded_channel();
    let (goes_on, told) = std::sync::mpsc::channel();
    let told = Mutex::new(told);
    let (heard, was_heard) = std::sync::mpsc::channel();
    // It compares until a task of the same runtime says that it got to run.
    let likeness = Pairwise(move |_: &Finding, _: &Finding| {
        compares.send(()).unwrap();
        let in_time = told.lock().unwrap().recv_timeout(Duration::from_secs(60)).is_ok();
        heard.send(in_time).unwrap();
        1.0
    });
    let pattern = theatre
        .pattern
        .clone()
        .merging(MergeSettings::default().similarity(likeness));
    let other = async {
        is_comparing.recv().await.unwrap();
        goes_on.send(()).unwrap();
    };
    let (covered, ()) = tokio::join!(theatre.orch.run(&pattern, Theatre::artefact()), other);
    assert_eq!(covered.unwrap().accept_partial().items.len(), 1);
    assert!(was_heard.recv().unwrap(), "nobody else ran while it merged");
}

#[tokio::test]
async fn a_failed_reviewer_is_missing_coverage_and_not_no_findings() {
    for stage in BOTH {
        let cast = [
            ("good", answer(&[])),
            ("dead", Role::Fails),
            ("mad", Role::Says("I am fine".into())),
        ];
        let theatre = Theatre::new(stage, &cast, quick());
        let covered = theatre
            .orch
            .run(&theatre.pattern, Theatre::artefact())
            .await
            .unwrap();
        assert_eq!(covered.coverage().to_string(), "1 of 3");
        let missing = covered.missing();
        assert_eq!(missing[0].label, "dead");
        let Unfinished::Failed(failure) = &missing[0].why else {
            panic!("{:?}", missing[0])
        };
        assert_eq!(failure.class, FailClass::Crashed);
        assert!(matches!(&missing[1].why, Unfinished::Invalid { raw, .. } if raw.contains("I am fine")));
        let error = covered.require(Quorum::at_least(2)).unwrap_err();
        assert!(matches!(error, Error::Unfinished(_)), "{error}");
    }
}

#[tokio::test]
async fn a_reviewer_that_never_answers_costs_its_own_deadline_and_no_other_result() {
    for stage in BOTH {
        let cast = [
            ("good", answer(&[finding(1, "low", "x is wrong")])),
            ("silent", Role::Silent),
        ];
        let theatre = Theatre::new(stage, &cast, quick().total(Duration::from_millis(400)));
        let covered = theatre
            .orch
            .run(&theatre.pattern, Theatre::artefact())
            .await
            .unwrap();
        assert_eq!(covered.coverage().to_string(), "1 of 2");
        let Unfinished::Failed(failure) = &covered.missing()[0].why else {
            panic!("{:?}", covered.missing())
        };
        assert_eq!(failure.class, FailClass::TotalTimeout);
        assert_eq!(covered.accept_partial().items.len(), 1);
    }
}

#[tokio::test]
async fn silence_within_the_total_limit_is_an_idle_timeout() {
    let limits = quick().idle(Duration::from_millis(300));
    let theatre = Theatre::new(Stage::Terminals, &[("silent", Role::Silent)], limits);
    let covered = theatre
        .orch
        .run(&theatre.pattern, Theatre::artefact())
        .await
        .unwrap();
    let Unfinished::Failed(failure) = &covered.missing()[0].why else {
        panic!("{:?}", covered.missing())
    };
    assert_eq!(failure.class, FailClass::IdleTimeout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_never_stops_writing_does_not_hold_its_deadline() {
    let flood = Tool::new("flood", "/bin/sh").args(["-c", "exec yes"]);
    let theatre = Theatre::of_tools(vec![flood], quick().total(Duration::from_millis(500)));
    let covered = theatre
        .orch
        .run(&theatre.pattern, Theatre::artefact())
        .await
        .unwrap();
    let Unfinished::Failed(failure) = &covered.missing()[0].why else {
        panic!("{:?}", covered.missing())
    };
    assert_eq!(failure.class, FailClass::TotalTimeout);
    assert!(theatre.seen.all().len() < 100, "signs of life are not recorded");
}

#[tokio::test]
async fn a_cancelled_run_ends_every_worker_and_keeps_what_was_done() {
    for stage in BOTH {
        let cast = [
            ("good", answer(&[finding(1, "low", "x is wrong")])),
            ("silent", Role::Silent),
        ];
        let theatre = Theatre::new(stage, &cast, quick());
        let run = RunId::fresh();
        let cancel = async {
            theatre
                .seen
                .until(|events| events.iter().any(|event| finished(event).is_some()))
                .await;
            theatre.orch.canceller().cancel();
        };
        let (result, ()) = tokio::join!(
            theatre.orch.run_as(run, &theatre.pattern, Theatre::artefact()),
            cancel
        );
        assert!(matches!(result, Err(Error::Halt(Halt::Cancelled))), "{result:?}");
        let outcomes: Vec<Outcome<String>> = theatre.seen.all().iter().filter_map(finished).collect();
        assert_eq!(outcomes.len(), 2);
        assert_eq!(outcomes[1], Outcome::Unfinished(Unfinished::Cancelled));
        let roster = orch_patterns::Roster::of(&theatre.orch.events(run).await.unwrap());
        let so_far = theatre.pattern.so_far(&roster, theatre.orch.work_tree());
        assert_eq!(so_far.coverage().to_string(), "1 of 2");
        assert_eq!(so_far.accept_partial().items.len(), 1);
    }
}

/// The outcome of a worker, when this event is its end.
fn finished(event: &Event) -> Option<Outcome<String>> {
    match &event.kind {
        EventKind::WorkerFinished { outcome, .. } => Some(outcome.clone()),
        _ => None,
    }
}

/// The process of a worker, when this event is its start.
pub(crate) fn started(event: &Event) -> Option<(u32, String)> {
    match &event.kind {
        EventKind::Worker {
            did:
                WorkerEvent::Started {
                    pid,
                    terminal: Some(terminal),
                },
            ..
        } => Some((*pid, terminal.clone())),
        _ => None,
    }
}

/// Workers that say they are there, wait for the gate, and answer; each leaves a grandchild in a session of its own.
fn gated(gate: &std::path::Path, count: usize) -> Vec<Tool> {
    let script = format!(
        "setsid sleep 3600 & while [ ! -e '{}' ]; do sleep 0.02; done; echo '{{\"findings\":[]}}'",
        gate.display()
    );
    (0..count)
        .map(|n| Tool::new(format!("lens{n}"), "/bin/sh").args(["-c", &script]))
        .collect()
}

#[tokio::test]
async fn workers_are_real_processes_on_real_terminals_at_the_same_time_and_leave_nothing() {
    let outside = tempfile::tempdir().unwrap();
    let gate = outside.path().join("gate");
    let theatre = Theatre::of_tools(gated(&gate, 4), quick());
    let look = async {
        theatre
            .seen
            .until(|events| events.iter().filter_map(started).count() == 4)
            .await;
        let running: Vec<(u32, String)> = theatre.seen.all().iter().filter_map(started).collect();
        let mut below = Vec::new();
        for (pid, terminal) in &running {
            assert!(terminal.starts_with("/dev/pts/"), "{terminal}");
            let stdout = std::fs::read_link(format!("/proc/{pid}/fd/1")).unwrap();
            assert_eq!(
                stdout.to_str(),
                Some(terminal.as_str()),
                "standard output of {pid}"
            );
            let session = processes::stat(*pid).unwrap();
            assert_eq!(session.session, *pid, "a worker leads its own session");
            assert_eq!(
                session.parent,
                std::process::id(),
                "a worker is a child of this process"
            );
        }
        let mut terminals: Vec<&String> = running.iter().map(|(_, terminal)| terminal).collect();
        terminals.sort();
        terminals.dedup();
        assert_eq!(terminals.len(), 4, "each worker has a terminal of its own");
        processes::until(|| {
            below = processes::with_words(
                &["sleep", "3600"],
                &running.iter().map(|(pid, _)| *pid).collect::<Vec<_>>(),
            );
            below.len() >= 4
        });
        std::fs::write(&gate, "").unwrap();
        (running, below)
    };
    let (result, (running, below)) =
        tokio::join!(theatre.orch.run(&theatre.pattern, Theatre::artefact()), look);
    assert!(result.unwrap().coverage().is_full());

    // They ran at the same time: every start comes before the first end.
    let events = theatre.seen.all();
    let last_start = events
        .iter()
        .filter(|event| started(event).is_some())
        .map(|event| event.seq)
        .max();
    let first_end = events
        .iter()
        .filter(|event| finished(event).is_some())
        .map(|event| event.seq)
        .min();
    assert!(last_start < first_end, "{last_start:?} {first_end:?}");

    // Counted from /proc, by pid and start time: neither the workers nor their grandchildren are left.
    let left: Vec<u32> = running
        .iter()
        .map(|(pid, _)| *pid)
        .filter(|pid| processes::is_alive(*pid))
        .collect();
    assert_eq!(left, [] as [u32; 0]);
    let left: Vec<_> = below.iter().filter(|process| process.is_alive()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn dropping_the_run_ends_its_workers() {
    let theatre = Theatre::new(Stage::Terminals, &[("silent", Role::Silent)], quick());
    let running = {
        let run = theatre.orch.run(&theatre.pattern, Theatre::artefact());
        let started_one = theatre
            .seen
            .until(|events| events.iter().any(|event| started(event).is_some()));
        tokio::select! {
            _ = run => panic!("a silent reviewer does not end"),
            () = started_one => {}
        }
        theatre.seen.all().iter().find_map(started).unwrap().0
    };
    processes::until_async(|| !processes::is_alive(running)).await;
}

/// Every directory beneath `state` is 0700 and every file 0600; says how many there are.
pub(crate) fn assert_private(state: &std::path::Path) -> usize {
    use std::os::unix::fs::PermissionsExt as _;
    let mut count = 0;
    let mut waiting = vec![state.to_owned()];
    while let Some(path) = waiting.pop() {
        let metadata = path.symlink_metadata().unwrap();
        let mode = metadata.permissions().mode() & 0o777;
        assert_eq!(
            mode,
            if metadata.is_dir() { 0o700 } else { 0o600 },
            "{}",
            path.display()
        );
        count += 1;
        if metadata.is_dir() {
            waiting.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        }
    }
    count
}

#[tokio::test]
async fn run_directories_are_private_while_they_are_there_and_gone_afterwards() {
    let theatre = Theatre::new(Stage::Terminals, &[("silent", Role::Silent)], quick());
    let state = theatre.root.path().join("state");
    let look = async {
        theatre
            .seen
            .until(|events| events.iter().any(|event| started(event).is_some()))
            .await;
        let count = assert_private(&state);
        theatre.orch.canceller().kill();
        count
    };
    let (_, count) = tokio::join!(theatre.orch.run(&theatre.pattern, Theatre::artefact()), look);
    assert_eq!(
        count, 4,
        "state, runs, the run and whose it is; a tool with no private file has no directory"
    );
    assert_eq!(std::fs::read_dir(state.join("runs")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_run_that_is_taken_up_again_asks_nobody_twice() {
    let cast = [
        ("one", answer(&[finding(1, "low", "x is wrong")])),
        ("two", Role::Fails),
    ];
    let theatre = Theatre::new(Stage::Memory, &cast, quick());
    let engine = theatre.memory.clone().unwrap();
    let run = RunId::fresh();
    let first = theatre
        .orch
        .run_as(run, &theatre.pattern, Theatre::artefact())
        .await
        .unwrap();
    assert_eq!(engine.jobs().len(), 2);
    let again = theatre
        .orch
        .run_as(run, &theatre.pattern, Theatre::artefact())
        .await
        .unwrap();
    assert_eq!(first.accept_partial(), again.accept_partial());
    let mut asked: Vec<String> = engine.jobs().into_iter().map(|job| job.agent).collect();
    // Which of the two first ones began first is a matter of moments.
    asked[..2].sort();
    assert_eq!(
        asked,
        ["one", "two", "two"],
        "the done one was known, the failed one was tried again"
    );
    assert_eq!(engine.jobs()[2].id.attempt, 1);
    let roster = orch_patterns::Roster::of(&theatre.orch.events(run).await.unwrap());
    assert_eq!(roster.workers.len(), 2);
    assert!(
        roster.workers[0].outcome.as_ref().is_some_and(Outcome::is_done),
        "reused is done"
    );
}

#[tokio::test]
async fn step_keys_change_with_the_content_and_with_nothing_else() {
    let theatre = Theatre::new(Stage::Memory, &[("one", answer(&[]))], quick());
    let engine = theatre.memory.clone().unwrap();
    let mut keys = Vec::new();
    for text in ["fn main() {}\n", "fn main() {}\n", "fn main() { }\n"] {
        std::fs::write(theatre.orch.work_tree().join("a.rs"), text).unwrap();
        theatre
            .orch
            .run(&theatre.pattern, Theatre::artefact())
            .await
            .unwrap()
            .accept_partial();
        keys.push(engine.jobs().last().unwrap().id.step);
    }
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[1], keys[2]);
    let prompts = engine.prompts();
    assert_ne!(prompts[0], "", "a prompt was sent");
}

#[tokio::test]
async fn no_more_workers_run_than_there_are_places() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    let running = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (now, peak) = (Arc::clone(&running), Arc::clone(&most));
    let engine = orch_testkit::memory_engine::MemoryEngine::new(move |_| {
        peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let now = Arc::clone(&now);
        let turn = move || {
            let now = Arc::clone(&now);
            async move {
                // Everybody else gets a chance to start before this one ends.
                for _ in 0..50 {
                    tokio::task::yield_now().await;
                }
                now.fetch_sub(1, Ordering::SeqCst);
            }
        };
        orch_testkit::memory_engine::Play::answer_after(turn, r#"{"findings":[]}"#)
    });
    let orch = Orchestrator::builder(&tree)
        .state_dir(StateDir::at(root.path().join("state")))
        .agent(Tool::new("scripted", "true"))
        .engine(engine)
        .max_parallel(2)
        .build()
        .unwrap();
    let lenses = (0..6).map(|n| orch_patterns::Lens::custom(format!("lens{n}"), "x"));
    let pattern = orch_patterns::ReviewFanout::new(lenses);
    let covered = orch
        .run(&pattern, orch_patterns::Artefact::text("t", "text"))
        .await
        .unwrap();
    assert!(covered.coverage().is_full());
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_cannot_be_reviewed_is_said_before_anybody_is_paid() {
    let theatre = Theatre::new(Stage::Memory, &[("one", answer(&[]))], quick());
    for (artefact, words) in [
        (
            orch_patterns::Artefact::paths(["no-such"]),
            "no-such does not exist",
        ),
        (
            orch_patterns::Artefact::paths(["../elsewhere"]),
            "lies outside the work tree",
        ),
        (
            orch_patterns::Artefact::diff("no-such-revision"),
            "git diff against no-such-revision failed",
        ),
    ] {
        let error = theatre.orch.run(&theatre.pattern, artefact).await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(theatre.memory.unwrap().jobs().len(), 0);
}

#[tokio::test]
async fn lines_name_the_workers_of_their_own_run() {
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    let page = Page::default();
    let orch = Orchestrator::builder(&tree)
        .state_dir(StateDir::at(root.path().join("state")))
        .agent(Tool::new("scripted", "true"))
        .engine(orch_testkit::memory_engine::MemoryEngine::new(|_| {
            let turn = || async { tokio::task::yield_now().await };
            orch_testkit::memory_engine::Play::answer_after(turn, r#"{"findings":[]}"#)
        }))
        .observe(orch_patterns::Lines::to(page.clone()))
        .build()
        .unwrap();
    let one = orch_patterns::ReviewFanout::new([orch_patterns::Lens::custom("alpha", "x")]);
    let two = orch_patterns::ReviewFanout::new([orch_patterns::Lens::custom("beta", "x")]);
    let text = || orch_patterns::Artefact::text("t", "text");
    let (first, second) = tokio::join!(orch.run(&one, text()), orch.run(&two, text()));
    assert!(first.unwrap().coverage().is_full() && second.unwrap().coverage().is_full());
    assert!(orch.run(&two, text()).await.unwrap().coverage().is_full());
    let lines = page.text();
    assert_eq!(lines.matches("W1 Review alpha: done").count(), 1, "{lines}");
    assert_eq!(lines.matches("W1 Review beta: done").count(), 2, "{lines}");
}
