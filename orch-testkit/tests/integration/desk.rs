//! The one writer: where it stands, what comes back, what is merged, and what is left alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use futures::future::poll_immediate;
use orch_core::agent::{Codex, Tool};
use orch_core::event::EventKind;
use orch_core::{
    Cx, Error, FailClass, Halt, Isolation, Orchestrator, PatchError, Result, StateDir, Unfinished, Worker,
    Writer,
};
use orch_patterns::step;
use orch_prompts::Brief;
use orch_testkit::memory_engine::{MemoryEngine, Play};
use orch_testkit::real;
use orch_testkit::server::{Reply, Request, Rule, Script, Server};
use tokio::sync::Notify;

use crate::processes;
use crate::stages::Seen;

/// A work tree with some files, and an orchestrator whose worker is a shell script.
pub(crate) struct House {
    pub(crate) root: tempfile::TempDir,
    pub(crate) tree: PathBuf,
    pub(crate) seen: Seen,
}

impl House {
    /// A work tree that is no repository.
    pub(crate) fn plain() -> Self {
        let root = tempfile::tempdir().unwrap();
        let tree = root.path().canonicalize().unwrap().join("tree");
        fs::create_dir_all(tree.join("src")).unwrap();
        let files = [
            ("src/a.rs", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
            ("src/gone.rs", "gone\n"),
            ("other.txt", "other\n"),
            (".gitignore", "/build\n"),
        ];
        for (name, text) in files {
            fs::write(tree.join(name), text).unwrap();
        }
        let seen = Seen::default();
        Self { root, tree, seen }
    }

    /// A repository with one commit.
    pub(crate) fn new() -> Self {
        let house = Self::plain();
        git(&house.tree, &["init", "-q", "-b", "main"]);
        house.commit_all();
        house
    }

    pub(crate) fn commit_all(&self) {
        git(&self.tree, &["add", "-A"]);
        git(&self.tree, &["commit", "-q", "-m", "all"]);
    }

    /// An orchestrator whose agent `sh` runs `script`.
    pub(crate) fn orch(&self, script: &str) -> Orchestrator {
        self.orch_of(Tool::new("sh", "/bin/sh").args(["-c", script]))
    }

    pub(crate) fn orch_of(&self, agent: impl orch_core::agent::Agent) -> Orchestrator {
        Orchestrator::builder(&self.tree)
            .agent(agent)
            .state_dir(StateDir::at(self.root.path().join("state")))
            .observe(self.seen.clone())
            .build()
            .unwrap()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.tree.join(name)).unwrap()
    }

    pub(crate) fn status(&self) -> String {
        git(&self.tree, &["status", "--porcelain"])
    }

    pub(crate) fn private_places(&self) -> usize {
        let count = |kind| fs::read_dir(self.root.path().join("state").join(kind)).map_or(0, Iterator::count);
        count("runs") + count("patches")
    }
}

pub(crate) fn git(tree: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=T", "-c", "user.email=t@localhost"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .current_dir(tree)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn writer(paths: &[&str]) -> Worker<(), String, Writer> {
    Worker::new(|(): &()| Brief::new("Change it.")).writes(paths)
}

/// What `body` returns, run as a pattern.
pub(crate) async fn within<O, F>(orch: &Orchestrator, body: impl Fn(Cx) -> F + Send + Sync) -> Result<O>
where
    O: Send + 'static,
    F: Future<Output = Result<O>> + Send,
{
    orch.run(&step(|cx: Cx, ()| body(cx)), ()).await
}

const WORK: &str = "sed -i s/5/five/ src/a.rs; rm src/gone.rs; mkdir -p src/deep build; echo new > src/deep/new.rs; \
                    echo x >> other.txt; echo y > stray.txt; echo z > build/out; git log --format=%s";

#[tokio::test]
async fn a_writer_in_a_clone_changes_nothing_of_the_users_until_its_patch_is_applied() {
    for isolation in [None, Some(Isolation::Clone), Some(Isolation::Worktree)] {
        let house = House::new();
        fs::write(
            house.tree.join("src/a.rs"),
            house.read("src/a.rs") + "not committed\n",
        )
        .unwrap();
        let before = house.status();
        let orch = house.orch(WORK);
        let tree = house.tree.clone();
        let (said, patch) = within(&orch, |cx: Cx| {
            let tree = tree.clone();
            async move {
                let request = cx.desk(["src"]);
                let mut desk = match isolation {
                    Some(isolation) => request.isolation(isolation).await?,
                    None => request.await?,
                };
                assert_eq!(desk.isolation(), isolation.unwrap_or(Isolation::Clone));
                assert_ne!(desk.directory(), tree);
                let said = desk.write(&writer(&["src"]), &()).await?;
                Ok((said, desk.patch().await?))
            }
        })
        .await
        .unwrap();
        assert_eq!(said.trim(), "all", "it knows the repository's commits");
        assert_eq!(house.status(), before, "{isolation:?}");
        assert_eq!(git(&house.tree, &["worktree", "list"]).lines().count(), 1);
        let files: Vec<_> = patch.files().collect();
        assert_eq!(
            files,
            ["src/a.rs", "src/deep/new.rs", "src/gone.rs"].map(Path::new)
        );
        assert_eq!(patch.left_out(), ["other.txt", "stray.txt"].map(PathBuf::from));
        for line in ["--- a/src/a.rs", "+five", "+++ b/src/deep/new.rs", "-gone"] {
            assert!(patch.diff().contains(line), "{line} in {}", patch.diff());
        }
        assert!(!patch.diff().contains("not committed\n+"), "{}", patch.diff());
        assert_eq!(patch.conflicts().await.unwrap(), []);
        patch.apply().await.unwrap();
        assert_eq!(
            house.read("src/a.rs"),
            "1\n2\n3\n4\nfive\n6\n7\n8\n9\nnot committed\n"
        );
        assert_eq!(house.read("src/deep/new.rs"), "new\n");
        assert!(!house.tree.join("src/gone.rs").exists());
        assert_eq!(house.read("other.txt"), "other\n");
        patch.apply().await.unwrap();
        assert_eq!(house.private_places(), 0, "nothing private is left");
    }
}

#[tokio::test]
async fn a_patch_is_merged_with_what_the_user_saved_meanwhile_or_not_at_all() {
    let house = House::new();
    let orch = house.orch(WORK);
    let patch = within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).await?;
        desk.write(&writer(&["src"]), &()).await?;
        desk.patch().await
    })
    .await
    .unwrap();
    let ours = |text: &str| fs::write(house.tree.join("src/a.rs"), text).unwrap();
    ours("1\n2\n3\n4\nFUENF\n6\n7\n8\n9\n");
    let conflicts = patch.conflicts().await.unwrap();
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    assert_eq!(conflicts[0].path, Path::new("src/a.rs"));
    let before = house.status();
    let refused = patch.apply().await.unwrap_err();
    assert!(matches!(refused, PatchError::Conflicts(_)), "{refused}");
    assert_eq!(house.status(), before, "nothing of it came in");
    assert_eq!(house.read("src/a.rs"), "1\n2\n3\n4\nFUENF\n6\n7\n8\n9\n");
    ours("one\n2\n3\n4\n5\n6\n7\n8\n9\n");
    patch.apply().await.unwrap();
    assert_eq!(house.read("src/a.rs"), "one\n2\n3\n4\nfive\n6\n7\n8\n9\n");
    assert!(!house.tree.join("src/gone.rs").exists());
}

#[tokio::test]
async fn a_branch_touches_neither_work_tree_nor_index_nor_head() {
    let house = House::new();
    fs::write(house.tree.join("other.txt"), "staged\n").unwrap();
    git(&house.tree, &["add", "other.txt"]);
    fs::write(house.tree.join("other.txt"), "not staged\n").unwrap();
    let state = || {
        let index = fs::read(house.tree.join(".git/index")).unwrap();
        (
            index,
            house.read(".git/HEAD"),
            house.read("src/a.rs"),
            git(&house.tree, &["diff"]),
        )
    };
    let orch = house.orch(WORK);
    let patch = within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).await?;
        desk.write(&writer(&["src"]), &()).await?;
        desk.patch().await
    })
    .await
    .unwrap();
    let before = state();
    let id = patch.branch("orch/work").await.unwrap();
    assert_eq!(state(), before);
    assert_eq!(git(&house.tree, &["rev-parse", "orch/work"]).trim(), id);
    assert_eq!(
        git(&house.tree, &["rev-parse", "orch/work~"]),
        git(&house.tree, &["rev-parse", "main"])
    );
    let listed = git(&house.tree, &["diff", "--name-status", "main", "orch/work"]);
    assert_eq!(listed, "M\tsrc/a.rs\nA\tsrc/deep/new.rs\nD\tsrc/gone.rs\n");
    assert!(git(&house.tree, &["show", "orch/work:src/a.rs"]).contains("five"));
    for wrong in ["orch/work", "-x", "a..b", "", "a b"] {
        let refused = patch.branch(wrong).await;
        assert!(
            matches!(refused, Err(PatchError::Git { .. })),
            "{wrong}: {refused:?}"
        );
    }
    patch.discard().await.unwrap();
    assert_eq!(state(), before);
}

#[tokio::test]
async fn scope_violation_of_a_writer_in_place_names_what_it_changed_beside_its_paths() {
    for house in [House::new(), House::plain()] {
        let orch = house.orch(WORK);
        let (error, patch) = within(&orch, |cx: Cx| async move {
            let mut desk = cx.desk(["src"]).isolation(Isolation::InPlace).await?;
            let error = desk.write(&writer(&["src"]), &()).await.unwrap_err();
            Ok((error, desk.patch().await?))
        })
        .await
        .unwrap();
        let Error::Unfinished(Unfinished::Failed(failure)) = error else {
            panic!("{error}")
        };
        assert_eq!(failure.class, FailClass::ScopeViolation, "{failure}");
        assert!(
            failure.detail.ends_with("also changed other.txt, stray.txt"),
            "{failure}"
        );
        assert!(house.read("src/a.rs").contains("five"), "it worked in place");
        patch.apply().await.unwrap();
        fs::write(house.tree.join("src/a.rs"), house.read("src/a.rs") + "saved\n").unwrap();
        patch.discard().await.unwrap();
        assert_eq!(house.read("src/a.rs"), "1\n2\n3\n4\n5\n6\n7\n8\n9\nsaved\n");
        assert_eq!(house.read("src/gone.rs"), "gone\n");
        assert!(!house.tree.join("src/deep").exists());
    }
}

#[tokio::test]
async fn scope_violation_of_a_writer_that_rewrites_the_shared_configuration() {
    let house = House::new();
    let orch = house.orch("git config alias.st '!echo'; echo x >> src/a.rs");
    let error = within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::Worktree).await?;
        Ok(desk.write(&writer(&["src"]), &()).await.unwrap_err())
    })
    .await
    .unwrap();
    assert!(error.to_string().starts_with("scope violation: "), "{error}");
    assert!(error.to_string().ends_with(".git/config"), "{error}");
}

#[tokio::test]
async fn what_a_desk_is_not_for_is_refused_before_anything_runs() {
    let house = House::plain();
    std::os::unix::fs::symlink("/etc", house.tree.join("out")).unwrap();
    let orch = house.orch("true");
    let misuse = |error: Error| match error {
        Error::Halt(Halt::Misuse(why)) => why,
        other => panic!("{other}"),
    };
    within(&orch, |cx: Cx| async move {
        for wrong in ["/etc", "..", "src/../..", "out", "out/passwd", "a\0b", ".git", ""] {
            misuse(cx.desk([wrong]).await.map(drop).unwrap_err());
        }
        misuse(cx.desk(Vec::<PathBuf>::new()).await.map(drop).unwrap_err());
        let why = misuse(
            cx.desk(["src"])
                .isolation(Isolation::Worktree)
                .await
                .map(drop)
                .unwrap_err(),
        );
        assert!(why.contains("needs a git repository"), "{why}");
        let mut desk = cx.desk(["src/a.rs"]).await?;
        assert_eq!(desk.isolation(), Isolation::InPlace);
        for wrong in ["src", "other.txt", "/etc", "src/a.rs/../b", "src/a.rs2"] {
            misuse(desk.write(&writer(&[wrong]), &()).await.unwrap_err());
        }
        misuse(desk.write(&writer(&[]), &()).await.unwrap_err());
        // One step, its children and those above it: one desk, or it could wait for itself.
        for step in [cx.clone(), cx.child("deeper").child("still")] {
            let why = misuse(step.desk(["docs"]).await.map(drop).unwrap_err());
            assert!(why.contains("has one or waits for one"), "{why}");
        }
        drop(desk);
        let (left, right) = (cx.child("left"), cx.child("right"));
        let _left = left.desk(["src"]).await?;
        let _right = right.desk(["docs"]).or_fail().await?;
        let leased = cx
            .child("third")
            .desk(["docs/a"])
            .or_fail()
            .await
            .map(drop)
            .unwrap_err();
        assert!(
            leased
                .to_string()
                .starts_with("not started: paths docs/a are leased: docs is being written"),
            "{leased}"
        );
        Ok(())
    })
    .await
    .unwrap();
    assert!(
        house
            .seen
            .all()
            .iter()
            .all(|event| !matches!(event.kind, EventKind::WorkerQueued { .. }))
    );
}

/// The lease is the writer's as long as it lives, also when nobody waits for it any more.
#[tokio::test]
async fn lease_of_a_writer_that_was_given_up_is_free_when_it_is_gone() {
    let house = House::new();
    let script =
        "trap 'sleep 0.2; echo late >> src/a.rs; exit 1' INT; : > ../ready; while :; do sleep 0.02; done";
    let orch = house.orch(script);
    let (ready, gone) = (house.tree.with_file_name("ready"), house.tree.join("src/a.rs"));
    within(&orch, |cx: Cx| {
        let (ready, gone) = (ready.clone(), gone.clone());
        async move {
            let mut desk = cx.desk(["src"]).isolation(Isolation::InPlace).await?;
            tokio::select! {
                end = desk.write(&writer(&["src"]), &()) => panic!("{end:?}"),
                // It hears an interrupt from now on.
                () = processes::until_async(|| ready.exists()) => {}
            }
            drop(desk);
            assert!(
                cx.desk(["src"]).or_fail().await.is_err(),
                "its writer may still write"
            );
            let _next = cx.desk(["src"]).await?;
            assert!(
                fs::read_to_string(&gone).unwrap().ends_with("late\n"),
                "it was waited for"
            );
            Ok(())
        }
    })
    .await
    .unwrap();
    let kinds: Vec<_> = house.seen.all().into_iter().map(|event| event.kind).collect();
    let taken = kinds
        .iter()
        .filter(|kind| matches!(kind, EventKind::DeskTaken { .. }))
        .count();
    let freed = kinds
        .iter()
        .filter(|kind| matches!(kind, EventKind::DeskFreed { .. }))
        .count();
    assert_eq!((taken, freed), (2, 2), "{kinds:?}");
}

/// The work tree is a folder of a repository: the writer has all of the repository, and its paths are the folder's.
#[tokio::test]
async fn a_work_tree_that_is_a_folder_of_a_repository() {
    for isolation in [Isolation::Clone, Isolation::Worktree, Isolation::InPlace] {
        let mut house = House::new();
        house.tree.push("src");
        let orch = house.orch("test -f ../other.txt && echo x >> a.rs && mkdir deep ../build && echo y > deep/b && echo z > ../build/c");
        let patch = within(&orch, |cx: Cx| async move {
            let mut desk = cx.desk(["."]).isolation(isolation).await?;
            desk.write(&writer(&["a.rs", "deep"]), &()).await?;
            desk.patch().await
        })
        .await
        .unwrap();
        assert_eq!(
            patch.files().collect::<Vec<_>>(),
            ["a.rs", "deep/b"].map(Path::new)
        );
        patch.apply().await.unwrap();
        assert!(house.read("a.rs").ends_with("x\n"));
        patch.branch("orch/folder").await.unwrap();
        let listed = git(&house.tree, &["diff", "--name-only", "main", "orch/folder"]);
        assert_eq!(listed, "src/a.rs\nsrc/deep/b\n", "{isolation:?}");
        assert_eq!(patch.left_out().len(), 0);
    }
}

#[tokio::test]
async fn a_lone_worker_works_in_place_and_a_repository_without_a_commit_can_be_cloned() {
    let house = House::plain();
    git(&house.tree, &["init", "-q", "-b", "main"]);
    let alone = Orchestrator::builder(&house.tree)
        .agent(Tool::new("sh", "true"))
        .state_dir(StateDir::at(house.root.path().join("state")))
        .max_parallel(1)
        .build()
        .unwrap();
    let isolation = within(
        &alone,
        |cx: Cx| async move { Ok(cx.desk(["src"]).await?.isolation()) },
    );
    assert_eq!(isolation.await.unwrap(), Isolation::InPlace);
    let many = house.orch("echo x > new");
    let patch = within(&many, |cx: Cx| async move {
        let mut desk = cx.desk(["new"]).await?;
        assert_eq!(desk.isolation(), Isolation::Clone);
        desk.write(&writer(&["new"]), &()).await?;
        desk.patch().await
    });
    let patch = patch.await.unwrap();
    patch.branch("orch/first").await.unwrap();
    assert_eq!(git(&house.tree, &["show", "orch/first:new"]), "x\n");
    patch.apply().await.unwrap();
    assert_eq!(house.read("new"), "x\n");
}

/// Wherever taking a desk or writing at it is given up, nothing is left of it.
#[tokio::test]
async fn lease_a_desk_given_up_at_any_await_is_free() {
    let house = House::new();
    let engine = MemoryEngine::new(|_| {
        let turn = || async {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
        };
        Play::answer_after(turn, "done")
    });
    let orch = Orchestrator::builder(&house.tree)
        .agent(Tool::new("scripted", "true"))
        .engine(engine)
        .state_dir(StateDir::at(house.root.path().join("state")))
        .build()
        .unwrap();
    let mut polls = 0;
    loop {
        let done = within(&orch, |cx: Cx| async move {
            let mut work = Box::pin({
                let cx = cx.child("first");
                async move {
                    let mut desk = cx.desk(["src"]).await?;
                    desk.write(&writer(&["src"]), &()).await?;
                    desk.patch().await.map(drop)
                }
            });
            let mut done = false;
            for _ in 0..polls {
                if let Some(end) = poll_immediate(&mut work).await {
                    end?;
                    done = true;
                    break;
                }
                // Whatever it waits for beside the runtime gets on meanwhile.
                tokio::task::yield_now().await;
            }
            drop(work);
            // Not at once: a writer that was started is waited for.
            cx.desk(["src"]).await?;
            cx.child("first").desk(["src"]).or_fail().await?;
            Ok(done)
        })
        .await
        .unwrap();
        assert_eq!(house.private_places(), 0, "after {polls} polls");
        if done {
            break;
        }
        // Finer where it begins, coarser where it only waits for git.
        polls = polls * 3 / 2 + 1;
    }
    assert!(polls > 10, "it was given up at several places, {polls}");
}

/// Two steps want the same file: one after the other, each on what the one before applied.
#[tokio::test]
async fn lease_two_writers_of_one_file_lose_no_edit() {
    let house = House::new();
    let orch = house.orch("echo line >> src/a.rs");
    let both = Arc::new(Notify::new());
    within(&orch, |cx: Cx| {
        let both = Arc::clone(&both);
        async move {
            let one = |label: &str| {
                let (cx, both) = (cx.child(label), Arc::clone(&both));
                async move {
                    let mut desk = cx.desk(["src/a.rs"]).await?;
                    both.notify_one();
                    desk.write(&writer(&["src/a.rs"]), &()).await?;
                    desk.patch().await?.apply().await?;
                    Ok::<_, Error>(())
                }
            };
            futures::try_join!(one("a"), one("b"), one("c")).map(drop)
        }
    })
    .await
    .unwrap();
    assert_eq!(house.read("src/a.rs").matches("line").count(), 3);
}

#[tokio::test]
async fn real_codex_writes_in_its_clone_and_the_users_tree_is_as_it_was_until_apply() {
    let Some(codex) = real::codex("desk_clone") else {
        return;
    };
    let house = House::new();
    let shell = "sed -i s/5/five/ src/a.rs; echo other >> ../../../../../tree/other.txt";
    let server = Server::start(
        Script::new()
            .rule(
                Rule::when(|request: &Request| request.call_outputs().is_empty()).reply(Reply::shell(shell)),
            )
            .rule(Rule::always().reply(Reply::text("done"))),
    )
    .unwrap();
    let home = codex.home(&server).create().unwrap();
    let mut agent = Codex::new().binary(&codex.bin);
    for (key, value) in home.env() {
        agent = agent.env(key, value.to_str().unwrap());
    }
    let orch = house.orch_of(agent);
    let (said, patch) = within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).await?;
        let said = desk.write(&writer(&["src"]), &()).await?;
        Ok((said, desk.patch().await?))
    })
    .await
    .unwrap();
    assert_eq!(said, "done");
    let requests = server.requests();
    assert!(
        requests[0]
            .prompt()
            .contains("only to these files and beneath these folders, relative to the work tree:\n- src\n"),
        "{}",
        requests[0].prompt()
    );
    assert_eq!(house.status(), "", "the user's tree is as it was");
    assert_eq!(house.read("other.txt"), "other\n");
    assert_eq!(patch.files().collect::<Vec<_>>(), [Path::new("src/a.rs")]);
    assert_eq!(
        patch.left_out(),
        Vec::<PathBuf>::new().as_slice(),
        "codex leaves nothing of its own"
    );
    patch.apply().await.unwrap();
    assert_eq!(house.read("src/a.rs"), "1\n2\n3\n4\nfive\n6\n7\n8\n9\n");
}

#[tokio::test]
async fn what_a_program_that_was_killed_left_beside_its_files_is_cleared_by_the_next_desk() {
    let house = House::new();
    let left = "src/deep/.orch-0123456789abcdef0123456789abcdef";
    let others = [
        ".orch-0123456789abcdef0123456789abcdef",
        "src/.orch-notes",
        "src/.orch-0123456789abcdef0123456789abcdef.txt",
    ];
    fs::create_dir(house.tree.join("src/deep")).unwrap();
    for path in others.iter().chain([&left]) {
        fs::write(house.tree.join(path), "x").unwrap();
    }
    let orch = house.orch("true");
    within(&orch, |cx: Cx| async move { cx.desk(["src"]).await.map(drop) })
        .await
        .unwrap();
    assert!(!house.tree.join(left).exists());
    for path in others {
        assert!(house.tree.join(path).exists(), "{path}");
    }
}
