//! Bringing patches into the user's tree: several at once, and what a writer made of its rights and folders.

use orch_core::{Cx, Isolation, Worker, Writer};
use orch_prompts::Brief;
use orch_testkit::memory_engine::Play;

use crate::desk::within;
use crate::workshop::Workshop;

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
