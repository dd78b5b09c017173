//! Split-merge with scripted workers at real desks of real repositories.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orch_core::agent::Tool;
use orch_core::event::EventKind;
use orch_core::{Conflict, Isolation, NotStarted};
use orch_patterns::engine::{Job, Usage};
use orch_patterns::prelude::*;
use orch_patterns::split_merge::{Merge, Report};
use orch_patterns::{Builder, Estimate, FailClass, Part, StateDir, check};
use orch_testkit::memory_engine::{MemoryEngine, Play};

use crate::desk::{House, git};

/// A writer's report.
pub(crate) const REPORT: &str =
    r#"{"summary":"It is done.","changes":[],"checks":[],"left_open":["a word for the others"]}"#;

/// A repository with the folders `a`, `b` and `c`, and workers that play.
pub(crate) struct Parts {
    pub(crate) house: House,
    pub(crate) orch: Orchestrator,
    pub(crate) engine: MemoryEngine,
}

impl Parts {
    pub(crate) fn new(script: impl Fn(&str, &Job) -> Play + Send + Sync + 'static) -> Self {
        Self::with(House::new(), script, |builder| builder)
    }

    pub(crate) fn with(
        house: House,
        script: impl Fn(&str, &Job) -> Play + Send + Sync + 'static,
        configure: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        for folder in ["a", "b", "c"] {
            fs::create_dir(house.tree.join(folder)).unwrap();
            fs::write(house.tree.join(folder).join("x"), "1\n2\n3\n4\n5\n").unwrap();
        }
        if house.tree.join(".git").exists() {
            house.commit_all();
        }
        let engine = MemoryEngine::new(move |job| script(&slice_of(job), job));
        let builder = Orchestrator::builder(&house.tree)
            .agent(Tool::new("scripted", "true"))
            .engine(engine.clone())
            .max_parallel(8)
            .state_dir(StateDir::at(house.root.path().join("state")))
            .observe(house.seen.clone());
        let orch = configure(builder).build().unwrap();
        Self { house, orch, engine }
    }

    pub(crate) async fn run(&self, pattern: &SplitMerge, slices: Slices) -> Covered<Whole> {
        let covered = self.orch.run(pattern, slices).await.unwrap();
        assert_eq!(
            self.house.status(),
            "",
            "the user's tree is clean until the patch is applied"
        );
        covered
    }

    pub(crate) fn prompt_of(&self, slice: &str) -> String {
        let jobs = self.engine.jobs();
        let job = jobs.iter().find(|job| slice_of(job) == slice).unwrap();
        job.prompt.clone()
    }

    fn is_clear(&self) {
        let state = self.house.root.path().join("state");
        for kind in ["runs", "patches"] {
            let left = fs::read_dir(state.join(kind)).map_or(0, Iterator::count);
            assert_eq!(left, 0, "{kind}: nothing private is left");
        }
    }
}

/// The slice that a job is about; `merge` for the merging worker.
pub(crate) fn slice_of(job: &Job) -> String {
    if job.label.ends_with("Merge") {
        return "merge".to_owned();
    }
    let told = job.prompt.split("Your slice is ").nth(1).unwrap();
    let end = told.find([' ', '.']).unwrap();
    told[..end].to_owned()
}

/// A worker that writes these files where it stands, then reports.
pub(crate) fn writes(job: &Job, files: &[(&str, &str)]) -> Play {
    answers_and_writes(job, files, REPORT)
}

pub(crate) fn answers_and_writes(job: &Job, files: &[(&str, &str)], report: &str) -> Play {
    let own = |(name, text): &(&str, &str)| (job.work_tree.join(name), (*text).to_owned());
    let files: Vec<(PathBuf, String)> = files.iter().map(own).collect();
    let write = move || {
        for (path, text) in &files {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        std::future::ready(())
    };
    Play::answer_after(write, report)
}

pub(crate) fn slices(labels: &[&str]) -> Slices {
    labels.iter().map(|label| Slice::new(*label, [*label])).collect()
}

pub(crate) fn pattern() -> SplitMerge {
    SplitMerge::new(|_: &Slice| Brief::new("Port your folder."))
}

pub(crate) fn files(whole: &Whole) -> Vec<String> {
    let files = whole.patch().files();
    files.map(|path| path.display().to_string()).collect()
}

fn part<'w>(whole: &'w Whole, label: &str) -> &'w Part {
    let mut items = whole.items();
    items.find(|(slice, _)| slice.label == label).unwrap().1
}

fn why(part: &Part) -> &Unfinished {
    match &part.outcome {
        Outcome::Unfinished(why) => why,
        Outcome::Done(report) => panic!("{report:?}"),
    }
}

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
async fn what_cannot_be_handed_out_is_refused_before_anything_starts() {
    let parts = Parts::new(|slice, _| panic!("{slice} was started"));
    std::os::unix::fs::symlink("a", parts.house.tree.join("link")).unwrap();
    let own = |pairs: &[(&str, &str)]| -> Slices {
        pairs
            .iter()
            .map(|(label, path)| Slice::new(*label, [*path]))
            .collect()
    };
    let text = || pattern().merge(Merge::text("a/guide.md"));
    let rows: Vec<(SplitMerge, Slices, &[&str])> = vec![
        (pattern(), Slices::default(), &["no slice"]),
        (
            pattern(),
            own(&[("n", "a"), ("n", "b")]),
            &["slices 1 and 2 are both labelled n"],
        ),
        (pattern(), own(&[(" ", "a")]), &["slice 1 of 1 has no label"]),
        (
            pattern(),
            own(&[("one", "a"), ("two", "./a/x")]),
            &["slice one and slice two overlap: a and a/x"],
        ),
        (
            pattern(),
            own(&[("one", "a/deep"), ("all", ".")]),
            &["slice one and slice all overlap: a/deep and ."],
        ),
        (
            pattern(),
            own(&[("one", "a"), ("two", "link")]),
            &["slice two", "leads through the link"],
        ),
        (pattern(), own(&[("one", "../x")]), &["slice one", "`..`"]),
        (pattern(), own(&[("one", "/etc")]), &["slice one", "not relative"]),
        (pattern(), own(&[("one", ".git")]), &["slice one", ".git"]),
        (
            pattern(),
            Slices::new([Slice::section("intro"), Slice::section("usage")]),
            &["slices intro, usage own no path", "Merge::text(path)"],
        ),
        (
            text(),
            own(&[("one", "a")]).and(Slice::section("intro")),
            &["the file of the sections, a/guide.md,", "slice one overlap"],
        ),
        (text(), own(&[("one", "b")]), &["no slice is a section"]),
        (
            pattern().merge(Merge::text(".")),
            Slices::new([Slice::section("s")]),
            &["name a file"],
        ),
        (pattern().at_most(0), own(&[("one", "a")]), &["0 slices at once"]),
        (
            pattern().isolate(Isolation::InPlace),
            own(&[("one", "a")]),
            &["in place"],
        ),
    ];
    for (pattern, slices, says) in rows {
        let end = parts.orch.run(&pattern, slices).await;
        let Err(Error::Halt(Halt::Misuse(why))) = end else {
            panic!("{says:?}: {end:?}")
        };
        for say in says {
            assert!(
                why.starts_with("split-merge: ") && why.contains(say),
                "{say}: {why}"
            );
        }
    }
    let begun =
        |kind: &EventKind| matches!(kind, EventKind::DeskTaken { .. } | EventKind::WorkerQueued { .. });
    assert!(!parts.house.seen.all().iter().any(|event| begun(&event.kind)));
    // Neighbours by name are no overlap.
    let fine = own(&[("one", "a"), ("two", "ab"), ("three", "b/x")]);
    let parts = Parts::new(|_, _| Play::answer(REPORT));
    assert!(parts.run(&pattern(), fine).await.coverage().is_full());
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
async fn cancelled_in_the_middle_nothing_is_left_and_the_users_tree_is_as_it_was() {
    let parts = Parts::new(|slice, job| match slice {
        "a" => writes(job, &[("a/x", "done\n")]),
        _ => {
            fs::write(job.work_tree.join("b/x"), "half\n").unwrap();
            Play::silence()
        }
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

/// A conflict is found at a desk of ours, before anything is merged into the user's tree.
fn predicted(conflicts: &[Conflict]) -> Vec<String> {
    conflicts.iter().map(ToString::to_string).collect()
}

/// gastown#3604, agtx#25, ai-fleet#8: workers' branches were merged into the user's tree one after the other, and the
/// first conflict left it half merged. Here who writes what is declared and held apart, what conflicts is known before
/// anything comes in, and the tree is never dirty: by real git and real processes.
#[tokio::test]
async fn story_14_merge_back_and_conflicts_never_leave_a_dirty_tree() {
    let house = House::new();
    for folder in ["a", "b", "c", "d"] {
        fs::create_dir(house.tree.join(folder)).unwrap();
        fs::write(house.tree.join(folder).join("x"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n").unwrap();
    }
    house.commit_all();
    let tree = house.tree.display().to_string();
    // `a` is fine. The user saves the line that `b` changes, another line than `c` changes, while they work. `d` is killed.
    let orch = house.orch(&format!(
        "brief=$(cat); git commit -q --allow-empty -m mine 2>/dev/null; \
         case $brief in \
         *'Your slice is a '*) sed -i s/5/five/ a/x; echo x >> b/x;; \
         *'Your slice is b '*) sed -i s/5/five/ b/x; echo new > b/new; sed -i s/5/FUENF/ {tree}/b/x;; \
         *'Your slice is c '*) sed -i s/9/nine/ c/x; sed -i s/1/one/ {tree}/c/x;; \
         *) sed -i s/5/five/ d/x; kill -KILL $$;; esac; \
         echo '{REPORT}'"
    ));
    let slices = slices(&["a", "b", "c", "d"]);
    let overlapping = slices.clone().and(Slice::new("late", ["b/x"]));
    let refused = orch.run(&pattern(), overlapping).await.map(drop).unwrap_err();
    assert!(
        matches!(&refused, Error::Halt(Halt::Misuse(why)) if why.contains("slice b and slice late overlap")),
        "declared write sets: {refused}"
    );
    let head = git(&house.tree, &["rev-parse", "HEAD"]);
    let covered = orch
        .run(
            &pattern().check_whole(check("grep", ["-q", "one", "c/x"])),
            slices,
        )
        .await
        .unwrap();
    assert_eq!(covered.coverage().to_string(), "3 of 4", "{:?}", covered.missing());
    let whole = covered.accept_partial();
    let saved = " M b/x\n M c/x\n";
    assert_eq!(house.status(), saved, "what the user saved and nothing else");
    assert_eq!(git(&house.tree, &["rev-parse", "HEAD"]), head);
    assert_eq!(git(&house.tree, &["worktree", "list"]).lines().count(), 1);
    assert_eq!(house.read("b/x"), "1\n2\n3\n4\nFUENF\n6\n7\n8\n9\n");

    let told: Vec<String> = whole.conflicts().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["b: b/x (the same lines were changed meanwhile)"]);
    assert_eq!(files(&whole), ["a/x", "b/new", "c/x"]);
    assert_eq!(part(&whole, "a").left_out(), [PathBuf::from("b/x")]);
    assert!(
        matches!(why(part(&whole, "d")), Unfinished::Failed(failure) if failure.class == FailClass::Killed)
    );
    assert_eq!(
        whole.verdict(),
        Verdict::Confirmed,
        "the whole has what the user saved"
    );
    assert_eq!(
        whole.next_step(),
        "settle what slice b wanted of b/x, by hand or by a merging worker"
    );

    // What stands against it now is asked without a change; while something does, nothing comes in.
    assert_eq!(predicted(&whole.patch().conflicts().await.unwrap()), [""; 0]);
    fs::write(house.tree.join("a/x"), "1\n2\n3\n4\nfuenf\n6\n7\n8\n9\n").unwrap();
    let against = predicted(&whole.patch().conflicts().await.unwrap());
    assert_eq!(against, ["a/x (the same lines were changed meanwhile)"]);
    whole.patch().apply().await.unwrap_err();
    assert_eq!(house.status(), " M a/x\n M b/x\n M c/x\n");
    assert!(!house.tree.join("b/new").exists());
    git(&house.tree, &["checkout", "a/x"]);
    whole.patch().apply().await.unwrap();
    assert_eq!(house.read("a/x"), "1\n2\n3\n4\nfive\n6\n7\n8\n9\n");
    assert_eq!(house.read("b/x"), "1\n2\n3\n4\nFUENF\n6\n7\n8\n9\n");
    assert_eq!(house.read("c/x"), "one\n2\n3\n4\n5\n6\n7\n8\nnine\n");
    assert_eq!(house.read("d/x"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
}

#[test]
fn a_report_says_which_kind_it_is() {
    let fix: orch_patterns::Fix = serde_json::from_str(REPORT).unwrap();
    let json = serde_json::to_value(Report::Fix(fix)).unwrap();
    assert!(json["fix"]["summary"].is_string());
}
