//! In the host program: its own children, its signals, and what it does with `SIGCHLD`.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use orch_pty::{Command, Exit, Output, Stdin};

use crate::support::{alone, sh};

fn quiet(script: &str) -> Command {
    sh(script)
        .stdin(Stdin::Null)
        .stdout(Output::Null)
        .stderr(Output::Null)
}

/// Since 6.15 a pidfd tells how its process ended though somebody else has taken the status.
#[cfg(target_os = "linux")]
fn kernel_remembers() -> bool {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").expect("a release");
    let mut numbers = release.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(6), Some(15))
}

#[tokio::test]
async fn the_hosts_own_children_keep_their_statuses() {
    let done = Arc::new(AtomicBool::new(false));
    let host = thread::spawn({
        let done = Arc::clone(&done);
        move || {
            for (children, code) in (0..=255).cycle().enumerate() {
                if done.load(Ordering::Relaxed) && children > 100 {
                    break;
                }
                let mut child = process::Command::new("/bin/sh")
                    .args(["-c", &format!("exit {code}")])
                    .spawn()
                    .expect("sh starts");
                assert_eq!(
                    child.wait().expect("a status of the host's own child").code(),
                    Some(code)
                );
            }
        }
    });
    for code in (0..=255).step_by(5) {
        let mut child = quiet(&format!("sleep 1000 & exit {code}"))
            .spawn()
            .expect("sh starts")
            .child;
        let exit = child.wait().await.expect("an exit");
        assert_eq!(exit, Exit::Code(code));
        assert!(child.tree().kill_now().left.is_empty());
    }
    done.store(true, Ordering::Relaxed);
    host.join().expect("the host's children are well");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn under_an_ignored_sigchld_exits_are_exact_or_the_spawn_is_refused() {
    let name = "good_guest::under_an_ignored_sigchld_exits_are_exact_or_the_spawn_is_refused";
    if !alone(name, &["/bin/sh", "-c", "trap '' CHLD; exec \"$0\" \"$@\""]) {
        return;
    }
    for code in [0, 1, 7, 255] {
        match quiet(&format!("exit {code}")).spawn() {
            Ok(mut process) => assert_eq!(process.child.wait().await.expect("an exit"), Exit::Code(code)),
            Err(error) => assert!(
                !kernel_remembers() && matches!(error, orch_pty::SpawnError::StatusesIgnored { .. }),
                "{error}"
            ),
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_host_that_waits_for_any_child_costs_a_status_at_most() {
    if !alone(
        "good_guest::a_host_that_waits_for_any_child_costs_a_status_at_most",
        &[],
    ) {
        return;
    }
    let mut child = quiet("exit 7").spawn().expect("sh starts").child;
    let stolen = waitpid(None, Some(WaitPidFlag::empty())).expect("any child");
    assert!(matches!(stolen, WaitStatus::Exited(pid, 7) if pid.as_raw() == child.pid().cast_signed()));
    // The kernel remembers it since 6.15; before, its loss is an error and no guess.
    for _ in 0..2 {
        match child.wait().await {
            Ok(exit) => assert_eq!(exit, Exit::Code(7)),
            Err(error) => assert!(
                !kernel_remembers() && error.to_string().contains("is lost"),
                "{error}"
            ),
        }
    }
}
