//! Readers are held: what they change is found out and attributed, and nobody else's change costs a result.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use orch_core::agent::{Codex, Hold, Tool};
use orch_core::event::EventKind;
use orch_core::{
    Cx, Error, FailClass, Isolation, NotStarted, Orchestrator, Result, StateDir, Unfinished, Worker,
};
use orch_patterns::{Artefact, PatternExt as _, Quorum, ReviewFanout, Reviewer, step};
use orch_prompts::{Brief, Lens};
use orch_testkit::memory_engine::{MemoryEngine, Play};
use tokio::sync::Notify;

use crate::house::{House, within, writer};

fn reader() -> Worker<String, String> {
    Worker::new(|what: &String| Brief::new(format!("Read {what}."))).label("Reader")
}

fn told(house: &House) -> Vec<Vec<String>> {
    let all = house.seen.all().into_iter();
    all.filter_map(|event| match event.kind {
        EventKind::TreeChanged { paths, .. } => Some(paths),
        _ => None,
    })
    .collect()
}

fn violation<T: std::fmt::Debug>(end: &Result<T>) -> &str {
    match end {
        Err(Error::Unfinished(Unfinished::Failed(failure))) if failure.class == FailClass::ScopeViolation => {
            &failure.detail
        }
        other => panic!("{other:?}"),
    }
}

/// An orchestrator in memory whose workers play what `script` says to the words of their task.
fn scripted(house: &House, script: impl Fn(&str) -> Play + Send + Sync + 'static) -> Orchestrator {
    let engine = MemoryEngine::new(move |job| {
        let task = job.prompt.lines().find_map(|line| line.strip_prefix("Read "));
        script(task.unwrap_or_default().trim_end_matches('.'))
    });
    Orchestrator::builder(&house.tree)
        .agent(Tool::new("scripted", "true"))
        .engine(engine)
        .state_dir(StateDir::at(house.root.path().join("state")))
        .observe(house.seen.clone())
        .build()
        .unwrap()
}

fn save(path: PathBuf) -> impl Fn() -> std::future::Ready<()> + Send + Sync + 'static {
    move || {
        fs::write(&path, "saved by the user\n").unwrap();
        std::future::ready(())
    }
}

#[tokio::test]
async fn a_file_saved_by_the_user_during_a_reader_loses_no_result_and_is_told() {
    let house = House::new();
    let file = house.tree.join("src/a.rs");
    let orch = scripted(&house, move |_| {
        Play::answer_after(save(file.clone()), "what I read")
    });
    let body = step(|cx: Cx, ()| async move {
        let answer = cx.read(&reader(), &"it".to_owned()).await?;
        Ok((answer, cx.changed_meanwhile()))
    });
    let (answer, changed) = orch.run(&body, ()).await.unwrap();
    assert_eq!(answer, "what I read");
    assert_eq!(changed, [PathBuf::from("src/a.rs")]);
    assert_eq!(told(&house), [["src/a.rs"]]);
}

#[tokio::test]
async fn a_review_during_which_a_file_was_saved_says_so_and_loses_nothing() {
    let house = House::new();
    let file = house.tree.join("src/a.rs");
    let engine = MemoryEngine::new(move |_| Play::answer_after(save(file.clone()), r#"{"findings":[]}"#));
    let orch = Orchestrator::builder(&house.tree)
        .agent(Tool::new("scripted", "true"))
        .engine(engine)
        .state_dir(StateDir::at(house.root.path().join("state")))
        .build()
        .unwrap();
    let review = ReviewFanout::new([Reviewer::new(Lens::Risks)]).require(Quorum::All);
    let review = orch.run(&review, Artefact::paths(["src"])).await.unwrap();
    assert_eq!(review.changed_meanwhile, ["src/a.rs"]);
    assert!(
        review
            .to_string()
            .contains("Changed while it was reviewed: src/a.rs"),
        "{review}"
    );
}

/// Two readers at once, and each one's own agent says what it did: the one is out, the other is not.
#[tokio::test]
async fn scope_violation_is_the_one_readers_and_not_its_neighbours() {
    let house = House::new();
    let (file, wrote) = (house.tree.join("other.txt"), Arc::new(Notify::new()));
    let orch = scripted(&house, move |who| {
        let (file, wrote) = (file.clone(), Arc::clone(&wrote));
        if who == "evil" {
            let named = file.display().to_string();
            let play = move || {
                fs::write(&file, "x").unwrap();
                wrote.notify_one();
                std::future::ready(())
            };
            return Play::answer_after(play, "done").changed(named);
        }
        let wait = move || {
            let wrote = Arc::clone(&wrote);
            async move { wrote.notified().await }
        };
        // It says that it changed what nobody changed: that is no change.
        Play::answer_after(wait, "done").changed("src/a.rs")
    });
    let both = reader().for_each(2);
    let covered = orch
        .run(&both, vec!["good".to_owned(), "evil".to_owned()])
        .await
        .unwrap();
    assert_eq!(covered.coverage().done, 1);
    let why = covered.missing()[0].why.to_string();
    assert_eq!(why, "scope violation: a reader changed other.txt");
}

/// Row 57: a CLI that takes `-s read-only` and ignores it; its own events say what it wrote.
#[tokio::test]
async fn scope_violation_of_a_cli_that_drops_its_sandbox_flag() {
    let house = House::new();
    let cli = house.root.path().join("codex");
    let script = r#"#!/bin/sh
cat > /dev/null
echo '{"type":"thread.started","thread_id":"t-1"}'
echo '{"type":"turn.started"}'
echo x >> other.txt
echo "{\"type\":\"item.completed\",\"item\":{\"id\":\"i1\",\"type\":\"file_change\",\"changes\":[{\"path\":\"$PWD/other.txt\",\"kind\":\"update\"}],\"status\":\"completed\"}}"
echo '{"type":"item.completed","item":{"id":"i2","type":"agent_message","text":"all is well"}}'
echo '{"type":"turn.completed","usage":{"input_tokens":1,"cached_input_tokens":0,"output_tokens":1}}'
"#;
    fs::write(&cli, script).unwrap();
    fs::set_permissions(&cli, fs::Permissions::from_mode(0o755)).unwrap();
    let orch = house.orch_of(Codex::new().binary(&cli));
    let end = orch.run(&reader(), "it".to_owned()).await;
    assert_eq!(violation(&end), "a reader changed other.txt");
}

#[tokio::test]
async fn what_git_ignores_is_nobodys_work() {
    let house = House::new();
    let orch = house.orch("mkdir -p build && echo x > build/out && echo done");
    for worker in [reader(), reader().apart()] {
        assert_eq!(orch.run(&worker, "it".to_owned()).await.unwrap(), "done\n");
    }
    assert_eq!(told(&house), [[""; 0]; 0]);
}

#[tokio::test]
async fn a_reader_at_a_desk_sees_what_was_written_and_may_not_change_it() {
    let house = House::new();
    let orch = house.orch("cat > /dev/null; if grep -q five src/a.rs; then [ -e look ] && cat src/a.rs || echo x > src/new.rs; else sed -i s/5/five/ src/a.rs; fi");
    let end = within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        desk.write(&writer(&["src"]), &()).await?;
        let at_desk = desk.cx();
        assert_eq!(at_desk.work_tree(), desk.directory());
        let end = at_desk.read(&reader(), &"it".to_owned()).await;
        assert_eq!(violation(&end), "a reader changed src/new.rs");
        let error = at_desk.desk(["docs"]).await.unwrap_err().to_string();
        assert!(error.contains("through the handle of another desk"), "{error}");
        Ok(())
    })
    .await;
    end.unwrap();
    assert_eq!(house.status(), "", "the user's tree is as it was");
}

/// What the run's own writer does in the user's tree is nobody else's change.
#[tokio::test]
async fn a_writer_in_place_is_no_stranger() {
    let house = House::new();
    let (file, started) = (house.tree.join("src/a.rs"), Arc::new(Notify::new()));
    let orch = scripted(&house, move |who| {
        if who.is_empty() {
            return Play::answer_after(save(file.clone()), "wrote");
        }
        let started = Arc::clone(&started);
        let wait = move || {
            let started = Arc::clone(&started);
            async move { started.notify_waiters() }
        };
        Play::answer_after(wait, "read")
    });
    let end = within(&orch, |cx: Cx| async move {
        let (worker, it) = (reader(), "it".to_owned());
        let reading = cx.read(&worker, &it);
        let mut desk = cx.desk(["src"]).isolation(Isolation::InPlace).await?;
        desk.write(&writer(&["src"]), &()).await?;
        reading.await
    })
    .await;
    assert_eq!(end.unwrap(), "read");
    assert_eq!(told(&house), [[""; 0]; 0]);
}

#[tokio::test]
async fn a_hold_can_be_read_and_required() {
    let house = House::new();
    let orch = house.orch("echo x > never.txt");
    assert_eq!(orch.hold("sh"), Some(Hold::Checked));
    assert_eq!(orch.hold("nobody"), None);
    let end = orch
        .run(&reader().require_hold(Hold::Enforced), "it".to_owned())
        .await;
    let Err(Error::Unfinished(Unfinished::NotStarted(NotStarted::Unsupported(why)))) = end else {
        panic!("{end:?}");
    };
    assert_eq!(
        why,
        "sh holds a reader to reading by a look at what it changed, and its own sandbox is required: choose another agent, or require less"
    );
    assert!(!house.tree.join("never.txt").exists());
}

#[tokio::test]
async fn the_copy_of_a_reader_that_nobody_waits_for_stays_until_the_reader_is_gone() {
    let house = House::new();
    let (started, said) = (house.root.path().join("started"), house.root.path().join("said"));
    let made = Command::new("mkfifo").arg(&started).status().unwrap();
    assert!(made.success());
    let script = format!(
        "cat > /dev/null; trap 'echo late > here && echo wrote > {said}; exit' INT TERM HUP; \
         echo > {started}; while :; do sleep 0.1; done",
        said = said.display(),
        started = started.display(),
    );
    within(&house.orch(&script), |cx: Cx| {
        let started = started.clone();
        async move {
            let (reader, input) = (reader().apart(), "it".to_owned());
            let reading = std::pin::pin!(cx.read(&reader, &input));
            let started = tokio::task::spawn_blocking(move || fs::read(started));
            futures::future::select(reading, started).await;
            Ok(())
        }
    })
    .await
    .unwrap();
    assert_eq!(fs::read_to_string(said).unwrap(), "wrote\n");
    assert_eq!(house.private_places(), 0);
}
