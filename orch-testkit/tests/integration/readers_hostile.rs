//! Readers that hide what they change, and changes that are not theirs: neither is taken for the other.

use std::fs;
use std::future::ready;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use orch_core::agent::Tool;
use orch_core::event::EventKind;
use orch_core::{Cx, Error, FailClass, Isolation, Orchestrator, Result, StateDir, Unfinished, Worker, check};
use orch_patterns::PatternExt as _;
use orch_prompts::Brief;
use orch_testkit::memory_engine::{MemoryEngine, Play};
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe;

use crate::house::{House, git, within, writer};

pub(crate) fn reader() -> Worker<String, String> {
    Worker::new(|what: &String| Brief::new(format!("Read {what}."))).label("Reader")
}

pub(crate) fn it() -> String {
    "it".to_owned()
}

pub(crate) fn told(house: &House) -> Vec<String> {
    let all = house.seen.all().into_iter();
    let told = all.filter_map(|event| match event.kind {
        EventKind::TreeChanged { paths, .. } => Some(paths),
        _ => None,
    });
    told.flatten().collect()
}

pub(crate) fn violation<T: std::fmt::Debug>(end: &Result<T>) -> &str {
    match end {
        Err(Error::Unfinished(Unfinished::Failed(failure))) if failure.class == FailClass::ScopeViolation => {
            &failure.detail
        }
        other => panic!("{other:?}"),
    }
}

/// A repository that tracks a file which its rules ignore.
fn with_a_tracked_lock() -> House {
    let house = House::new();
    fs::write(house.tree.join(".gitignore"), "*.lock\n*.pyc\n").unwrap();
    fs::write(house.tree.join("Cargo.lock"), "1\n").unwrap();
    git(&house.tree, &["add", "-f", ".gitignore", "Cargo.lock"]);
    git(&house.tree, &["commit", "-qm", "lock"]);
    house
}

#[tokio::test]
async fn scope_violation_in_a_tracked_file_under_an_ignore_rule_is_found_out() {
    for script in [
        "echo x >> Cargo.lock; echo done",
        "git rm -q --cached Cargo.lock; echo x >> Cargo.lock; echo done",
    ] {
        let house = with_a_tracked_lock();
        let orch = house.orch(script);
        orch.run(&reader(), it()).await.unwrap();
        assert_eq!(told(&house), ["Cargo.lock"], "{script}");
        let end = orch.run(&reader().apart(), it()).await;
        assert!(violation(&end).contains("Cargo.lock"), "{script}");
    }
}

#[tokio::test]
async fn scope_violation_in_a_tracked_file_in_a_folder_named_target_is_found_out() {
    let house = House::new();
    fs::create_dir_all(house.tree.join("src/target/deep")).unwrap();
    fs::create_dir_all(house.tree.join("target")).unwrap();
    fs::write(house.tree.join("src/target/deep/mod.rs"), "x").unwrap();
    house.commit_all();
    let orch =
        house.orch("echo x | tee -a src/target/deep/mod.rs target/built > src/target/new.rs; echo done");
    orch.run(&reader(), it()).await.unwrap();
    assert_eq!(told(&house), ["src/target/deep/mod.rs", "src/target/new.rs"]);
    git(&house.tree, &["checkout", "-q", "."]);
    let end = orch.run(&reader().apart(), it()).await;
    assert!(violation(&end).contains("src/target/deep/mod.rs"));
}

#[tokio::test]
async fn scope_violation_of_a_file_that_its_agent_spells_otherwise_is_found_out() {
    let house = House::new();
    let file = house.tree.join("src/a.rs");
    let spelled = house.tree.join("src/../src/a.rs").display().to_string();
    let engine = MemoryEngine::new(move |_| {
        let file = file.clone();
        let write = move || {
            fs::write(&file, "by the reader\n").unwrap();
            ready(())
        };
        Play::answer_after(write, "done").changed(spelled.clone())
    });
    let orch = Orchestrator::builder(&house.tree)
        .agent(Tool::new("scripted", "true"))
        .engine(engine)
        .state_dir(StateDir::at(house.root.path().join("state")))
        .build()
        .unwrap();
    let end = orch.run(&reader(), it()).await;
    assert!(violation(&end).ends_with("src/a.rs"));
}

#[tokio::test]
async fn rules_above_a_work_tree_that_is_a_subfolder_are_read() {
    let house = with_a_tracked_lock();
    let sub = House {
        tree: house.tree.join("src"),
        ..House::new()
    };
    let orch = sub.orch("echo x > mod.pyc; echo done");
    orch.run(&reader(), it()).await.unwrap();
    orch.run(&reader().apart(), it()).await.unwrap();
    assert!(told(&sub).is_empty());
}

#[tokio::test]
async fn new_folders_with_nothing_but_what_is_ignored_are_no_violation() {
    let house = with_a_tracked_lock();
    let script = "mkdir src/__pycache__ .pytest_cache; echo x > src/__pycache__/a.pyc; \
                  echo '*' > .pytest_cache/.gitignore; echo x > .pytest_cache/README.md; echo done";
    let end = house.orch(script).run(&reader().apart(), it()).await;
    end.unwrap();
    let beside = "mkdir src/new; echo x > src/new/a.pyc; echo x > src/new/a.rs; echo done";
    let end = house.orch(beside).run(&reader().apart(), it()).await;
    assert!(violation(&end).contains("src/new/a.rs"));
}

#[tokio::test]
async fn a_new_folder_that_ignores_itself_is_named_once_and_is_no_violation() {
    let script = "mkdir .cargo .pytest_cache; echo '*' | tee .cargo/.gitignore > .pytest_cache/.gitignore; \
                  echo x | tee .cargo/config.toml > .cargo/x; echo done";
    let house = House::new();
    let orch = house.orch(script);
    orch.run(&reader(), it()).await.unwrap();
    assert_eq!(told(&house), [".cargo"]);
    let house = House::new();
    let orch = house.orch(script);
    orch.run(&reader().apart(), it()).await.unwrap();
    let told = told(&house);
    assert!(
        matches!(&told[..], [folder] if folder.ends_with("/.cargo")),
        "{told:?}"
    );
}

#[tokio::test]
async fn scope_violation_new_rules_in_a_folder_that_was_there_hide_nothing() {
    let house = House::new();
    let script = "echo '*' > src/.gitignore; echo x > src/new.rs; mkdir build; echo x > build/out; echo done";
    let end = house.orch(script).run(&reader().apart(), it()).await;
    let detail = violation(&end);
    assert!(detail.contains("src/.gitignore, src/new.rs"), "{detail}");
    assert!(
        !detail.contains("build"),
        "rules that are as they were still count: {detail}"
    );
}

#[tokio::test]
async fn a_pipe_in_place_of_rules_holds_nobody_up() {
    let house = House::new();
    let orch = house.orch("[ -e src/.gitignore ] || mkfifo src/.gitignore; echo x >> src/a.rs; echo done");
    let refused = within(&orch, |cx: Cx| async move {
        cx.read(&reader(), &it()).await?;
        cx.read(&reader(), &"again".to_owned()).await?;
        Ok(cx.desk(["src"]).await.map(drop))
    })
    .await
    .unwrap();
    assert_eq!(told(&house), ["src/.gitignore", "src/a.rs", "src/a.rs"]);
    let why = refused.unwrap_err().to_string();
    assert!(why.contains("src/.gitignore is no plain file"), "{why}");
}

#[tokio::test]
async fn a_pipe_in_place_of_the_users_own_rules_holds_nobody_up() {
    let house = House::new();
    let orch = house.orch("mkdir -p .git/info; rm -f .git/info/exclude; mkfifo .git/info/exclude; echo done");
    orch.run(&reader(), it()).await.unwrap();
    assert_eq!(told(&house), [".git/info/exclude"]);
    let refused = within(
        &orch,
        |cx: Cx| async move { Ok(cx.desk(["src"]).await.map(drop)) },
    );
    let why = refused.await.unwrap().unwrap_err().to_string();
    assert!(
        why.contains(".git/info/exclude cannot be read: not a plain file"),
        "{why}"
    );
}

#[tokio::test]
async fn a_pipe_in_place_of_rules_in_a_folder_of_build_output_holds_nobody_up() {
    let patch_of = async |house: &House, script: &str| {
        let orch = house.orch(&format!("cat > /dev/null; {script}; echo done"));
        within(&orch, |cx: Cx| async move {
            let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
            desk.write(&writer(&["src"]), &()).await?;
            Ok(desk.patch().await.map(|patch| patch.files().count()))
        })
        .await
        .unwrap()
    };
    let script = "mkdir -p src/target/deep; mkfifo src/target/deep/.gitignore";
    let refused = patch_of(&House::new(), script).await.unwrap_err().to_string();
    assert!(
        refused.contains("src/target/deep/.gitignore is no plain file"),
        "{refused}"
    );
    let house = House::new();
    fs::write(house.tree.join(".gitignore"), "target/\n").unwrap();
    house.commit_all();
    let script = format!("{script}; echo x >> src/a.rs");
    assert_eq!(
        patch_of(&house, &script).await.unwrap(),
        1,
        "git does not look there"
    );
}

#[tokio::test]
async fn scope_violation_of_a_reader_at_a_desk_in_place_is_found_out() {
    for house in [House::new(), House::plain()] {
        let orch = house.orch("cat > /dev/null; echo x >> src/a.rs; echo done");
        let end = within(&orch, |cx: Cx| async move {
            let mut desk = cx.desk(["src"]).isolation(Isolation::InPlace).await?;
            desk.write(&writer(&["src"]), &()).await?;
            Ok(desk.cx().read(&reader(), &it()).await)
        });
        assert!(violation(&end.await.unwrap()).contains("src/a.rs"));
    }
}

#[tokio::test]
async fn changes_of_the_users_files_are_told_while_a_desk_elsewhere_is_held() {
    let house = House::new();
    let orch = house.orch("cat > /dev/null; echo x >> src/a.rs; echo done");
    let changed = within(&orch, |cx: Cx| async move {
        let _desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        cx.read(&reader(), &it()).await?;
        Ok(cx.changed_meanwhile())
    });
    assert_eq!(changed.await.unwrap(), [PathBuf::from("src/a.rs")]);
}

#[tokio::test]
async fn a_patch_that_is_applied_while_a_reader_is_there_is_no_strangers_change() {
    let house = House::new();
    let came = Arrival::new(&house);
    let script = format!(
        "if grep -q Read; then {}; while [ ! -e went ]; do sleep 0.05; done; else echo x >> src/a.rs; fi; echo done",
        came.word()
    );
    fs::write(house.tree.join(".gitignore"), "went\n").unwrap();
    house.commit_all();
    let orch = house.orch_of(Tool::new("sh", "/bin/sh").args(["-c", &script]).prompt_on_stdin());
    let tree = house.tree.clone();
    within(&orch, |cx: Cx| {
        let (tree, came) = (tree.clone(), came.clone());
        async move {
            let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
            desk.write(&writer(&["src"]), &()).await?;
            let patch = desk.patch().await?;
            let applying = async {
                came.heard().await;
                let applied = patch.apply().await;
                fs::write(tree.join("went"), "").unwrap();
                applied
            };
            let (worker, what) = (reader(), it());
            let (read, applied) = futures::join!(cx.read(&worker, &what), applying);
            applied?;
            read
        }
    })
    .await
    .unwrap();
    assert!(house.read("src/a.rs").ends_with("x\n"));
    assert_eq!(told(&house), [""; 0]);
}

/// A worker's word that it has come so far, by a pipe with a name that lies in no tree.
#[derive(Clone)]
struct Arrival(PathBuf);

impl Arrival {
    fn new(house: &House) -> Self {
        let path = house.root.path().join("came");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        Self(path)
    }

    /// What the worker's shell says it by.
    fn word(&self) -> String {
        format!("echo came > '{}'", self.0.display())
    }

    async fn heard(&self) {
        // For reading and writing, so that it has no end while the worker is still on its way.
        let mut options = pipe::OpenOptions::new();
        let mut pipe = options.read_write(true).open_receiver(&self.0).unwrap();
        pipe.read_exact(&mut [0; 5]).await.unwrap();
    }
}

#[tokio::test]
async fn what_git_obeys_is_watched_wherever_it_lies() {
    let hook =
        "g=$(git rev-parse --git-common-dir); mkdir -p $g/hooks; echo x > $g/hooks/pre-commit; echo done";
    let house = House::new();
    let linked = house.tree.with_file_name("linked");
    git(&house.tree, &["worktree", "add", "-q", linked.to_str().unwrap()]);
    let of_linked = House {
        tree: linked,
        ..House::new()
    };
    let of_subfolder = House {
        tree: house.tree.join("src"),
        ..House::new()
    };
    for house in [&of_linked, &of_subfolder] {
        let orch = house.orch(hook);
        orch.run(&reader(), it()).await.unwrap();
        let told = told(house);
        assert!(
            told.iter().any(|path| path.ends_with(".git/hooks/pre-commit")),
            "{told:?}"
        );
        fs::remove_dir_all(house.tree.parent().unwrap().join("tree/.git/hooks")).ok();
        fs::remove_dir_all(house.tree.parent().unwrap().join(".git/hooks")).ok();
    }
    for (script, path) in [
        ("echo .. > .git/commondir; echo done", ".git/commondir"),
        (
            "mkdir -p .git/modules/a/b; echo x > .git/modules/a/b/config; echo done",
            ".git/modules/a/b/config",
        ),
    ] {
        let house = House::new();
        house.orch(script).run(&reader(), it()).await.unwrap();
        assert_eq!(told(&house), [path]);
    }
}

#[tokio::test]
async fn scope_violation_of_a_writer_that_leads_git_elsewhere() {
    for script in [
        "cat > /dev/null; echo .. > .git/commondir; echo done",
        "cat > /dev/null; mkdir -p .git/modules/a; echo x > .git/modules/a/config; echo done",
    ] {
        let house = House::new();
        let orch = house.orch(script);
        let end = within(&orch, |cx: Cx| async move {
            let mut desk = cx.desk(["src"]).isolation(Isolation::InPlace).await?;
            desk.write(&writer(&["src"]), &()).await
        });
        violation(&end.await);
    }
}

#[tokio::test]
async fn a_tree_too_deep_to_name_hides_no_write_beside_it() {
    let house = House::new();
    let script = "top=$PWD; n=$(printf 'a%.0s' $(seq 200)); mkdir build; cd build; \
                  for i in $(seq 30); do mkdir $n; cd -P $n; done; cd \"$top\"; echo x >> other.txt; echo done";
    let end = house.orch(script).run(&reader().apart(), it()).await;
    assert!(violation(&end).contains("other.txt"));
    assert_eq!(house.private_places(), 0, "the copy is gone");
}

#[tokio::test]
async fn what_a_reader_that_was_let_go_changed_is_told_at_the_end() {
    let house = House::new();
    let came = Arrival::new(&house);
    let orch = house.orch(&format!("echo x >> other.txt; {}; exec sleep 1000", came.word()));
    let limit = Duration::from_secs(500);
    let limited = reader().timeout(limit);
    let time_is_up = async {
        came.heard().await;
        tokio::time::pause();
        tokio::time::advance(limit).await;
        tokio::time::resume();
    };
    let (end, ()) = tokio::join!(orch.run(&limited, it()), time_is_up);
    let end = end.unwrap_err().to_string();
    assert!(end.contains("500"), "{end}");
    assert_eq!(told(&house), ["other.txt"]);
}

#[tokio::test]
async fn what_the_program_writes_at_a_desk_is_not_the_readers_doing() {
    let house = House::new();
    let came = &Arrival::new(&house);
    let orch = house.orch(&format!(
        "{}; while [ ! -e src/put.rs ]; do sleep 0.05; done; echo done",
        came.word()
    ));
    within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        let at = desk.cx();
        let (worker, what) = (reader(), it());
        let putting = async {
            came.heard().await;
            desk.put("src/put.rs", "x").await
        };
        let (read, put) = futures::join!(at.read(&worker, &what), putting);
        put?;
        read
    })
    .await
    .unwrap();
    let orch = house.orch(&format!(
        "{}; while [ ! -e src/checked.rs ]; do sleep 0.05; done; echo done",
        came.word()
    ));
    within(&orch, |cx: Cx| async move {
        let desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        let at = desk.cx();
        let (worker, what) = (reader(), it());
        let checking = async {
            came.heard().await;
            at.check(&check("sh", ["-c", "echo x > src/checked.rs"])).await
        };
        let (read, checked) = futures::join!(at.read(&worker, &what), checking);
        checked?;
        read
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn changes_at_a_desk_are_not_told_as_the_users() {
    let house = House::new();
    let orch =
        house.orch("touch came.$$; while [ $(ls came.* | wc -l) -lt 2 ]; do sleep 0.05; done; echo done");
    let changed = within(&orch, |cx: Cx| async move {
        let desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        let (at, worker) = (desk.cx(), reader());
        let (one, other) = ("one".to_owned(), "other".to_owned());
        let both = futures::join!(at.read(&worker, &one), at.read(&worker, &other));
        both.0?;
        both.1?;
        Ok(cx.changed_meanwhile())
    });
    assert!(changed.await.unwrap().is_empty());
    let told = told(&house);
    assert!(
        told.iter().any(|path| path.contains("/came.")),
        "told apart: {told:?}"
    );
}
