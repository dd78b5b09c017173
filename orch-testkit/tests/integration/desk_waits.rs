//! A step that would wait for itself is told so, and no lease outlives its run.

use futures::future::join;
use orch_core::{Cx, Desk, Error, Halt, Isolation, Patch, PatchError, Result};

use crate::house::{House, within, writer};

/// Writes lines to whatever file it is to write.
const WORK: &str = "cat > /dev/null; for f in src/a.rs other.txt; do echo x >> $f; done; echo done";

async fn desk(cx: &Cx, path: &str) -> Result<Desk> {
    cx.desk([path]).isolation(Isolation::Clone).await
}

async fn patch(cx: &Cx, path: &str) -> Result<Patch> {
    let mut desk = desk(cx, path).await?;
    desk.write(&writer(&[path]), &()).await?;
    desk.patch().await
}

#[tokio::test]
async fn a_kept_handle_of_a_desk_is_named_where_the_step_would_wait_for_it() {
    let house = House::new();
    within(&house.orch(WORK), |cx: Cx| async move {
        let step = cx.child("fix");
        let first = desk(&step, "src").await?;
        let kept = first.cx();
        drop(first);
        let why = match desk(&step, "src/a.rs").await {
            Err(Error::Halt(Halt::Misuse(why))) => why,
            other => panic!("{other:?}"),
        };
        assert!(why.contains("step fix holds src itself"), "{why}");
        drop(kept);
        desk(&step, "src").await.map(drop)
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_older_patch_is_not_applied_while_its_step_has_the_next_desk() {
    let house = House::new();
    within(&house.orch(WORK), |cx: Cx| async move {
        let first = patch(&cx, "src").await?;
        let second = desk(&cx, "src").await?;
        let refused = first.apply().await.unwrap_err();
        assert!(matches!(refused, PatchError::WaitsForItself(_)), "{refused}");
        assert!(
            matches!(Error::from(refused), Error::Halt(Halt::Misuse(why)) if why.contains("the run itself holds src"))
        );
        drop(second);
        Ok(first.apply().await?)
    })
    .await
    .unwrap();
    assert!(house.read("src/a.rs").ends_with("x\n"));
}

#[tokio::test]
async fn two_steps_that_would_wait_for_each_other_do_not() {
    let house = House::new();
    within(&house.orch(WORK), |cx: Cx| async move {
        let (a, b) = (cx.child("a"), cx.child("b"));
        // Each has the desk of what the other brings in.
        let (of_a, of_b) = (patch(&a, "src").await?, patch(&b, "other.txt").await?);
        let (at_a, at_b) = (desk(&a, "other.txt").await?, desk(&b, "src").await?);
        let ends = join(
            async {
                let end = of_a.apply().await;
                drop(at_a);
                end
            },
            async {
                let end = of_b.apply().await;
                drop(at_b);
                end
            },
        );
        let (first, second) = ends.await;
        assert!(first.is_ok(), "the second gave way: {first:?}");
        assert!(matches!(second, Err(PatchError::WaitsForItself(_))), "{second:?}");
        Ok(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_patch_waits_for_the_desk_of_another_step() {
    let house = House::new();
    within(&house.orch(WORK), |cx: Cx| async move {
        let (a, b) = (cx.child("a"), cx.child("b"));
        let of_a = patch(&a, "src").await?;
        let at_b = desk(&b, "src").await?;
        let mut applied = Box::pin(of_a.apply());
        assert!(futures::poll!(&mut applied).is_pending());
        drop(at_b);
        Ok(applied.await?)
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_handle_of_a_desk_that_outlives_its_run_holds_no_lease() {
    let house = House::new();
    let orch = house.orch(WORK);
    let (mut kept, handle) = within(&orch, |cx: Cx| async move {
        let desk = desk(&cx, "src").await?;
        let handle = desk.cx();
        Ok((desk, handle))
    })
    .await
    .unwrap();
    within(&orch, |cx: Cx| async move {
        cx.desk(["src"]).or_fail().await.map(drop)
    })
    .await
    .unwrap();
    let put = kept.put("src/a.rs", "late").await;
    assert!(matches!(put, Err(Error::Halt(Halt::Misuse(_)))), "{put:?}");
    drop((kept, handle));
    assert_eq!(house.private_places(), 0);
}
