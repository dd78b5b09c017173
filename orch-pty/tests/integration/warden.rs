//! What is left when the orchestrator is killed: counted by this process, which is not the orchestrator.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use orch_pty::Tier;

use crate::support::{Marker, eventually, is_alive, role, run_role};

/// Plain, in another group, in a session of its own, a daemon, ignoring hang-ups, and a daemon that scrubs its
/// environment; then a word when all of them run.
const TREE: &str = "
    sleep $MARK &
    timeout $MARK sleep $MARK &
    setsid sleep $MARK &
    (setsid sleep $MARK &)
    (trap '' HUP INT TERM; exec sleep $MARK) &
    (trap '' HUP; env -i setsid sleep $MARK &)
    wait";

/// The orchestrator: this test binary once more, as the role that the test names.
fn orchestrator(role: &str, marker: &Marker) -> (Child, u32) {
    let mut orchestrator = run_role(role)
        .env("MARK", marker.text())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the orchestrator starts");
    let mut lines = BufReader::new(orchestrator.stdout.take().expect("a pipe")).lines();
    let warden = loop {
        let line = lines.next().expect("a word before the end").expect("text");
        if let Some(warden) = line.strip_prefix("warden ") {
            break warden.parse().expect("a number");
        }
    };
    (orchestrator, warden)
}

#[test]
fn the_orchestrator_with_a_hostile_tree() {
    if !role("warden::the_orchestrator_with_a_hostile_tree") {
        return;
    }
    let mark = std::env::var("MARK").expect("a marker");
    let process = orch_pty::Command::new("/bin/sh")
        .args(["-c", TREE])
        .env("MARK", &mark)
        .require(Tier::Warden)
        .spawn_blocking()
        .expect("sh starts");
    let warden = process.child.containment().warden.expect("a warden");
    println!("\nwarden {warden}");
    loop {
        std::thread::park();
    }
}

#[tokio::test]
async fn nobody_outlives_an_orchestrator_that_was_killed() {
    for _ in 0..5 {
        let marker = Marker::new();
        let (mut orchestrator, warden) =
            orchestrator("warden::the_orchestrator_with_a_hostile_tree", &marker);
        // The orchestrator, sh, six sleepers and `timeout`.
        eventually("the whole tree runs", || marker.sleepers().len() == 6).await;
        kill(Pid::from_raw(orchestrator.id().cast_signed()), Signal::SIGKILL).expect("a signal");
        orchestrator.wait().expect("a status");
        eventually("nobody is left", || marker.survivors().is_empty()).await;
        eventually("the warden is gone", || !is_alive(warden.cast_signed())).await;
    }
    let _ = Duration::ZERO;
}
