//! Bringing patches into the user's tree: several at once, and what a writer made of its rights and folders.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use orch_core::{Cx, Isolation, Patch, Result, Worker, Writer};
use orch_prompts::Brief;
use orch_testkit::memory_engine::Play;

use crate::house::{House, git, within, writer};
use crate::workshop::Workshop;

/// What the writer of `house` leaves of `src` when it runs `script`.
async fn patch_of(house: &House, script: &str) -> Result<Patch> {
    let orch = house.orch(&format!("cat > /dev/null; {script}; echo done"));
    within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        desk.write(&writer(&["src"]), &()).await?;
        desk.patch().await
    })
    .await
}

#[tokio::test]
async fn two_patches_of_one_desk_that_are_applied_at_once_are_both_in_the_tree() {
    let texts = ["ONE\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\nNINE\n"];
    let shop = Workshop::new(move |part| {
        let save = part.save("src/a.rs", texts[part.nth - 1]);
        Play::answer_after(save, "done")
    });
    let house = &shop.house;
    within(&shop.orch, |cx: Cx| async move {
        let worker: Worker<(), String, Writer> =
            Worker::new(|(): &()| Brief::new("Change it.")).writes(["src"]);
        let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        desk.write(&worker, &()).await?;
        let one = desk.patch().await?;
        desk.write(&worker, &()).await?;
        let two = desk.patch().await?;
        // Both look at the tree before either has changed it, unless one of them waits.
        let (first, second) = futures::join!(one.apply(), two.apply());
        first?;
        second?;
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(house.read("src/a.rs"), "ONE\n2\n3\n4\n5\n6\n7\n8\nNINE\n");
}

#[tokio::test]
async fn what_a_writer_made_unreadable_is_not_removed() {
    let house = House::new();
    fs::create_dir_all(house.tree.join("src/deep")).unwrap();
    fs::write(house.tree.join("src/deep/x"), "precious").unwrap();
    house.commit_all();
    let shut = house.root.path().join("shut");
    fs::create_dir(&shut).unwrap();
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o000)).unwrap();
    let shuts_nobody_out = fs::read_dir(&shut).is_ok();
    match patch_of(&house, "chmod 000 src/deep").await {
        // To the superuser nothing is unreadable.
        Ok(patch) => assert!(shuts_nobody_out && patch.is_empty(), "{:?}", patch.diff()),
        Err(error) => {
            let error = error.to_string();
            assert!(error.contains("src/deep/x: Permission denied"), "{error}");
        }
    }
    assert_eq!(git(&house.tree, &["status", "--porcelain"]), "");
}

/// A file that becomes a folder, and a folder that becomes a file.
const EXCHANGES: &str = "rm src/gone.rs; mkdir -p src/gone.rs/deep; echo x > src/gone.rs/mod.rs; \
                         echo y > src/gone.rs/deep/y.rs; rm -r src/dir; echo z > src/dir";

fn house_with_a_folder() -> House {
    let house = House::new();
    fs::create_dir_all(house.tree.join("src/dir/er")).unwrap();
    for name in ["src/dir/a", "src/dir/er/b"] {
        fs::write(house.tree.join(name), "in a folder\n").unwrap();
    }
    house.commit_all();
    house
}

#[tokio::test]
async fn a_file_becomes_a_folder_and_a_folder_a_file() {
    let house = house_with_a_folder();
    let patch = patch_of(&house, EXCHANGES).await.unwrap();
    assert_eq!(patch.conflicts().await.unwrap(), []);
    patch.branch("exchanged").await.unwrap();
    let listed = git(&house.tree, &["ls-tree", "-r", "--name-only", "exchanged", "src"]);
    assert_eq!(
        listed,
        "src/a.rs\nsrc/dir\nsrc/gone.rs/deep/y.rs\nsrc/gone.rs/mod.rs\n"
    );
    patch.apply().await.unwrap();
    assert_eq!(house.read("src/gone.rs/mod.rs"), "x\n");
    assert_eq!(house.read("src/gone.rs/deep/y.rs"), "y\n");
    assert_eq!(house.read("src/dir"), "z\n");
    let once = house.status();
    patch.apply().await.unwrap();
    assert_eq!(house.status(), once, "applied again it changes nothing");
}

#[tokio::test]
async fn a_folder_in_which_somebody_changed_a_file_becomes_none() {
    let house = house_with_a_folder();
    let patch = patch_of(&house, EXCHANGES).await.unwrap();
    fs::write(house.tree.join("src/dir/er/b"), "saved by the user\n").unwrap();
    let before = house.status();
    let conflicts = patch.conflicts().await.unwrap();
    let named: Vec<String> = conflicts
        .iter()
        .map(|conflict| conflict.path.display().to_string())
        .collect();
    assert_eq!(named, ["src/dir/er/b", "src/dir"]);
    patch.apply().await.unwrap_err();
    assert_eq!(house.status(), before);
    // What git ignores is in no patch, and in the way.
    fs::write(house.tree.join("src/dir/er/b"), "in a folder\n").unwrap();
    fs::write(house.tree.join(".git/info/exclude"), "*.o\n").unwrap();
    fs::write(house.tree.join("src/dir/built.o"), "built").unwrap();
    let refused = patch.apply().await.unwrap_err().to_string();
    assert!(
        refused.starts_with("merging src/dir failed, and nothing was changed"),
        "{refused}"
    );
    assert_eq!(house.status(), "");
}

#[tokio::test]
async fn what_became_a_folder_in_place_is_put_back_as_the_file_that_it_was() {
    let house = house_with_a_folder();
    let orch = house.orch(&format!("cat > /dev/null; {EXCHANGES}; echo done"));
    let patch = within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::InPlace).await?;
        desk.write(&writer(&["src"]), &()).await?;
        desk.patch().await
    });
    patch.await.unwrap().discard().await.unwrap();
    assert_eq!(house.status(), "");
}
