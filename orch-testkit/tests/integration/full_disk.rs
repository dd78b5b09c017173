//! What the machine refuses: a disk that is really full, rights that are really missing. It is told as that, with the next
//! step; it loses no answer, and it is nobody's misuse.
//!
//! The full disk is a small tmpfs in a mount namespace of the test's own. Where nobody may have one, those tests are left
//! out; the missing rights are those of `/sys`, in which not even root makes a folder.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use orch_core::agent::Tool;
use orch_patterns::event::{Event, EventKind};
use orch_patterns::prelude::*;
use orch_patterns::{FailClass, Merge, Merger, NotStarted, Observer, PatchError, StateDir};
use orch_patterns::{Missing, Refusal, RefusalKind};

use crate::house::{House, within, writer};

/// Where the inner run of a test finds its full disk.
const DISK: &str = "ORCH_TEST_FULL_DISK";

/// The size of that disk.
const SIZE: usize = 1 << 20;

/// Runs the calling test again with a small disk of its own; gives that disk's folder to the inner run.
fn on_a_small_disk(test: &str) -> Option<PathBuf> {
    const MOUNT: &str =
        "mount -t tmpfs -o size=1024k,mode=700 tmpfs \"$ORCH_TEST_FULL_DISK\" && exec \"$0\" \"$@\"";
    if let Some(disk) = std::env::var_os(DISK) {
        return Some(disk.into());
    }
    let disk = tempfile::tempdir().unwrap();
    let wrapped = |program: &Path, arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "--mount", "/bin/sh", "-c", MOUNT])
            .arg(program)
            .args(arguments)
            .env(DISK, disk.path())
            .stdin(Stdio::null());
        command
    };
    let works = wrapped(Path::new("/bin/true"), &[])
        .stderr(Stdio::null())
        .status();
    if !works.is_ok_and(|status| status.success()) {
        eprintln!("left out: a full disk, because none can be mounted here");
        return None;
    }
    let own = std::env::current_exe().unwrap();
    let done = wrapped(&own, &["--exact", test, "--nocapture"]).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    let wrong = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}{wrong}");
    assert!(said.contains("1 passed"), "{test} is no test: {said}");
    None
}

/// An orchestrator of `house` that keeps its private files in `state`; its agent `sh` runs `script`.
fn orch(house: &House, state: &Path, script: &str) -> Orchestrator {
    Orchestrator::builder(&house.tree)
        .agent(Tool::new("sh", "/bin/sh").args(["-c", script]))
        .state_dir(StateDir::at(state))
        .observe(house.seen.clone())
        .build()
        .unwrap()
}

fn refusal(error: &Error) -> &Refusal {
    let Some(refusal) = error.refusal() else {
        panic!("{error}")
    };
    refusal
}

#[tokio::test]
async fn a_desk_on_a_full_disk_is_refused_by_the_machine_wherever_on_the_way_the_room_ends() {
    const NAME: &str =
        "full_disk::a_desk_on_a_full_disk_is_refused_by_the_machine_wherever_on_the_way_the_room_ends";
    let Some(mount) = on_a_small_disk(NAME) else {
        return;
    };
    for house in [House::new(), House::plain()] {
        fs::write(house.tree.join("src/large"), vec![b'x'; SIZE + 1]).unwrap();
        let filler = mount.join("filler");
        let state = mount.join("state");
        let orch = orch(&house, &state, "true");
        let mut places = Vec::new();
        for free in [
            12 << 10,
            24 << 10,
            40 << 10,
            80 << 10,
            160 << 10,
            320 << 10,
            640 << 10,
        ] {
            fs::write(&filler, vec![0; SIZE - free]).unwrap();
            let desk = within(&orch, |cx: Cx| async move {
                let desk = cx.desk(["src"]).isolation(Isolation::Clone).await;
                Ok(desk.map(drop).unwrap_err())
            });
            let error = match desk.await {
                Ok(of_the_desk) => of_the_desk,
                // Not even the run has a place of its own.
                Err(of_the_run) => of_the_run,
            };
            let refusal = refusal(&error);
            assert_eq!(refusal.kind, RefusalKind::DiskFull, "{free}: {error}");
            assert!(refusal.path.starts_with(&mount), "{error}");
            let next = format!(
                "; free some space on the disk that holds {}, then run again",
                refusal.path.display()
            );
            assert!(error.to_string().ends_with(&next), "{error}");
            places.push(refusal.path.components().count());
            fs::remove_file(&filler).unwrap();
        }
        places.sort_unstable();
        places.dedup();
        assert!(places.len() > 1, "not always at the same place: {places:?}");
        assert_eq!(fs::read_dir(state.join("runs")).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn a_full_disk_stops_what_needs_a_desk_and_loses_no_answer() {
    const NAME: &str = "full_disk::a_full_disk_stops_what_needs_a_desk_and_loses_no_answer";
    let Some(mount) = on_a_small_disk(NAME) else {
        return;
    };
    let house = House::plain();
    fs::write(house.tree.join("src/large"), vec![b'x'; SIZE + 1]).unwrap();
    let orch = orch(&house, &mount, "echo answered");
    let reads: Worker<(), String> = Worker::new(|(): &()| Brief::new("Look."));
    let writes = step(|cx: Cx, (): ()| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        desk.write(&writer(&["src"]), &()).await
    });
    let both = several([
        reads.clone().boxed(),
        writes.clone().retry(Retry::transient(3)).boxed(),
    ]);
    let covered = orch.run(&both, ()).await.unwrap();
    assert_eq!(covered.coverage().to_string(), "1 of 2");
    let [Missing { why, .. }] = covered.missing() else {
        panic!("{covered:?}")
    };
    assert!(
        matches!(why, Unfinished::NotStarted(NotStarted::MachineRefused(refusal)) if refusal.kind == RefusalKind::DiskFull),
        "{why}"
    );
    assert_eq!(covered.accept_partial(), ["answered\n"]);
    // Who has a second way takes it, and two that were refused say so together.
    let otherwise = writes.clone().fallback(reads);
    assert_eq!(orch.run(&otherwise, ()).await.unwrap(), "answered\n");
    let error = orch.run(&writes.clone().fallback(writes), ()).await.unwrap_err();
    let Error::Unfinished(Unfinished::Failed(failure)) = error else {
        panic!("{error}")
    };
    assert_eq!(failure.class, FailClass::MachineRefused, "{failure}");
}

#[tokio::test]
async fn a_patch_that_does_not_fit_leaves_the_tree_as_it_was_and_says_where_room_is_needed() {
    const NAME: &str =
        "full_disk::a_patch_that_does_not_fit_leaves_the_tree_as_it_was_and_says_where_room_is_needed";
    let Some(mount) = on_a_small_disk(NAME) else {
        return;
    };
    let mut house = House::plain();
    let tree = mount.join("tree");
    fs::create_dir_all(tree.join("src")).unwrap();
    fs::write(tree.join("src/a.rs"), "1\n").unwrap();
    house.tree = tree.clone();
    let grow = "echo 2 >> src/a.rs; head -c 2000000 /dev/zero > src/large; echo grown";
    let orch = orch(&house, &house.root.path().join("state"), grow);
    let patch = within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        desk.write(&writer(&["src"]), &()).await?;
        desk.patch().await
    });
    let patch = patch.await.unwrap();
    let error = patch.apply().await.unwrap_err();
    let PatchError::MachineRefused(refusal) = &error else {
        panic!("{error}")
    };
    assert_eq!(refusal.kind, RefusalKind::DiskFull, "{error}");
    assert_eq!(refusal.path, tree.join("src/large"));
    assert!(
        error
            .to_string()
            .starts_with("merging src/large failed, and nothing was changed: ")
    );
    assert_eq!(house.read("src/a.rs"), "1\n");
    assert_eq!(
        fs::read_dir(tree.join("src")).unwrap().count(),
        1,
        "nothing is left beside it"
    );
    let Error::Unfinished(Unfinished::Failed(failure)) = Error::from(error) else {
        panic!("a patch ends no run")
    };
    assert_eq!(failure.class, FailClass::MachineRefused);
}

#[tokio::test]
async fn a_place_in_which_nobody_may_write_is_no_misuse_of_the_run_nor_of_a_desk() {
    let house = House::plain();
    let nowhere = orch(&house, Path::new("/sys/orch"), "true");
    let error = within(&nowhere, |_| async { Ok(()) }).await.unwrap_err();
    assert!(matches!(error, Error::Halt(Halt::MachineRefused(_))), "{error}");
    let kind = refusal(&error).kind;
    // A container has it without the right to write at all.
    assert!(
        matches!(kind, RefusalKind::Rights | RefusalKind::ReadOnly),
        "{error}"
    );
    assert!(house.seen.all().is_empty(), "nothing was begun");

    let state = house.root.path().join("state");
    fs::create_dir(&state).unwrap();
    symlink("/sys", state.join("leases")).unwrap();
    let orch = orch(&house, &state, "true");
    let error = within(&orch, |cx: Cx| async move {
        Ok(cx.desk(["src"]).await.map(drop).unwrap_err())
    });
    let error = error.await.unwrap();
    assert!(!error.is_halt(), "{error}");
    assert_eq!(refusal(&error).kind, kind);
    assert!(
        error.to_string().contains("lease of src cannot be recorded: "),
        "{error}"
    );
}

/// A review of one finding by a reader, then a desk that the full disk has no room for.
#[tokio::test]
async fn a_funnel_whose_desk_has_no_room_still_hands_out_the_review_and_says_what_to_do() {
    const NAME: &str =
        "full_disk::a_funnel_whose_desk_has_no_room_still_hands_out_the_review_and_says_what_to_do";
    let Some(mount) = on_a_small_disk(NAME) else {
        return;
    };
    let house = House::new();
    fs::write(house.tree.join("src/large"), vec![b'x'; SIZE + 1]).unwrap();
    let findings = r#"{"findings":[{"path":"src/a.rs","line":5,"severity":"high","claim":"five is wrong","evidence":"line 5"}]}"#;
    let orch = orch(&house, &mount, &format!("echo '{findings}'"));
    let funnel = Funnel::new(ReviewFanout::new([Lens::Correctness]))
        .implement(Implementer::new().writes(["src"]).isolation(Isolation::Clone))
        .verify(check("true", [""; 0]));
    let fixed = orch
        .run(&funnel, Artefact::paths([PathBuf::from("src/a.rs")]))
        .await
        .unwrap();
    assert_eq!(fixed.review.items.len(), 1, "{fixed}");
    assert_eq!(fixed.verdict(), Verdict::Unverified);
    assert!(fixed.patch().unwrap().is_empty());
    let text = fixed.to_string();
    assert!(
        text.contains("the implementer did not finish: not started: desk of src cannot be made: "),
        "{text}"
    );
    assert!(
        text.contains("Next step: free some space on the disk that holds "),
        "{text}"
    );
}

/// Takes the right to record leases away when a plan gets to its third step.
#[derive(Debug)]
struct ThenNoLeases(PathBuf);

impl Observer for ThenNoLeases {
    fn on_event(&self, event: &Event) {
        if let EventKind::PlanChanged { plan, .. } = &event.kind
            && plan.current() == plan.steps().get(2)
            && !self.0.is_symlink()
        {
            fs::rename(&self.0, self.0.with_extension("before")).unwrap();
            symlink("/sys", &self.0).unwrap();
        }
    }
}

#[tokio::test]
async fn slices_that_cannot_be_brought_together_stay_in_their_parts() {
    let house = House::plain();
    let state = house.root.path().join("state");
    let said = r#"{"summary":"changed","text":"An intro."}"#;
    let script = format!("echo more >> src/a.rs; echo '{said}'");
    let sh = Tool::new("sh", "/bin/sh").args(["-c", &script]);
    let orch = Orchestrator::builder(&house.tree)
        .agent(sh)
        .state_dir(StateDir::at(&state))
        .observe(ThenNoLeases(state.join("leases")))
        .build()
        .unwrap();
    let split = SplitMerge::new(|_: &Slice| Brief::new("Change it."))
        .merge(Merge::text("docs/intro.md").worker(Merger::new("Change it.")))
        .check_whole(check("true", [""; 0]));
    let slices = Slices::new([Slice::new("a", ["src/a.rs"]), Slice::section("intro")]);
    let covered = orch.run(&split, slices).await.unwrap();
    let whole = covered.accept_partial();
    let reports: Vec<bool> = whole.items().map(|(_, part)| part.outcome.is_done()).collect();
    assert_eq!(reports, [true, true], "{whole}");
    let (_, first) = whole.items().next().unwrap();
    assert_eq!(first.patch.as_ref().unwrap().files().count(), 1);
    assert!(whole.patch().is_empty());
    let open: Vec<&Path> = whole
        .conflicts()
        .iter()
        .map(|conflict| conflict.path.as_path())
        .collect();
    assert_eq!(open, ["src/a.rs", "docs/intro.md"].map(Path::new));
    let refusal = whole.left_apart().unwrap().refusal().unwrap();
    assert!(
        matches!(refusal.kind, RefusalKind::Rights | RefusalKind::ReadOnly),
        "{refusal}"
    );
    assert!(matches!(whole.merger(), Some(Outcome::Unfinished(why)) if why.refusal() == Some(refusal)));
    assert!(matches!(whole.check(), Some(Outcome::Unfinished(why)) if why.refusal() == Some(refusal)));
    assert_eq!(whole.next_step(), refusal.next_step());
}
