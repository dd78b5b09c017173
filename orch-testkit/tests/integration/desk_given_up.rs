//! Desks that are given up half-way, and two that want the same file: the lease is free, and no edit is lost.

use std::fs;
use std::sync::Arc;

use futures::future::poll_immediate;
use orch_core::agent::Tool;
use orch_core::event::EventKind;
use orch_core::{Cx, Error, Isolation, Orchestrator, StateDir};
use orch_testkit::memory_engine::{MemoryEngine, Play};
use tokio::sync::Notify;

use crate::house::{House, within, writer};
use crate::processes;

/// The lease is the writer's as long as it lives, also when nobody waits for it any more.
#[tokio::test]
async fn lease_of_a_writer_that_was_given_up_is_free_when_it_is_gone() {
    let house = House::new();
    let script =
        "trap 'sleep 0.2; echo late >> src/a.rs; exit 1' INT; : > ../ready; while :; do sleep 0.02; done";
    let orch = house.orch(script);
    let (ready, gone) = (house.tree.with_file_name("ready"), house.tree.join("src/a.rs"));
    within(&orch, |cx: Cx| {
        let (ready, gone) = (ready.clone(), gone.clone());
        async move {
            let mut desk = cx.desk(["src"]).isolation(Isolation::InPlace).await?;
            tokio::select! {
                end = desk.write(&writer(&["src"]), &()) => panic!("{end:?}"),
                // It hears an interrupt from now on.
                () = processes::until_async(|| ready.exists()) => {}
            }
            drop(desk);
            assert!(
                cx.desk(["src"]).or_fail().await.is_err(),
                "its writer may still write"
            );
            let _next = cx.desk(["src"]).await?;
            assert!(
                fs::read_to_string(&gone).unwrap().ends_with("late\n"),
                "it was waited for"
            );
            Ok(())
        }
    })
    .await
    .unwrap();
    let kinds: Vec<_> = house.seen.all().into_iter().map(|event| event.kind).collect();
    let taken = kinds
        .iter()
        .filter(|kind| matches!(kind, EventKind::DeskTaken { .. }))
        .count();
    let freed = kinds
        .iter()
        .filter(|kind| matches!(kind, EventKind::DeskFreed { .. }))
        .count();
    assert_eq!((taken, freed), (2, 2), "{kinds:?}");
}

/// Wherever taking a desk or writing at it is given up, nothing is left of it.
#[tokio::test]
async fn lease_a_desk_given_up_at_any_await_is_free() {
    let house = House::new();
    let engine = MemoryEngine::new(|_| {
        let turn = || async {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
        };
        Play::answer_after(turn, "done")
    });
    let orch = Orchestrator::builder(&house.tree)
        .agent(Tool::new("scripted", "true"))
        .engine(engine)
        .state_dir(StateDir::at(house.root.path().join("state")))
        .build()
        .unwrap();
    let mut polls = 0;
    loop {
        let done = within(&orch, |cx: Cx| async move {
            let mut work = Box::pin({
                let cx = cx.child("first");
                async move {
                    let mut desk = cx.desk(["src"]).await?;
                    desk.write(&writer(&["src"]), &()).await?;
                    desk.patch().await.map(drop)
                }
            });
            let mut done = false;
            for _ in 0..polls {
                if let Some(end) = poll_immediate(&mut work).await {
                    end?;
                    done = true;
                    break;
                }
                // Whatever it waits for beside the runtime gets on meanwhile.
                tokio::task::yield_now().await;
            }
            drop(work);
            // Not at once: a writer that was started is waited for.
            cx.desk(["src"]).await?;
            cx.child("first").desk(["src"]).or_fail().await?;
            Ok(done)
        })
        .await
        .unwrap();
        assert_eq!(house.private_places(), 0, "after {polls} polls");
        if done {
            break;
        }
        // Finer where it begins, coarser where it only waits for git.
        polls = polls * 3 / 2 + 1;
    }
    assert!(polls > 10, "it was given up at several places, {polls}");
}

/// Two steps want the same file: one after the other, each on what the one before applied.
#[tokio::test]
async fn lease_two_writers_of_one_file_lose_no_edit() {
    let house = House::new();
    let orch = house.orch("echo line >> src/a.rs");
    let both = Arc::new(Notify::new());
    within(&orch, |cx: Cx| {
        let both = Arc::clone(&both);
        async move {
            let one = |label: &str| {
                let (cx, both) = (cx.child(label), Arc::clone(&both));
                async move {
                    let mut desk = cx.desk(["src/a.rs"]).await?;
                    both.notify_one();
                    desk.write(&writer(&["src/a.rs"]), &()).await?;
                    desk.patch().await?.apply().await?;
                    Ok::<_, Error>(())
                }
            };
            futures::try_join!(one("a"), one("b"), one("c")).map(drop)
        }
    })
    .await
    .unwrap();
    assert_eq!(house.read("src/a.rs").matches("line").count(), 3);
}
