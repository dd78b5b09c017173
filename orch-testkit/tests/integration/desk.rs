//! The one writer: where it stands, what comes back, what is merged, and what is left alone.

use std::fs;
use std::path::{Path, PathBuf};

use orch_core::agent::Tool;
use orch_core::event::EventKind;
use orch_core::{Cx, Error, FailClass, Halt, Isolation, Orchestrator, PatchError, StateDir, Unfinished};

use crate::house::{House, git, within, writer};

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
