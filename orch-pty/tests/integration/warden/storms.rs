//! Orchestrators that are killed in the middle of spawning: some of their children are not yet programs, and are listed
//! nowhere.

use orch_pty::{Command, Output, Stdin};

use super::stage::{Orchestrator, live, tagged_in_time, tell};
use crate::support::{Marker, eventually, is_alive, role};

const SPAWNERS: usize = 3;
const ROUNDS: u64 = 40;

#[test]
fn an_orchestrator_that_spawns_without_rest() {
    if !role("warden::storms::an_orchestrator_that_spawns_without_rest") {
        return;
    }
    let mark = std::env::var("MARK").expect("a marker");
    // The first one waits for the warden; from then on there is no more to wait for.
    let mut first = Command::new("/bin/true").spawn_blocking().expect("it starts");
    first.child.wait().expect("an exit");
    tell(&orch_pty::containment());
    for _ in 0..SPAWNERS {
        let mark = mark.clone();
        std::thread::spawn(move || {
            let command = Command::new("/bin/sleep")
                .arg(&mark)
                .stdin(Stdin::Null)
                .stdout(Output::Null)
                .stderr(Output::Null);
            for number in 0.. {
                // Some live on and some end, so that the list of children changes all the while.
                let process = command.spawn_blocking().expect("sleep starts");
                if number % 2 == 0 {
                    std::mem::forget(process);
                }
                println!("born");
            }
        });
    }
    live();
}

#[tokio::test]
async fn nobody_outlives_an_orchestrator_that_was_killed_while_it_spawned() {
    // Who is born by posix_spawn asks nobody whether its orchestrator is alive, and carries no tag before its exec.
    if !tagged_in_time() {
        return;
    }
    for round in 0..ROUNDS {
        let marker = Marker::new();
        let mut orchestrator = Orchestrator::play(
            "warden::storms::an_orchestrator_that_spawns_without_rest",
            &marker,
        );
        let warden = orchestrator.warden();
        // Any moment is as good as another; what comes in between is decided by the scheduler.
        for _ in 0..(round * 7) % 31 {
            orchestrator.said("born");
        }
        orchestrator.kill();
        eventually("the warden is gone", || !is_alive(warden)).await;
        assert_eq!(marker.survivors(), Vec::<i32>::new(), "round {round}");
    }
}
