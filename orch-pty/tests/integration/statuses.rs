//! Many children at once, of this crate and of the host: each ends with its own status, and nobody stays behind.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use orch_pty::{Command, Exit, Ladder, Output, Process, Status, Stdin};
use tokio::task::JoinSet;

use crate::support::{alone, descriptors, eventually, stat, warmed_up};

fn exits_with(code: u8) -> Command {
    Command::new("/bin/sh")
        .args(["-c", &format!("exit {code}")])
        .stdin(Stdin::Null)
        .stdout(Output::Null)
        .stderr(Output::Null)
}

/// Children of this process, zombies among them.
fn children() -> Vec<i32> {
    let threads = std::fs::read_dir("/proc/self/task").expect("threads").flatten();
    let lists =
        threads.map(|thread| std::fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    let numbers = lists.flat_map(|list| {
        list.split_ascii_whitespace()
            .map(|pid| pid.parse().expect("a number"))
            .collect::<Vec<i32>>()
    });
    numbers.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn among_the_hosts_own_children_no_status_is_lost_and_no_zombie_stays() {
    const NAME: &str = "statuses::among_the_hosts_own_children_no_status_is_lost_and_no_zombie_stays";
    const EACH: usize = 1_000;
    const AT_ONCE: usize = 4;
    if !alone(NAME, &[]) {
        return;
    }
    warmed_up().await;
    exits_of_the_host(1).await;
    let before = descriptors("self");

    let mut tasks = JoinSet::new();
    for _ in 0..AT_ONCE {
        tasks.spawn(exits_of_the_host(EACH / AT_ONCE));
        tasks.spawn(async {
            for code in (0..=255).cycle().take(EACH / AT_ONCE) {
                let mut child = exits_with(code).spawn().expect("sh starts").child;
                assert_eq!(child.wait().await.expect("an exit"), Exit::Code(code));
                // Each task has one child at most, so whoever is more is a zombie that nobody takes. The list is read thread
                // by thread: while it is, each task may end one child and start another.
                let seen = children();
                assert!(seen.len() <= 4 * AT_ONCE, "{seen:?}");
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("every status is exact");
    }
    assert_eq!(children(), Vec::<i32>::new());
    assert_eq!(descriptors("self"), before);
}

async fn exits_of_the_host(count: usize) {
    for code in (0..=255).cycle().take(count) {
        let script = format!("exit {code}");
        let status = tokio::process::Command::new("/bin/sh")
            .args(["-c", &script])
            .status();
        assert_eq!(
            status.await.expect("a status of the host's own child").code(),
            Some(code)
        );
    }
}

#[tokio::test]
async fn a_child_that_stops_is_seen_to_stop_and_to_go_on_and_is_killed_while_it_stands() {
    let Process {
        mut child,
        terminal: _open,
        ..
    } = Command::new("/bin/sleep")
        .arg("1000")
        .spawn()
        .expect("sleep starts");
    let pid = Pid::from_raw(child.pid().cast_signed());
    let stopped = Status::Stopped {
        signal: Signal::SIGSTOP as i32,
    };
    assert_eq!(child.status().expect("a look"), Status::Running);
    for _ in 0..3 {
        kill(pid, Signal::SIGSTOP).expect("a signal");
        eventually("it is seen to stop", || {
            child.status().expect("a look") == stopped
        })
        .await;
        assert_eq!(child.status().expect("a look"), stopped, "asked again");
        kill(pid, Signal::SIGCONT).expect("a signal");
        eventually("it is seen to go on", || {
            child.status().expect("a look") == Status::Running
        })
        .await;
    }
    kill(pid, Signal::SIGSTOP).expect("a signal");
    eventually("it is seen to stop", || {
        child.status().expect("a look") == stopped
    })
    .await;
    assert!(child.tree().stop(&Ladder::kill_now()).await.left.is_empty());
    let killed = Exit::Signal {
        signal: Signal::SIGKILL as i32,
        core_dumped: false,
    };
    assert_eq!(child.wait().await.expect("an exit"), killed);
    assert_eq!(child.status().expect("a look"), Status::Ended(killed));
    assert!(stat(pid.as_raw()).is_none_or(|fields| fields[0] != "T"));
}
