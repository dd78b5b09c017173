//! Leases between processes: this test's own program, started again, is the other one.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use futures::FutureExt as _;
use orch_core::agent::Tool;
use orch_core::{Cx, Error, NotStarted, Orchestrator, StateDir, Unfinished};

use crate::house::{House, within};

/// Tells the other process where to take its desk.
const TREE: &str = "ORCH_TEST_LEASE_TREE";

fn orch(tree: &std::path::Path) -> Orchestrator {
    Orchestrator::builder(tree)
        .agent(Tool::new("none", "true"))
        .state_dir(StateDir::at(tree.parent().unwrap().join("state")))
        .build()
        .unwrap()
}

/// In the other process: holds a desk of `src` until its standard input ends. Returns whether this is that process.
async fn is_the_holder() -> bool {
    let Some(tree) = std::env::var_os(TREE) else {
        return false;
    };
    within(&orch(tree.as_ref()), |cx: Cx| async move {
        let _desk = cx.desk(["src"]).await?;
        let mut out = std::io::stdout();
        writeln!(out, "\nheld").unwrap();
        out.flush().unwrap();
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
        Ok(())
    })
    .await
    .unwrap();
    true
}

/// Starts the other process and waits until it has its desk.
fn holder(house: &House, test: &str) -> (Child, impl Sized) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(TREE, &house.tree)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let held = lines.by_ref().map_while(Result::ok).any(|line| line == "held");
    assert!(held, "it never had its desk");
    // It prints more when it ends, and must find somebody who reads.
    (child, lines)
}

#[tokio::test]
async fn lease_two_processes_overlap_one_waits_one_fails() {
    if is_the_holder().await {
        return;
    }
    let house = House::new();
    let (mut other, _output) = holder(
        &house,
        "desk_lease::lease_two_processes_overlap_one_waits_one_fails",
    );
    let stdin = std::sync::Mutex::new(other.stdin.take());
    within(&orch(&house.tree), |cx: Cx| {
        let stdin = stdin.lock().unwrap().take();
        async move {
            let _apart = cx.child("apart").desk(["other.txt"]).or_fail().await?;
            let refused = cx
                .child("fails")
                .desk(["src/a.rs"])
                .or_fail()
                .await
                .map(drop)
                .unwrap_err();
            let Error::Unfinished(Unfinished::NotStarted(NotStarted::Leased(why))) = refused else {
                panic!("{refused}")
            };
            assert!(why.contains("src is being written by another program"), "{why}");
            let step = cx.child("waits");
            let mut waits = std::future::IntoFuture::into_future(step.desk(["src/a.rs"]));
            assert!((&mut waits).now_or_never().is_none());
            // The other process ends, and its desk with it.
            drop(stdin);
            waits.await.map(drop)
        }
    })
    .await
    .unwrap();
    assert!(other.wait().unwrap().success());
}

#[tokio::test]
async fn lease_sigkill_of_the_holder_frees_it() {
    if is_the_holder().await {
        return;
    }
    let house = House::new();
    let (mut other, _output) = holder(&house, "desk_lease::lease_sigkill_of_the_holder_frees_it");
    let orch = orch(&house.tree);
    let refused = within(
        &orch,
        |cx: Cx| async move { cx.desk(["."]).or_fail().await.map(drop) },
    )
    .await;
    assert!(refused.is_err());
    other.kill().unwrap();
    other.wait().unwrap();
    within(
        &orch,
        |cx: Cx| async move { cx.desk(["."]).or_fail().await.map(drop) },
    )
    .await
    .unwrap();
}
