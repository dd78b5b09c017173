//! Bringing patches into the user's tree: several at once, and what a writer made of its rights and folders.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use orch_core::{Cx, Isolation, Patch, Result, Worker, Writer};
use orch_prompts::Brief;
use orch_testkit::memory_engine::Play;

use crate::desk::{House, git, within, writer};
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
    fs::set_permissions(&shut, fs::Permissions::from_mode(0)).unwrap();
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
