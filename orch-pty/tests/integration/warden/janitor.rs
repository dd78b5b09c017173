//! Orchestrator and warden both killed: the next start ends what is left.

use std::path::Path;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::stage::{Orchestrator, SLEEPERS, TREE, live, shell, tell};
use crate::support::{Marker, alone, eventually, is_alive, role, run_role};

#[test]
fn an_orchestrator_on_record() {
    if role("warden::janitor::an_orchestrator_on_record") {
        let process = shell(TREE);
        assert!(process.child.containment().recorded);
        tell(process.child.containment());
        live();
    }
}

fn records(state: &Path) -> usize {
    std::fs::read_dir(state.join("orch/owners")).map_or(0, Iterator::count)
}

#[tokio::test]
async fn whom_a_killed_warden_left_is_ended_by_the_janitor_and_who_has_an_owner_is_not() {
    const NAME: &str =
        "warden::janitor::whom_a_killed_warden_left_is_ended_by_the_janitor_and_who_has_an_owner_is_not";
    let state = tempfile::tempdir().expect("a directory");
    if std::env::var_os("ORCH_PTY_TEST_ALONE").is_none() {
        // The janitor looks where the variable says, and a test must not change this process's own.
        assert!(!alone(
            NAME,
            &["env", &format!("XDG_STATE_HOME={}", state.path().display())]
        ));
        return;
    }
    let state = std::env::var_os("XDG_STATE_HOME").expect("a state directory");
    let state = Path::new(&state);
    let (lost, kept) = (Marker::new(), Marker::new());
    let play = |marker: &Marker| {
        let mut command = run_role("warden::janitor::an_orchestrator_on_record");
        Orchestrator::start(command.env("MARK", marker.text()))
    };
    let (mut dead, mut alive) = (play(&lost), play(&kept));
    let (its_warden, other_warden) = (dead.warden(), alive.warden());
    for marker in [&lost, &kept] {
        eventually("the whole tree runs", || marker.sleepers().len() == SLEEPERS).await;
    }
    assert_eq!(records(state), 2);
    let owner = dead.pid();
    // Stopped, it cannot find another warden.
    kill(Pid::from_raw(owner), Signal::SIGSTOP).expect("a signal");
    kill(Pid::from_raw(its_warden), Signal::SIGKILL).expect("a signal");
    dead.kill();
    assert_ne!(
        lost.survivors(),
        Vec::<i32>::new(),
        "nobody was there to end them"
    );

    // Anything of this user may lie there; nothing of it may hold the janitor up.
    let records_of = state.join("orch/owners");
    nix::unistd::mkfifo(&records_of.join("pipe"), nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    std::fs::write(records_of.join("junk"), "{ no record").expect("a file");
    let kept_before = kept.survivors();
    let swept = orch_pty::janitor().expect("records can be read");
    assert_eq!(lost.survivors(), Vec::<i32>::new());
    assert_eq!(kept.survivors(), kept_before);
    let owners: Vec<u32> = swept.iter().map(|swept| swept.owner).collect();
    assert_eq!(owners, [owner.unsigned_abs()]);
    for other in ["pipe", "junk"] {
        std::fs::remove_file(records_of.join(other)).expect("it was left alone");
    }
    assert_eq!(records(state), 1, "the dead one is off the record");

    alive.kill();
    eventually("the warden is gone", || !is_alive(other_warden)).await;
    assert_eq!(kept.survivors(), Vec::<i32>::new());
    assert_eq!(records(state), 0, "a warden strikes the record");
}
