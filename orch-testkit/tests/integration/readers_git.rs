//! What git would obey later, written by who was to read or to write elsewhere: it is told, wherever it lies.

use std::fs;
use std::process::Command;

use orch_core::{Cx, Isolation, Result};

use crate::house::{House, git, within, writer};
use crate::readers_hostile::{it, reader, told, violation};

/// A writer in place that was given `src`.
async fn written_in_place(house: &House, script: &str) -> Result<String> {
    let orch = house.orch(&format!("cat > /dev/null; {script}; echo done"));
    within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::InPlace).await?;
        desk.write(&writer(&["src"]), &()).await
    })
    .await
}

#[tokio::test]
async fn a_repository_that_a_reader_makes_in_the_tree_is_told() {
    let house = House::new();
    let orch = house.orch("git init -q src; git -C src config core.fsmonitor true; echo done");
    orch.run(&reader(), it()).await.unwrap();
    let told = told(&house);
    assert!(told.contains(&"src/.git/config".to_owned()), "{told:?}");
    let house = House::new();
    let orch = house.orch("git init -q --template= src; echo done");
    let end = orch.run(&reader().apart(), it()).await;
    assert!(violation(&end).contains("src/.git/config"));
}

/// A repository in `vendor/lib`, which rules ignore.
fn with_a_repository_within() -> House {
    let house = House::new();
    fs::write(house.tree.join(".gitignore"), "/vendor\n/build\n").unwrap();
    house.commit_all();
    fs::create_dir_all(house.tree.join("vendor")).unwrap();
    git(&house.tree, &["init", "-q", "vendor/lib"]);
    house
}

#[tokio::test]
async fn a_hook_in_a_repository_within_the_tree_is_told_though_the_repository_is_ignored() {
    let house = with_a_repository_within();
    let script = "mkdir -p vendor/lib/.git/hooks; echo x > vendor/lib/.git/hooks/post-checkout";
    let orch = house.orch(&format!("{script}; echo done"));
    orch.run(&reader(), it()).await.unwrap();
    assert_eq!(told(&house), ["vendor/lib/.git/hooks/post-checkout"]);
    let house = with_a_repository_within();
    let end = written_in_place(&house, script).await;
    assert!(violation(&end).contains("vendor/lib/.git/hooks/post-checkout"));
}

#[tokio::test]
async fn a_repository_that_a_build_fetches_into_an_ignored_folder_is_nobodys_work() {
    let script = "mkdir build; git init -q build/fetched";
    let house = House::new();
    let orch = house.orch(&format!("{script}; echo done"));
    orch.run(&reader(), it()).await.unwrap();
    orch.run(&reader().apart(), it()).await.unwrap();
    assert_eq!(told(&house), [""; 0]);
    written_in_place(&House::new(), script).await.unwrap();
}

#[tokio::test]
async fn scope_violation_of_a_writer_in_place_that_makes_a_repository_beside_its_paths() {
    let house = House::new();
    fs::create_dir_all(house.tree.join("docs")).unwrap();
    fs::write(house.tree.join("docs/x"), "x").unwrap();
    house.commit_all();
    let end = written_in_place(&house, "git init -q docs; git -C docs config core.fsmonitor true").await;
    assert!(violation(&end).contains("docs/.git/config"));
    written_in_place(&House::new(), "git init -q src").await.unwrap();
}

#[tokio::test]
async fn a_command_that_is_added_to_a_rebase_under_way_is_told() {
    let under_way = || {
        let house = House::new();
        fs::write(house.tree.join("other.txt"), "2\n").unwrap();
        house.commit_all();
        let rebase = Command::new("git")
            .args(["-c", "user.name=T", "-c", "user.email=t@localhost"])
            .args(["rebase", "-q", "-i", "HEAD~1"])
            .env("GIT_SEQUENCE_EDITOR", "sed -i 1ibreak")
            .current_dir(&house.tree)
            .output()
            .unwrap();
        let todo = house.tree.join(".git/rebase-merge/git-rebase-todo");
        assert!(todo.exists(), "{rebase:?}");
        house
    };
    let script = "echo 'exec touch evil' >> .git/rebase-merge/git-rebase-todo";
    let house = under_way();
    let orch = house.orch(&format!("{script}; echo done"));
    orch.run(&reader(), it()).await.unwrap();
    assert_eq!(told(&house), [".git/rebase-merge/git-rebase-todo"]);
    let end = written_in_place(&under_way(), script).await;
    assert!(violation(&end).contains(".git"));
}

#[tokio::test]
async fn settings_of_a_linked_work_tree_are_watched_and_its_coming_is_not_told() {
    let house = House::new();
    git(&house.tree, &["worktree", "add", "-q", "../linked"]);
    let script = "git worktree add -q --detach ../another; echo x > .git/worktrees/linked/config.worktree";
    let orch = house.orch(&format!("{script}; echo done"));
    orch.run(&reader(), it()).await.unwrap();
    assert_eq!(told(&house), [".git/worktrees/linked/config.worktree"]);
}

#[tokio::test]
async fn a_submodule_named_as_gits_own_folders_is_watched() {
    let house = House::new();
    git(&house.tree, &["init", "-q", "--bare", ".git/modules/logs"]);
    let orch = house.orch("echo x > .git/modules/logs/hooks/pre-commit; echo done");
    orch.run(&reader(), it()).await.unwrap();
    assert_eq!(told(&house), [".git/modules/logs/hooks/pre-commit"]);
}

/// Hooks as husky lays them: in a folder that ignores itself, named by the configuration.
fn with_hooks_in_an_ignored_folder() -> House {
    let house = House::new();
    git(&house.tree, &["config", "core.hooksPath", ".husky/_"]);
    fs::create_dir_all(house.tree.join(".husky/_")).unwrap();
    fs::write(house.tree.join(".husky/_/.gitignore"), "*\n").unwrap();
    fs::write(house.tree.join(".husky/_/pre-commit"), "#!/bin/sh\n").unwrap();
    house
}

#[tokio::test]
async fn hooks_that_the_configuration_names_are_watched_though_they_are_ignored() {
    let script = "echo x >> .husky/_/pre-commit; echo x > .husky/_/pre-push";
    let changed = [".husky/_/pre-commit", ".husky/_/pre-push"];
    let house = with_hooks_in_an_ignored_folder();
    let orch = house.orch(&format!("{script}; echo done"));
    orch.run(&reader(), it()).await.unwrap();
    assert_eq!(told(&house), changed);
    let end = written_in_place(&with_hooks_in_an_ignored_folder(), script).await;
    assert!(violation(&end).ends_with(&changed.join(", ")));
    written_in_place(&with_hooks_in_an_ignored_folder(), "echo x >> src/a.rs")
        .await
        .unwrap();
}

#[tokio::test]
async fn configuration_that_is_included_is_watched_wherever_it_lies_and_before_it_is_there() {
    let with_includes = || {
        let house = House::new();
        fs::write(house.tree.join(".gitignore"), "*.conf\n").unwrap();
        house.commit_all();
        git(&house.tree, &["config", "include.path", "../ours.conf"]);
        git(
            &house.tree,
            &["config", "--add", "include.path", "../../beside.conf"],
        );
        house
    };
    let script = "echo '[alias] x = y' > ours.conf; echo > ../beside.conf";
    let house = with_includes();
    let orch = house.orch(&format!("{script}; echo done"));
    orch.run(&reader(), it()).await.unwrap();
    let beside = house.tree.with_file_name("beside.conf").display().to_string();
    assert_eq!(told(&house), [&beside, "ours.conf"]);
    let end = written_in_place(&with_includes(), script).await;
    assert!(violation(&end).contains("beside.conf, ours.conf"));
}

#[tokio::test]
async fn hooks_that_a_desk_was_given_may_be_written_there() {
    let house = House::new();
    git(&house.tree, &["config", "core.hooksPath", "src"]);
    written_in_place(&house, "echo x > src/pre-commit").await.unwrap();
}
