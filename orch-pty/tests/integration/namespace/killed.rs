//! The orchestrator is killed, and its warden with it: nobody is left, and no janitor was needed.

use nix::sys::signal::{Signal, kill};
use nix::unistd::{ForkResult, Pid};
use orch_pty::{Command, Tier};

use crate::support::{Marker, eventually, is_alive, role};
use crate::warden::stage::{Orchestrator, SLEEPERS, TREE, live, tell};

const NOBODY: [i32; 0] = [];
const TRIALS: usize = 10;

fn contained_tree() -> orch_pty::blocking::Process {
    Command::new("/bin/sh")
        .args(["-c", TREE])
        .require(Tier::PidNamespace)
        .spawn_blocking()
        .expect("sh starts")
}

#[test]
fn an_orchestrator_with_a_contained_tree() {
    if role("namespace::killed::an_orchestrator_with_a_contained_tree") {
        let process = contained_tree();
        tell(process.child.containment());
        live();
    }
}

async fn grown(marker: &Marker) -> (Orchestrator, i32) {
    let name = "namespace::killed::an_orchestrator_with_a_contained_tree";
    let mut orchestrator = Orchestrator::play(name, marker);
    let warden = orchestrator.warden();
    eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
    (orchestrator, warden)
}

#[tokio::test]
async fn nobody_outlives_an_orchestrator_that_was_killed_with_its_warden() {
    for _ in 0..TRIALS {
        let marker = Marker::new();
        let (orchestrator, warden) = grown(&marker).await;
        // Stopped, it cannot find another warden.
        kill(Pid::from_raw(orchestrator.pid()), Signal::SIGSTOP).expect("a signal");
        kill(Pid::from_raw(warden), Signal::SIGKILL).expect("a signal");
        eventually("the warden is gone", || !is_alive(warden)).await;
        assert_eq!(
            marker.sleepers().len(),
            SLEEPERS,
            "the warden's end touches nobody"
        );
        orchestrator.kill();
        eventually("nobody is left", || marker.survivors() == NOBODY).await;
    }
}

#[tokio::test]
async fn nobody_outlives_an_orchestrator_that_was_killed_alone() {
    for _ in 0..TRIALS {
        let marker = Marker::new();
        let (orchestrator, warden) = grown(&marker).await;
        orchestrator.kill();
        eventually("the warden is gone", || !is_alive(warden)).await;
        assert_eq!(marker.survivors(), NOBODY);
    }
}

#[test]
fn an_orchestrator_with_a_contained_tree_and_a_copy() {
    if !role("namespace::killed::an_orchestrator_with_a_contained_tree_and_a_copy") {
        return;
    }
    let process = contained_tree();
    // SAFETY: other threads of this process hold no lock that the copy needs; it goes on with this thread alone.
    #[allow(unsafe_code)]
    match unsafe { nix::unistd::fork() }.expect("a copy") {
        ForkResult::Parent { child } => {
            #[allow(clippy::print_stdout, reason = "the test reads it")]
            {
                println!("\ncopy {child}");
            }
            tell(process.child.containment());
            live();
        }
        // It holds all that the original holds, the namespace's lifeline too.
        ForkResult::Child => live(),
    }
}

#[tokio::test]
async fn a_copy_that_holds_on_to_everything_keeps_nobody_alive() {
    let marker = Marker::new();
    let name = "namespace::killed::an_orchestrator_with_a_contained_tree_and_a_copy";
    let mut orchestrator = Orchestrator::play(name, &marker);
    let copy: i32 = orchestrator.said("copy").parse().expect("a number");
    let warden = orchestrator.warden();
    eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
    kill(Pid::from_raw(orchestrator.pid()), Signal::SIGSTOP).expect("a signal");
    kill(Pid::from_raw(warden), Signal::SIGKILL).expect("a signal");
    orchestrator.kill();
    eventually("nobody sleeps", || marker.sleepers() == NOBODY).await;
    assert!(is_alive(copy), "it lives on");
    kill(Pid::from_raw(copy), Signal::SIGKILL).expect("a signal");
    eventually("nobody is left", || marker.survivors() == NOBODY).await;
}
