//! What is looked at before it is applied is what will be applied: no place where a writer stood.

use std::fs;

use orch_core::{Cx, Desk, Isolation, Patch, Verdict, check};
use orch_patterns::agent::Tool;
use orch_patterns::{Assignment, Implementer, Rounds};

use crate::house::{House, within, writer};

/// Writes what it may, and much beside it that would let a check pass.
const CHEAT: &str = "cat > /dev/null; sed -i s/5/five/ src/a.rs; mkdir -p build; echo ok > build/ok; echo 'exit 0' > check.sh; \
                     echo '*' > src/.gitignore; echo hidden > src/hidden.rs; echo '{\"summary\":\"done\"}'";

/// Fails wherever something of the cheat is, and where the fix is not.
const HONEST: &str = "grep -q five src/a.rs && test ! -e build/ok && test ! -e check.sh && test ! -e src/hidden.rs && test ! -e src/.gitignore";

async fn shown(desk: &mut Desk, patch: &Patch, words: &str) -> orch_core::Result<Verdict> {
    let shown = desk.show(patch).await?;
    assert!(shown.conflicts.is_empty());
    Ok(shown.cx.check(&check("sh", ["-c", words])).await?.verdict)
}

#[tokio::test]
async fn a_patch_is_shown_without_anything_else_that_its_writer_left() {
    for isolation in [Isolation::Clone, Isolation::Worktree] {
        let house = House::new();
        let orch = house.orch(CHEAT);
        let verdicts = within(&orch, |cx: Cx| async move {
            let mut desk = cx.desk(["src"]).isolation(isolation).await?;
            desk.write(&writer(&["src"]), &()).await?;
            let patch = desk.patch().await?;
            let there = desk.cx().check(&check("sh", ["-c", HONEST])).await?.verdict;
            Ok((there, shown(&mut desk, &patch, HONEST).await?))
        });
        let (there, shown) = verdicts.await.unwrap();
        assert_eq!(there, Verdict::Refuted, "where it stood, all of it lies about");
        assert_eq!(shown, Verdict::Confirmed, "{isolation}");
        assert_eq!(house.status(), "", "{isolation}");
    }
}

#[tokio::test]
async fn what_a_check_leaves_is_in_no_later_round() {
    let house = House::new();
    let orch = house.orch("cat > /dev/null; echo more >> src/a.rs; echo done");
    let litter = "echo x > src/product.o; echo rewritten > src/gone.rs; grep -c more src/a.rs > src/count";
    within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
        for round in 1..=2 {
            desk.write(&writer(&["src"]), &()).await?;
            let patch = desk.patch().await?;
            let files: Vec<_> = patch.files().map(ToOwned::to_owned).collect();
            assert_eq!(files, [std::path::PathBuf::from("src/a.rs")], "round {round}");
            let clean = format!(
                "test ! -e src/product.o && grep -q gone src/gone.rs && test $(grep -c more src/a.rs) = {round}"
            );
            assert_eq!(shown(&mut desk, &patch, &clean).await?, Verdict::Confirmed, "round {round}");
            assert_eq!(shown(&mut desk, &patch, litter).await?, Verdict::Confirmed);
        }
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(house.status(), "");
}

#[tokio::test]
async fn a_patch_is_shown_with_what_the_user_saved_meanwhile() {
    let house = House::new();
    let orch = house.orch("cat > /dev/null; sed -i s/5/five/ src/a.rs; echo done");
    let tree = house.tree.clone();
    within(&orch, |cx: Cx| {
        let tree = tree.clone();
        async move {
            let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
            desk.write(&writer(&["src"]), &()).await?;
            let patch = desk.patch().await?;
            fs::write(tree.join("src/a.rs"), "one\n2\n3\n4\n5\n6\n7\n8\n9\n").unwrap();
            let both = "grep -q one src/a.rs && grep -q five src/a.rs";
            assert_eq!(shown(&mut desk, &patch, both).await?, Verdict::Confirmed);
            Ok(())
        }
    })
    .await
    .unwrap();
}

/// The check passes where the writer stood, and not on what would be applied.
#[tokio::test]
async fn a_writer_that_rigs_the_check_confirms_nothing() {
    let house = House::plain();
    fs::write(house.tree.join("check.sh"), "grep -qx nonesuch src/a.rs\n").unwrap();
    let orch = house.orch_of(Tool::new("sh", "/bin/sh").args(["-c", CHEAT]));
    let rounds = Rounds::new(
        Implementer::new().writes(["src"]).isolation(Isolation::Clone),
        check("sh", ["check.sh"]),
    )
    .at_most(1);
    let delivery = orch
        .run(&rounds, Assignment::new("Make the check pass."))
        .await
        .unwrap();
    assert_eq!(delivery.verdict(), Verdict::Refuted);
}
