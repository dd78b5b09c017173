//! SIGKILL, in all its forms.

use std::process::Command;

use super::stage::{
    Orchestrator, SCRUBBED, SLEEPERS, TREE, chosen_script, live, shell, tagged_in_time, tell,
};
use crate::support::{Marker, eventually, is_alive, role, run_role};

#[test]
fn an_orchestrator_with_one_tree() {
    if role("warden::killed::an_orchestrator_with_one_tree") {
        let process = shell(&chosen_script());
        tell(process.child.containment());
        live();
    }
}

fn orchestrator(script: &str, marker: &Marker) -> Orchestrator {
    Orchestrator::start(
        run_role("warden::killed::an_orchestrator_with_one_tree")
            .env("MARK", marker.text())
            .env("SCRIPT", script),
    )
}

/// Kills `trials` orchestrators, `at_once` at a time, and fails when anybody is left.
async fn kill_many(script: &str, sleepers: usize, trials: usize, at_once: usize) {
    for _ in 0..trials / at_once {
        let markers: Vec<Marker> = (0..at_once).map(|_| Marker::new()).collect();
        let mut orchestrators: Vec<Orchestrator> = markers
            .iter()
            .map(|marker| orchestrator(script, marker))
            .collect();
        let wardens: Vec<i32> = orchestrators.iter_mut().map(Orchestrator::warden).collect();
        for marker in &markers {
            eventually("the whole tree runs", || marker.sleepers().len() >= sleepers).await;
        }
        for orchestrator in &orchestrators {
            orchestrator.strike();
        }
        for (marker, warden) in markers.iter().zip(wardens) {
            // The warden ends when it has found nobody; from then on nobody may be there.
            eventually("the warden is gone", || !is_alive(warden)).await;
            assert_eq!(marker.survivors(), Vec::<i32>::new());
        }
    }
}

#[tokio::test]
async fn nobody_outlives_an_orchestrator_that_was_killed() {
    kill_many(TREE, SLEEPERS, 200, 10).await;
}

#[tokio::test]
async fn nor_does_who_has_scrubbed_its_environment() {
    if tagged_in_time() {
        kill_many(SCRUBBED, SLEEPERS, 200, 10).await;
    }
}

#[tokio::test]
async fn nor_does_one_that_forks_itself_on_for_ever() {
    // Each generation is a session of its own whose parent dies at once; one sleeper says that it has begun. Few at a
    // time: each takes all the time that a processor has.
    let script =
        "export AGAIN='setsid sh -c \"$AGAIN\" & exit 0'; eval \"$AGAIN\" & sleep $MARK & wait; sleep $MARK";
    kill_many(script, 1, 200, 2).await;
}

#[test]
fn an_orchestrator_that_becomes_another_program() {
    use std::os::unix::process::CommandExt;
    if role("warden::killed::an_orchestrator_that_becomes_another_program") {
        let process = shell(TREE);
        tell(process.child.containment());
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).expect("a line");
        let error = Command::new("/bin/sleep").arg("1000").env_clear().exec();
        panic!("{error}");
    }
}

#[tokio::test]
async fn nobody_outlives_an_orchestrator_that_becomes_another_program() {
    let marker = Marker::new();
    let mut orchestrator = Orchestrator::play(
        "warden::killed::an_orchestrator_that_becomes_another_program",
        &marker,
    );
    let warden = orchestrator.warden();
    eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
    orchestrator.say("go\n");
    eventually("the warden is gone", || !is_alive(warden)).await;
    assert_eq!(marker.survivors(), Vec::<i32>::new());
    assert!(is_alive(orchestrator.pid()), "it lives on, as another program");
}

#[test]
fn an_orchestrator_that_runs_out_of_memory() {
    if role("warden::killed::an_orchestrator_that_runs_out_of_memory") {
        let process = shell(TREE);
        tell(process.child.containment());
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).expect("a line");
        let mut hoard = Vec::new();
        loop {
            hoard.push(vec![1_u8; 1 << 20]);
        }
    }
}

#[tokio::test]
async fn nobody_outlives_an_orchestrator_that_ran_out_of_memory() {
    let Some(group) = MemoryGroup::new(256 << 20) else {
        eprintln!("left out: killed for want of memory, because no memory control group can be made here");
        return;
    };
    for _ in 0..3 {
        let marker = Marker::new();
        let mut orchestrator =
            Orchestrator::play("warden::killed::an_orchestrator_that_runs_out_of_memory", &marker);
        let warden = orchestrator.warden();
        eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
        for pid in marker.survivors().into_iter().chain([warden]) {
            group.take_in(pid);
        }
        orchestrator.say("go\n");
        eventually("the orchestrator is dead", || !is_alive(orchestrator.pid())).await;
        eventually("the warden is gone", || !is_alive(warden)).await;
        assert_eq!(marker.survivors(), Vec::<i32>::new());
    }
}

/// A control group with a limit of memory: the first version's, or the second's.
struct MemoryGroup(std::path::PathBuf);

impl MemoryGroup {
    fn new(bytes: u64) -> Option<Self> {
        let name = format!("orch-pty-test-{}", std::process::id());
        [
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
            ("/sys/fs/cgroup", "memory.max"),
        ]
        .into_iter()
        .find_map(|(root, limit)| {
            let group = Self(std::path::Path::new(root).join(&name));
            std::fs::create_dir(&group.0).ok()?;
            std::fs::write(group.0.join(limit), bytes.to_string()).ok()?;
            Some(group)
        })
    }

    fn take_in(&self, pid: i32) {
        // Who has ended meanwhile needs no group.
        let _ = std::fs::write(self.0.join("cgroup.procs"), pid.to_string());
    }
}

impl Drop for MemoryGroup {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.0);
    }
}
