//! A warden that dies while the orchestrator lives.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::stage::{Orchestrator, SLEEPERS, TREE, live, shell, tell};
use crate::support::{Marker, eventually, is_alive, role};

#[test]
fn an_orchestrator_that_tells_of_each_warden() {
    if role("warden::replaced::an_orchestrator_that_tells_of_each_warden") {
        let _process = shell(TREE);
        let first = orch_pty::containment();
        tell(&first);
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).expect("a line");
        while orch_pty::containment().replaced == first.replaced {
            std::thread::yield_now();
        }
        tell(&orch_pty::containment());
        live();
    }
}

#[tokio::test]
async fn a_warden_that_was_killed_is_replaced_and_the_next_one_does_its_work() {
    let marker = Marker::new();
    let mut orchestrator = Orchestrator::play(
        "warden::replaced::an_orchestrator_that_tells_of_each_warden",
        &marker,
    );
    let first = orchestrator.warden();
    eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
    let before = marker.survivors();
    kill(Pid::from_raw(first), Signal::SIGKILL).expect("a signal");
    orchestrator.say("go\n");
    let second = orchestrator.warden();
    assert_ne!(first, second);
    assert_eq!(marker.survivors(), before, "nobody was touched");
    orchestrator.kill();
    eventually("the second warden is gone", || !is_alive(second)).await;
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}

#[tokio::test]
async fn a_warden_hears_no_polite_signal() {
    let marker = Marker::new();
    let mut orchestrator = Orchestrator::play(
        "warden::replaced::an_orchestrator_that_tells_of_each_warden",
        &marker,
    );
    let warden = orchestrator.warden();
    for signal in [
        Signal::SIGHUP,
        Signal::SIGINT,
        Signal::SIGQUIT,
        Signal::SIGTERM,
        Signal::SIGUSR1,
    ] {
        kill(Pid::from_raw(warden), signal).expect("a signal");
    }
    eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
    orchestrator.kill();
    eventually("the warden is gone", || !is_alive(warden)).await;
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}
