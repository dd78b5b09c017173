//! A host with a life of its own, and everything at once: its children, its signal handler, its daemon, its neighbours.
//! Who is left is counted by the test, which is another process.

use std::process::{Command as HostCommand, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use orch_pty::{Command, Exit, Ladder, Output, Stdin};
use tokio::task::JoinSet;

use crate::support::{Marker, eventually, is_alive, role, run_role, stat};
use crate::warden::{best_tier, hostile_tree};

static CHILD_SIGNALS: AtomicU32 = AtomicU32::new(0);

extern "C" fn count(_signal: i32) {
    CHILD_SIGNALS.fetch_add(1, Ordering::Relaxed);
}

fn handle_child_signals() -> SigAction {
    let own = SigAction::new(SigHandler::Handler(count), SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: the handler does nothing but to add to an atomic number.
    #[allow(unsafe_code)]
    unsafe {
        sigaction(Signal::SIGCHLD, &own).expect("a handler")
    };
    own
}

/// A child of the host that lives as long as the test.
fn long_lived(script: &str) -> std::process::Child {
    HostCommand::new("/bin/sh")
        .args(["-c", script])
        .env_remove("MARK")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_with_a_life_of_its_own() {
    const EACH: usize = 60;
    if !role("good_guest_at_once::a_host_with_a_life_of_its_own") {
        return;
    }
    let mark = std::env::var("MARK").expect("a marker");
    let own = std::env::var("OWN").expect("a marker of the host's own");
    let handler = handle_child_signals();
    // A daemon: nobody's child, in a session of its own.
    let parent = long_lived(&format!("(setsid sleep {own} &) ; exit 0")).wait();
    assert!(parent.expect("a status").success());
    let mut beside = long_lived(&format!("exec sleep {own}"));

    let mut tasks = JoinSet::new();
    for _ in 0..3 {
        tasks.spawn(async {
            for code in (0..=255).cycle().take(EACH) {
                let script = format!("exit {code}");
                let status = tokio::process::Command::new("/bin/sh")
                    .args(["-c", &script])
                    .status()
                    .await;
                assert_eq!(status.expect("a status").code(), Some(code));
            }
        });
        let mark = mark.clone();
        tasks.spawn(async move {
            for code in 0..EACH {
                let code = u8::try_from(code).expect("a small number");
                let script = format!("setsid sleep {mark} & exit {code}");
                let command = Command::new("/bin/sh").args(["-c", &script]);
                let quiet = command
                    .stdin(Stdin::Null)
                    .stdout(Output::Null)
                    .stderr(Output::Null);
                let mut child = quiet.spawn().expect("sh starts").child;
                assert_eq!(child.wait().await.expect("an exit"), Exit::Code(code));
                let report = child.tree().stop(&Ladder::kill_now()).await;
                assert!(report.left.is_empty(), "{report:?}");
            }
        });
    }
    let mut trees = Vec::new();
    for _ in 0..4 {
        let script = hostile_tree();
        let command = Command::new("/bin/sh").args(["-c", script]).require(best_tier());
        trees.push(command.spawn().expect("sh starts"));
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("every status is exact");
    }
    // Shutdown: politely, at once, and by letting go.
    for (at, mut process) in trees.into_iter().enumerate() {
        match at {
            0 => drop(process.child.tree().stop(&Ladder::kill_now()).await),
            1 => drop(process.child.tree().kill_now()),
            _ => {}
        }
        if at < 2 {
            process.child.wait().await.expect("an exit");
        }
    }

    assert!(
        CHILD_SIGNALS.load(Ordering::Relaxed) > 0,
        "the host's handler is called"
    );
    // SAFETY: sets what is in force already.
    #[allow(unsafe_code)]
    let in_force = unsafe { sigaction(Signal::SIGCHLD, &handler).expect("a handler") };
    let own_handler = matches!(in_force.handler(), SigHandler::Handler(found) if std::ptr::fn_addr_eq(found, count as extern "C" fn(i32)));
    assert!(own_handler, "{in_force:?}");
    assert_eq!(beside.try_wait().expect("a look"), None, "nobody has touched it");
    let children = children_of(std::process::id());
    assert_eq!(children, [beside.id().cast_signed()], "no zombie stays");
    println!("\nwarden {}", orch_pty::containment().warden.expect("a warden"));
    println!("all is well");
    beside.kill().expect("a signal");
    beside.wait().expect("a status");
}

fn children_of(process: u32) -> Vec<i32> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).expect("threads");
    let lists = threads
        .flatten()
        .map(|thread| std::fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    lists
        .flat_map(|list| {
            list.split_ascii_whitespace()
                .map(|pid| pid.parse().expect("a number"))
                .collect::<Vec<i32>>()
        })
        .collect()
}

#[tokio::test]
async fn a_good_guest_leaves_its_host_as_it_was() {
    let (mark, own, strange) = (Marker::new(), Marker::new(), Marker::new());
    let folder = tempfile::tempdir().expect("a folder");
    let heard = folder.path().join("heard");
    // A neighbour with the same ways as a member of a tree, who writes down every signal.
    let script = format!(
        "for signal in HUP INT QUIT USR1 USR2 TERM CONT; do trap \"echo $signal >> '{}'\" $signal; done; \
         setsid sleep {mark} & while :; do sleep {mark} & wait; done",
        heard.display(),
        mark = strange.text(),
    );
    let mut stranger = long_lived(&script);
    eventually("the neighbour is there", || strange.sleepers().len() == 2).await;
    let neighbours = strange.survivors();

    let output = run_role("good_guest_at_once::a_host_with_a_life_of_its_own")
        .env("MARK", mark.text())
        .env("OWN", own.text())
        .output()
        .expect("the host runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("all is well"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let warden = said.lines().find_map(|line| line.strip_prefix("warden "));
    let warden = warden.and_then(|number| number.parse().ok()).expect("a number");
    eventually("the warden is gone", || !is_alive(warden)).await;

    let alive = |marker: &Marker| -> Vec<i32> {
        let mut sleepers = marker.sleepers();
        sleepers.retain(|&pid| stat(pid).is_some_and(|fields| fields[0] == "S"));
        sleepers
    };
    let left: Vec<i32> = mark.survivors();
    assert_eq!(left, Vec::<i32>::new());
    assert_eq!(alive(&own).len(), 1, "the host's daemon lives on");
    assert_eq!(strange.survivors(), neighbours, "and so does everybody else");
    assert!(!heard.exists(), "{:?}", std::fs::read_to_string(&heard));
    stranger.kill().expect("a signal");
    stranger.wait().expect("a status");
}
