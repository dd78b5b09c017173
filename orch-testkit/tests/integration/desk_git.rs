//! A desk in a work tree whose repository is broken, foreign or lies about where its files are.

use std::fs;
use std::path::Path;
use std::process::Command;

use orch_core::{Cx, Error, Halt, Isolation, Worker};
use orch_prompts::Brief;

use crate::house::{House, git, within, writer};

async fn refusal(house: &House, isolation: Option<Isolation>) -> String {
    let orch = house.orch("cat > /dev/null; echo x >> src/a.rs; echo done");
    let written = within(&orch, |cx: Cx| async move {
        let request = cx.desk(["src"]);
        let mut desk = match isolation {
            Some(isolation) => request.isolation(isolation).await?,
            None => request.await?,
        };
        desk.write(&writer(&["src"]), &()).await
    })
    .await;
    match written {
        Err(Error::Halt(Halt::Misuse(why))) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_repository_that_git_does_not_read_is_not_taken_for_none() {
    for (spoil, said) in [
        ("echo '[broken' >> .git/config", "bad config line"),
        (": > .git/HEAD", "no git work tree"),
    ] {
        let house = House::new();
        let before = house.read("src/a.rs");
        Command::new("sh")
            .args(["-c", spoil])
            .current_dir(&house.tree)
            .status()
            .unwrap();
        for isolation in [None, Some(Isolation::InPlace), Some(Isolation::Clone)] {
            let why = refusal(&house, isolation).await;
            assert!(why.contains(said) && why.contains("`git status`"), "{why}");
        }
        let reader: Worker<(), String> = Worker::new(|(): &()| Brief::new("Read it.")).apart();
        let read = house.orch("echo done").run(&reader, ()).await.unwrap_err();
        assert!(read.to_string().contains(said), "{read}");
        assert_eq!(
            house.read("src/a.rs"),
            before,
            "nobody wrote among the user's files"
        );
    }
}

#[tokio::test]
async fn a_repository_of_another_owner_is_refused_as_git_refuses_it() {
    let house = House::new();
    let foreign = |path: &Path| std::os::unix::fs::chown(path, Some(65_534), None).is_ok();
    let git_refuses = foreign(&house.tree) && foreign(&house.tree.join(".git")) && {
        let asked = Command::new("git")
            .arg("status")
            .current_dir(&house.tree)
            .output();
        !asked.unwrap().status.success()
    };
    // Only root gives files away, and git can be told to read what belongs to others.
    if git_refuses {
        let why = refusal(&house, None).await;
        assert!(why.contains("dubious ownership"), "{why}");
    } else {
        let orch = house.orch("true");
        let isolation = within(
            &orch,
            |cx: Cx| async move { Ok(cx.desk(["src"]).await?.isolation()) },
        );
        assert_eq!(isolation.await.unwrap(), Isolation::Clone);
    }
}

#[tokio::test]
async fn an_empty_folder_named_git_says_nothing() {
    let house = House::plain();
    fs::create_dir(house.tree.join(".git")).unwrap();
    let orch = house.orch("true");
    let isolation = within(
        &orch,
        |cx: Cx| async move { Ok(cx.desk(["src"]).await?.isolation()) },
    );
    assert_eq!(isolation.await.unwrap(), Isolation::InPlace);
}

#[tokio::test]
async fn a_configuration_that_names_another_work_tree_gives_nothing_of_it_to_a_worker() {
    let house = House::new();
    let other = house.root.path().join("private");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("diary.txt"), "dear diary\n").unwrap();
    git(&house.tree, &["config", "core.worktree", other.to_str().unwrap()]);
    let why = refusal(&house, Some(Isolation::Clone)).await;
    assert!(why.contains("unset core.worktree in"), "{why}");
    assert!(why.contains(other.to_str().unwrap()), "{why}");
    let reader: Worker<(), String> = Worker::new(|(): &()| Brief::new("Read it.")).apart();
    let read = house.orch("cat diary.txt").run(&reader, ()).await.unwrap_err();
    assert!(read.to_string().contains("unset core.worktree in"), "{read}");
}
