//! What a killed orchestrator left on disk: this test's own program, started again, is the one that is killed.

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use orch_core::agent::Tool;
use orch_core::event::EventKind;
use orch_core::session::Sessions;
use orch_core::{Cx, Error, Isolation, Orchestrator, RunId, StateDir};
use orch_patterns::step;

use crate::house::{House, git, within, writer};

/// Tells the other process the root of its house, how its writer stands, what that does, and which run it is.
const ROOT: &str = "ORCH_TEST_LEFT_ROOT";
const ISOLATION: &str = "ORCH_TEST_LEFT_ISOLATION";
const SCRIPT: &str = "ORCH_TEST_LEFT_SCRIPT";
const RUN: &str = "ORCH_TEST_LEFT_RUN";

/// What a writer does: a changed, a removed and a new file, one that is no text, and what a rule ignores.
const WORK: &str = r"sed -i s/5/five/ src/a.rs; rm src/gone.rs; mkdir src/deep; echo new > src/deep/new.rs; \
    printf '\000\001\377' > src/raw; echo x >> other.txt; mkdir build; echo z > build/out";

/// A house whose inhabitants are other processes.
struct Left {
    house: House,
}

/// One that lives. Killed when dropped.
struct Other {
    child: Child,
    /// It prints more when it ends, and must find somebody who reads.
    lines: Lines<BufReader<ChildStdout>>,
    /// Where its writer stands.
    stands: PathBuf,
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Left {
    fn new() -> Self {
        let house = House::new();
        Self { house }
    }

    fn state(&self) -> PathBuf {
        self.house.root.path().join("state")
    }

    fn orch(&self) -> Orchestrator {
        self.house.orch("true")
    }

    /// Starts another process whose writer has done `script` and goes on.
    fn other(&self, test: &str, isolation: &str, script: &str, run: Option<RunId>) -> Other {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", &format!("left_on_disk::{test}"), "--nocapture"])
            .env(ROOT, self.house.root.path())
            .env(ISOLATION, isolation)
            .env(SCRIPT, script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if let Some(run) = run {
            command.env(RUN, run.to_string());
        }
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let stands = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(PathBuf::from(line.strip_prefix("stands ")?)));
        let stands = stands.expect("its writer never came so far");
        assert!(stands.is_dir());
        Other { child, lines, stands }
    }

    /// What lies in a kind's folder.
    fn in_kind(&self, kind: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.state().join(kind)).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// Runs something in this process, which clears away meanwhile.
    async fn next(&self) -> Orchestrator {
        let orch = self.orch();
        within(&orch, |_: Cx| async { Ok(()) }).await.unwrap();
        orch
    }

    /// What was told of killed writers' work: patches that are kept, and places that stay.
    fn told(&self) -> (Vec<PathBuf>, Vec<(PathBuf, String)>) {
        let (mut kept, mut stays) = (Vec::new(), Vec::new());
        for event in self.house.seen.all() {
            match event.kind {
                EventKind::WorkKept { patch, .. } => kept.push(patch.into()),
                EventKind::WorkNotKept { place, why } => stays.push((place.into(), why)),
                _ => {}
            }
        }
        (kept, stays)
    }
}

/// In the other process: a writer does its script, says so by a pipe, and goes on until it is killed. Where its standard
/// input ends first, this process looks whether all is there still. Returns whether this is that process.
async fn is_the_other() -> bool {
    let Some(root) = std::env::var_os(ROOT).map(PathBuf::from) else {
        return false;
    };
    let said = |name: &str| std::env::var(name).unwrap();
    let isolation = match said(ISOLATION).as_str() {
        "clone" => Isolation::Clone,
        "worktree" => Isolation::Worktree,
        other => panic!("{other}"),
    };
    let pipes = tempfile::tempdir().unwrap();
    let pipe = pipes.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let script = format!("{}\necho > {}; exec sleep 600", said(SCRIPT), pipe.display());
    let state = StateDir::at(root.join("state"));
    let spilling = Sessions::native().spill(&state, 1 << 20).unwrap();
    let orch = Orchestrator::builder(root.join("tree"))
        .agent(Tool::new("sh", "/bin/sh").args(["-c", &script]))
        .state_dir(state)
        .build()
        .unwrap();
    let pattern = step(|cx: Cx, ()| {
        let pipe = pipe.clone();
        async move {
            let mut desk = cx.desk(["src"]).isolation(isolation).await?;
            let stands = desk.directory();
            let patch = desk.show(&desk.patch().await?).await?;
            let writing = desk.write(&writer(&["src"]), &());
            let watching = tokio::task::spawn_blocking({
                let stands = stands.clone();
                move || {
                    // Opened when the writer has done its script.
                    fs::read(pipe).unwrap();
                    let mut out = std::io::stdout();
                    writeln!(out, "\nstands {}", stands.display()).unwrap();
                    out.flush().unwrap();
                    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
                }
            });
            tokio::select! {
                _ = writing => panic!("the writer ended"),
                watched = watching => watched.unwrap(),
            }
            assert!(stands.join("src/deep/new.rs").is_file());
            drop(patch);
            Ok::<_, Error>(())
        }
    });
    let run = std::env::var(RUN).map_or_else(
        |_| RunId::fresh(),
        |run| serde_json::from_value(serde_json::Value::String(run)).unwrap(),
    );
    orch.run_as(run, &pattern, ()).await.unwrap();
    drop(spilling);
    true
}

#[tokio::test]
async fn the_copy_of_a_killed_orchestrator_goes_and_what_its_writer_did_is_kept() {
    if is_the_other().await {
        return;
    }
    let test = "the_copy_of_a_killed_orchestrator_goes_and_what_its_writer_did_is_kept";
    for isolation in ["clone", "worktree"] {
        let left = Left::new();
        let before = left.house.status();
        let other = left.other(test, isolation, WORK, None);
        let stands = other.stands.clone();
        drop(other);
        assert!(stands.is_dir(), "{isolation}: it was killed");
        assert_eq!(
            left.in_kind("sessions").len(),
            2,
            "its spill, and what says whose it is"
        );
        left.next().await;
        for kind in ["runs", "sessions", "patches"] {
            assert_eq!(left.in_kind(kind), Vec::<PathBuf>::new(), "{isolation}");
        }
        let linked = git(&left.house.tree, &["worktree", "list", "--porcelain"]);
        assert_eq!(linked.matches("worktree ").count(), 1, "{isolation}: {linked}");
        assert_eq!(
            left.house.status(),
            before,
            "{isolation}: the user's tree is as it was"
        );
        let (kept, stays) = left.told();
        assert_eq!(left.in_kind("kept"), kept);
        assert_eq!(stays, []);
        git(&left.house.tree, &["apply", kept[0].to_str().unwrap()]);
        assert!(left.house.read("src/a.rs").contains("five"));
        assert_eq!(left.house.read("src/deep/new.rs"), "new\n");
        assert_eq!(fs::read(left.house.tree.join("src/raw")).unwrap(), [0, 1, 255]);
        assert!(!left.house.tree.join("src/gone.rs").exists());
        assert_eq!(
            left.house.read("other.txt"),
            "other\n",
            "not the writer's to change"
        );
        // It is the user's now.
        left.next().await;
        assert_eq!(left.in_kind("kept"), kept);
    }
}

#[tokio::test]
async fn a_living_orchestrators_copy_stays_while_another_clears_away() {
    if is_the_other().await {
        return;
    }
    let test = "a_living_orchestrators_copy_stays_while_another_clears_away";
    let left = Left::new();
    let dead = left.other(test, "worktree", WORK, None);
    let gone = dead.stands.clone();
    drop(dead);
    // Clears away what that one left, and lives.
    let mut living = left.other(test, "worktree", WORK, None);
    left.next().await;
    assert!(!gone.exists());
    assert!(living.stands.join("src/deep/new.rs").is_file());
    assert_eq!(left.in_kind("sessions").len(), 2);
    let linked = git(&left.house.tree, &["worktree", "list", "--porcelain"]);
    assert!(linked.contains(living.stands.to_str().unwrap()), "{linked}");
    // It looks itself whether all is there.
    drop(living.child.stdin.take());
    let said: Vec<String> = living.lines.by_ref().map_while(Result::ok).collect();
    assert!(living.child.wait().unwrap().success(), "{said:?}");
    for kind in ["runs", "sessions", "patches"] {
        assert_eq!(left.in_kind(kind), Vec::<PathBuf>::new());
    }
    assert_eq!(left.in_kind("kept").len(), 1, "only the killed one's is kept");
}

#[tokio::test]
async fn a_run_that_is_taken_up_after_a_kill_begins_in_a_place_of_its_own() {
    if is_the_other().await {
        return;
    }
    let test = "a_run_that_is_taken_up_after_a_kill_begins_in_a_place_of_its_own";
    let left = Left::new();
    let run = RunId::fresh();
    // It has cleared away before: it looks again where it takes up a run whose program was killed.
    let orch = left.next().await;
    let other = left.other(test, "clone", WORK, Some(run));
    let refused = orch.run_as(run, &step(|_: Cx, ()| async { Ok(()) }), ()).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("goes on"), "{refused}");
    assert!(other.stands.is_dir());
    drop(other);
    let pattern = step(|cx: Cx, ()| async move {
        let desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        let own = fs::read_to_string(desk.directory().join("src/a.rs")).unwrap();
        assert!(own.contains('5'), "it begins anew: {own}");
        Ok::<_, Error>(())
    });
    orch.run_as(run, &pattern, ()).await.unwrap();
    assert_eq!(left.in_kind("runs"), Vec::<PathBuf>::new());
    let (kept, _) = left.told();
    assert_eq!(kept.len(), 1);
    let name = kept[0].file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with(&run.to_string()), "{name}");
}

#[tokio::test]
async fn a_hostile_tree_in_what_was_left_stops_nothing_and_reaches_nothing_outside() {
    if is_the_other().await {
        return;
    }
    let test = "a_hostile_tree_in_what_was_left_stops_nothing_and_reaches_nothing_outside";
    let left = Left::new();
    let outside = left.house.root.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("a.rs"), "the user's").unwrap();
    let outside_is_whole = || {
        let files: Vec<PathBuf> = fs::read_dir(&outside)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(files, [outside.join("a.rs")]);
        assert_eq!(fs::read_to_string(&files[0]).unwrap(), "the user's");
    };
    let deep = "mkdir -p $(printf 'd/%.0s' $(seq 1500)); mkfifo d/d/pipe; chmod 0 d/d/d";
    let links = format!(
        "ln -s {0} build; {deep}; rm -r src; ln -s {0} src; ln -s {0} ../link; chmod 0 ../base",
        outside.display()
    );
    drop(left.other(test, "clone", &links, None));
    // git would wait for ever at these rules, so nobody can say what this writer's work is.
    let pipe = "mkfifo src/.gitignore; echo work > src/work";
    let silent = left.other(test, "clone", pipe, None);
    let stands = silent.stands.clone();
    drop(silent);
    drop(left.other(test, "clone", WORK, None));
    left.next().await;
    outside_is_whole();
    let (_, stays) = left.told();
    let [(place, why)] = stays.as_slice() else {
        panic!("{stays:?}")
    };
    assert!(why.contains(".gitignore"), "{why}");
    assert_eq!(left.in_kind("runs"), std::slice::from_ref(place));
    let room = stands
        .strip_prefix(left.state().join("runs"))
        .unwrap()
        .iter()
        .nth(1)
        .unwrap();
    let work = place.join(Path::new(room)).join("tree/src/work");
    assert_eq!(
        fs::read_to_string(work).unwrap(),
        "work\n",
        "the only copy is there still"
    );
    for patch in left.in_kind("kept") {
        let patch = String::from_utf8_lossy(&fs::read(patch).unwrap()).into_owned();
        assert!(
            !patch.contains("the user's"),
            "what a link names is not read: {patch}"
        );
    }
}

#[tokio::test]
async fn where_nothing_can_be_kept_or_removed_nothing_fails() {
    if is_the_other().await {
        return;
    }
    let test = "where_nothing_can_be_kept_or_removed_nothing_fails";
    let left = Left::new();
    let other = left.other(test, "clone", WORK, None);
    drop(other);
    // A file where patches would be kept, and one where sessions spill.
    fs::write(left.state().join("kept"), "").unwrap();
    let sessions = left.state().join("sessions");
    let mut closed = fs::metadata(&sessions).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut closed, 0o500);
    fs::set_permissions(&sessions, closed).unwrap();
    left.next().await;
    let (kept, stays) = left.told();
    assert_eq!(kept, Vec::<PathBuf>::new());
    let [(place, _)] = stays.as_slice() else {
        panic!("{stays:?}")
    };
    assert!(place.is_dir(), "the writer's work is there still");
    // As soon as it can be kept, it is.
    fs::remove_file(left.state().join("kept")).unwrap();
    left.next().await;
    assert_eq!(left.in_kind("kept").len(), 1);
    assert!(!place.exists());
}
