//! Everybody in a namespace ends with its program.

use std::time::Duration;

use nix::sys::signal::{Signal as Number, kill};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;
use orch_pty::{Command, Exit, Ladder, Process, Tier};

use super::{inside, marked, soon};
use crate::support::{Marker, alone, eventually, is_alive, read_until, role, run_role};
use crate::warden::stage::{SLEEPERS, TREE, live};

const NOBODY: [i32; 0] = [];

#[tokio::test]
async fn a_daemon_does_not_outlive_the_program() {
    let marker = Marker::new();
    let script = "setsid sleep $MARK & (env -i setsid sleep $MARK &) ; (trap '' HUP TERM; sleep $MARK) & \
                  read line; exit 5";
    let Process {
        mut child, terminal, ..
    } = marked(&marker, script).spawn().expect("sh starts");
    eventually("all sleep", || marker.sleepers().len() == 3).await;
    let terminal = terminal.expect("a terminal");
    terminal.write_all(b"go\n").await.expect("a line");
    assert_eq!(
        soon("an end", child.wait()).await.expect("an exit"),
        Exit::Code(5)
    );
    assert_eq!(marker.survivors(), NOBODY);
}

#[tokio::test]
async fn killing_the_tree_leaves_nobody() {
    for _ in 0..5 {
        let marker = Marker::new();
        let Process {
            mut child,
            terminal: _open,
            ..
        } = marked(&marker, TREE).spawn().expect("sh starts");
        eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
        let report = child.tree().kill_now();
        assert!(report.left.is_empty() && report.exact, "{report:?}");
        assert_eq!(marker.survivors(), NOBODY);
        let exit = soon("an end", child.wait()).await.expect("an exit");
        assert_eq!(exit.to_string(), "killed by SIGKILL");
        assert!(!is_alive(child.pid().cast_signed()));
    }
}

#[tokio::test]
async fn dropping_the_child_leaves_nobody() {
    let marker = Marker::new();
    let process = marked(&marker, TREE).spawn().expect("sh starts");
    eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
    drop(process);
    assert_eq!(marker.survivors(), NOBODY);
}

#[tokio::test]
async fn each_step_of_the_ladder_reaches_the_program_once() {
    // What a first process passed on as well would come a moment later, and now and then be one with the first.
    for _ in 0..20 {
        let script = "trap 'echo interrupted' INT; trap 'echo asked; exit 8' TERM; echo ready; \
                      while :; do sleep 1000 & wait; done";
        let Process {
            mut child, terminal, ..
        } = inside(script).spawn().expect("sh starts");
        let terminal = terminal.expect("a terminal");
        soon("traps", read_until(&terminal, "ready")).await;
        // Stopped, it is woken, or the exit would never be told.
        kill(Pid::from_raw(child.pid().cast_signed()), Number::SIGSTOP).expect("a signal");
        let ladder = Ladder::default()
            .interrupt(Duration::from_millis(50))
            .terminate(Duration::from_secs(60));
        let tree = child.tree();
        let report = soon("the tree is down", tree.stop(&ladder)).await;
        assert!(report.left.is_empty(), "{report:?}");
        let exit = soon("an end", child.wait()).await.expect("an exit");
        assert_eq!(exit, Exit::Code(8));
        let said = soon("all output", crate::support::read_terminal(&terminal)).await;
        let said = String::from_utf8_lossy(&said);
        let count = |word| said.matches(word).count();
        assert_eq!((count("interrupted"), count("asked")), (1, 1), "{said}");
    }
}

#[tokio::test]
async fn a_lost_first_process_shows_as_a_kill_and_takes_everybody_along() {
    let marker = Marker::new();
    let Process {
        mut child,
        terminal: _open,
        ..
    } = marked(&marker, TREE).spawn().expect("sh starts");
    eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
    kill(Pid::from_raw(child.pid().cast_signed()), Number::SIGKILL).expect("a signal");
    let exit = soon("an end", child.wait()).await.expect("an exit");
    assert_eq!(exit.to_string(), "killed by SIGKILL");
    assert_eq!(marker.survivors(), NOBODY);
}

#[test]
fn a_status_that_another_part_of_the_host_took_is_known_all_the_same() {
    if !alone(
        "namespace::ends::a_status_that_another_part_of_the_host_took_is_known_all_the_same",
        &[],
    ) {
        return;
    }
    let mut process = inside("exit 7").spawn_blocking().expect("sh starts");
    let taken = waitpid(None::<Pid>, None).expect("a child");
    assert_eq!(
        taken.pid(),
        Some(Pid::from_raw(process.child.pid().cast_signed()))
    );
    assert_eq!(process.child.wait().expect("an exit"), Exit::Code(7));
}

#[test]
fn an_orchestrator_inside_a_namespace() {
    if role("namespace::ends::an_orchestrator_inside_a_namespace") {
        let command = Command::new("/bin/sh").args(["-c", TREE]);
        let _process = command
            .require(Tier::PidNamespace)
            .spawn_blocking()
            .expect("sh starts");
        live();
    }
}

#[tokio::test]
async fn a_namespace_inside_a_namespace_ends_with_the_outer_one() {
    let marker = Marker::new();
    let played = run_role("namespace::ends::an_orchestrator_inside_a_namespace");
    let command = Command::new(played.get_program())
        .args(played.get_args())
        .envs(played.get_envs().filter_map(|(key, value)| Some((key, value?))))
        .env("MARK", marker.text())
        .require(Tier::PidNamespace);
    let Process {
        mut child,
        terminal: _open,
        ..
    } = command.spawn().expect("the orchestrator starts");
    eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
    let inner = marker.survivors();
    assert!(inner.len() > SLEEPERS + 1, "tree and orchestrator: {inner:?}");
    let report = child.tree().kill_now();
    assert!(report.left.is_empty(), "{report:?}");
    assert_eq!(marker.survivors(), NOBODY);
    soon("an end", child.wait()).await.expect("an exit");
}
