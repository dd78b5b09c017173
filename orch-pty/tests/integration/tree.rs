//! A tree is ended to its last member, wherever that has gone, and nobody else is touched. Survivors are counted by
//! `/proc` and a marker of the test's own.

use std::process;
use std::time::Duration;

use orch_pty::{KillReport, Ladder, Output, Process, Signal, SpawnMethod, Stdin};

use crate::support::{Marker, alone, eventually, is_alive, read_until};

const NOBODY: [i32; 0] = [];

/// Six sleepers beside the leader: a plain child, one in a process group of its own, one in a session of its own, a
/// daemon whose parent is gone, one that ignores every polite signal, and a daemon that does.
const HOSTILE: &str = "
    sleep $MARK &
    timeout $MARK sleep $MARK &
    setsid sleep $MARK &
    (setsid sleep $MARK &)
    (trap '' HUP INT TERM; exec sleep $MARK) &
    (trap '' HUP INT TERM; setsid sleep $MARK &)
    wait";
/// How often the hostile tree is killed, unless [`RUNS_VARIABLE`] says otherwise (a soak does).
const RUNS: u32 = 50;
const RUNS_VARIABLE: &str = "ORCH_PTY_TREE_RUNS";
/// `timeout` is a process of its own beside the sleeper it starts.
const HOSTILE_SIZE: usize = 8;

/// Starts the script and waits until `size` processes have exec'd what they end up as.
async fn grown(marker: &Marker, script: &str, size: usize) -> Process {
    let process = marker.sh(script).spawn().expect("sh starts");
    eventually("the whole tree runs", || settled(marker) == size).await;
    process
}

/// How many carry the marker. None while there are shells or `env`s that are about to become something else.
fn settled(marker: &Marker) -> usize {
    let names = marker
        .survivors()
        .into_iter()
        .map(|pid| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default());
    let names: Vec<String> = names.collect();
    let shells = names.iter().filter(|name| name.as_str() == "sh\n").count();
    if shells > 1 || names.iter().any(|name| name == "setsid\n" || name == "env\n") {
        0
    } else {
        names.len()
    }
}

#[tokio::test]
async fn killing_a_tree_leaves_nobody_wherever_its_members_went() {
    let runs = std::env::var(RUNS_VARIABLE).map_or(RUNS, |runs| runs.parse().expect("a number of runs"));
    for _ in 0..runs {
        let marker = Marker::new();
        let Process {
            mut child,
            terminal: _open,
            ..
        } = grown(&marker, HOSTILE, HOSTILE_SIZE).await;
        let tree = child.tree();
        assert_eq!(tree.members().len(), HOSTILE_SIZE);
        let report = tree.kill_now();
        assert_eq!(marker.survivors(), NOBODY);
        assert_eq!((report.killed as usize, report.left), (HOSTILE_SIZE, vec![]));
        assert_eq!(report.strongest, Some(Signal::Kill));
        assert_eq!(
            child.wait().await.expect("an exit").to_string(),
            "killed by SIGKILL"
        );
        assert_eq!(tree.members(), Vec::<u32>::new());
    }
}

#[tokio::test]
async fn dropping_a_child_kills_its_whole_tree() {
    for _ in 0..5 {
        let marker = Marker::new();
        let process = grown(&marker, HOSTILE, HOSTILE_SIZE).await;
        let pid = process.child.pid().cast_signed();
        drop(process);
        assert_eq!(marker.survivors(), NOBODY);
        assert!(
            !std::path::Path::new(&format!("/proc/{pid}/status")).exists(),
            "the leader is reaped"
        );
    }
}

#[tokio::test]
async fn descendants_are_found_after_the_child_itself_was_reaped() {
    let marker = Marker::new();
    let script = HOSTILE.replace("wait", "read line; exit 5");
    let Process {
        mut child, terminal, ..
    } = grown(&marker, &script, HOSTILE_SIZE).await;
    terminal
        .as_ref()
        .expect("a terminal")
        .write_all(b"\n")
        .await
        .expect("a line");
    assert_eq!(child.wait().await.expect("an exit").to_string(), "exit code 5");
    assert_ne!(marker.survivors(), NOBODY);
    let report = child.tree().kill_now();
    assert_eq!(marker.survivors(), NOBODY);
    assert!(report.left.is_empty(), "{report:?}");
}

#[tokio::test]
async fn a_member_with_a_scrubbed_environment_is_found_when_its_lineage_is_lost() {
    if std::env::var_os(SpawnMethod::VARIABLE).is_some_and(|method| method == "posix_spawn") {
        eprintln!("left out: posix_spawn tags the limit only after the program has started");
        return;
    }
    for _ in 0..5 {
        let marker = Marker::new();
        let script = "(env -i setsid sleep $MARK &); (trap '' HUP; env -i sleep $MARK &); wait; read line";
        let process = grown(&marker, script, 3).await;
        let report = process.child.tree().kill_now();
        assert_eq!(
            (marker.survivors().as_slice(), report.killed),
            (NOBODY.as_slice(), 3)
        );
    }
}

#[tokio::test]
async fn a_member_that_changed_its_limit_is_found_by_its_environment() {
    let marker = Marker::new();
    // In dash `-w` counts file locks; in bash `-x` does.
    let lower = "ulimit -w 7 2>/dev/null || ulimit -x 7";
    let script = format!("({lower}; setsid sleep $MARK &); wait; read line");
    let process = grown(&marker, &script, 2).await;
    let leader = process.child.pid().cast_signed();
    let other = marker
        .survivors()
        .into_iter()
        .find(|&pid| pid != leader)
        .expect("the member");
    let limits = std::fs::read_to_string(format!("/proc/{other}/limits")).expect("limits");
    let locks = limits
        .lines()
        .find(|line| line.starts_with("Max file locks"))
        .expect("a line");
    assert_eq!(locks.split_whitespace().nth(3), Some("7"), "{locks}");
    let report = process.child.tree().kill_now();
    assert_eq!(
        (marker.survivors().as_slice(), report.left.as_slice()),
        (NOBODY.as_slice(), [].as_slice())
    );
}

#[tokio::test]
async fn one_that_forks_itself_on_for_ever_does_not_win() {
    // Each generation is a session of its own whose parent dies at once.
    let script = "export AGAIN='setsid sh -c \"$AGAIN\" & exit 0'; echo up; eval \"$AGAIN\"";
    for _ in 0..10 {
        let marker = Marker::new();
        let Process {
            mut child, terminal, ..
        } = marker.sh(script).spawn().expect("sh starts");
        read_until(terminal.as_ref().expect("a terminal"), "up").await;
        child.wait().await.expect("an exit");
        let report = child.tree().kill_now();
        assert!(report.left.is_empty(), "{report:?}");
        assert_eq!(marker.survivors(), NOBODY);
    }
}

#[tokio::test]
async fn one_that_forks_on_inside_its_group_does_not_win() {
    let script = "export AGAIN='trap \"\" HUP; sh -c \"$AGAIN\" & exit 0'; echo up; eval \"$AGAIN\"";
    for _ in 0..10 {
        let marker = Marker::new();
        let process = marker.sh(script).spawn().expect("sh starts");
        read_until(process.terminal.as_ref().expect("a terminal"), "up").await;
        let report = process.child.tree().kill_now();
        assert!(report.left.is_empty(), "{report:?}");
        assert_eq!(marker.survivors(), NOBODY);
    }
}

#[tokio::test]
async fn stop_is_content_with_an_interrupt_when_everybody_obeys() {
    let marker = Marker::new();
    // Exec: background jobs of a plain shell ignore interrupts.
    let mut process = grown(&marker, "exec sleep $MARK", 1).await;
    let report = process.child.tree().stop(&Ladder::default()).await;
    assert_eq!(
        (report.killed, report.strongest, report.left.len()),
        (0, Some(Signal::Interrupt), 0)
    );
    assert_eq!(
        process.child.wait().await.expect("an exit").to_string(),
        "killed by SIGINT"
    );
}

#[tokio::test]
async fn stop_terminates_what_an_interrupt_does_not_end() {
    let marker = Marker::new();
    let process = grown(&marker, "trap '' INT; sleep $MARK & setsid sleep $MARK & wait", 3).await;
    let ladder = Ladder::default()
        .interrupt(Duration::from_millis(20))
        .terminate(Duration::from_secs(30));
    let report = process.child.tree().stop(&ladder).await;
    assert_eq!((report.killed, report.strongest), (0, Some(Signal::Terminate)));
    assert_eq!(marker.survivors(), NOBODY);
}

#[tokio::test]
async fn stop_kills_what_ignores_every_polite_signal_though_the_leader_obeys() {
    let marker = Marker::new();
    let mut process = grown(&marker, HOSTILE, HOSTILE_SIZE).await;
    let grace = Duration::from_millis(50);
    let report = process
        .child
        .tree()
        .stop(&Ladder::default().interrupt(grace).terminate(grace))
        .await;
    // The two that ignore; on a busy machine others may not get to obey within the grace.
    assert!(report.killed >= 2, "{report:?}");
    assert_eq!((report.strongest, report.left.len()), (Some(Signal::Kill), 0));
    assert_eq!(marker.survivors(), NOBODY);
    assert!(
        process.child.try_wait().expect("a look").is_some(),
        "the leader has ended"
    );
}

#[tokio::test]
async fn a_stopped_member_is_woken_to_obey() {
    let marker = Marker::new();
    let process = grown(&marker, "sleep $MARK & setsid sleep $MARK & wait", 3).await;
    for pid in process.child.tree().members() {
        nix::sys::signal::kill(
            nix::unistd::Pid::from_raw(pid.cast_signed()),
            nix::sys::signal::Signal::SIGSTOP,
        )
        .expect("a signal");
    }
    let ladder = Ladder::default()
        .interrupt(Duration::ZERO)
        .terminate(Duration::from_secs(30));
    let report = process.child.tree().stop(&ladder).await;
    assert_eq!((report.killed, report.strongest), (0, Some(Signal::Terminate)));
    assert_eq!(marker.survivors(), NOBODY);
}

#[tokio::test]
async fn nobody_else_is_signalled() {
    let (marker, bystanders) = (Marker::new(), Marker::new());
    let process = grown(&marker, HOSTILE, HOSTILE_SIZE).await;
    let mut neighbour = grown(&bystanders, "setsid sleep $MARK & sleep $MARK & wait", 3).await;
    let mut own = process::Command::new("sleep")
        .arg("1000")
        .spawn()
        .expect("sleep starts");
    assert_eq!(process.child.tree().kill_now().killed as usize, HOSTILE_SIZE);
    assert_eq!((marker.survivors().len(), bystanders.survivors().len()), (0, 3));
    assert!(is_alive(own.id().cast_signed()));
    assert_eq!(neighbour.child.try_wait().expect("a look"), None);
    own.kill().expect("a signal");
    own.wait().expect("a status");
    // Running, and not left stopped by a hunt that was not theirs.
    for pid in bystanders.survivors() {
        assert_eq!(crate::support::stat(pid).expect("alive")[0], "S");
    }
}

#[tokio::test]
async fn a_tree_that_has_ended_needs_no_signal() {
    let command = crate::support::sh("exit 0")
        .stdin(Stdin::Null)
        .stdout(Output::Null)
        .stderr(Output::Null);
    let mut child = command.spawn().expect("sh starts").child;
    child.wait().await.expect("an exit");
    let report: KillReport = child.tree().stop(&Ladder::kill_now()).await;
    assert_eq!((report.killed, report.strongest, report.left), (0, None, vec![]));
}

#[tokio::test]
async fn what_a_short_lived_child_leaves_behind_is_found() {
    if std::env::var_os(SpawnMethod::VARIABLE).is_some_and(|method| method == "posix_spawn") {
        eprintln!("left out: posix_spawn tags the limit only after the program has started");
        return;
    }
    for script in [
        "(env -i setsid sleep $MARK &)",
        "((env -i setsid sleep $MARK &) &)",
    ] {
        for _ in 0..20 {
            let marker = Marker::new();
            let mut child = marker.sh(script).spawn().expect("sh starts").child;
            child.wait().await.expect("an exit");
            let report = child.tree().stop(&Ladder::kill_now()).await;
            assert_eq!(marker.survivors(), NOBODY);
            assert_eq!(report.left, [0_u32; 0]);
        }
    }
}

#[tokio::test]
async fn who_leaves_nobody_behind_is_not_looked_for_among_all_processes() {
    let mounts = std::fs::read_to_string("/proc/mounts").expect("a list");
    let is_told_late = std::env::var_os(SpawnMethod::VARIABLE).is_some_and(|method| method == "posix_spawn");
    if is_told_late || mounts.contains(" /proc/loadavg ") {
        eprintln!("left out: there is no way but the look through all");
        return;
    }
    // It takes a child that has ended after a few milliseconds.
    for _ in 0..5_000 {
        let mut child = crate::support::sh("exit 0").spawn().expect("sh starts").child;
        child.wait().await.expect("an exit");
        let report = child.tree().stop(&Ladder::kill_now()).await;
        if report.rounds == 0 {
            assert_eq!((report.killed, report.strongest, report.exact), (0, None, true));
            return;
        }
    }
    panic!("all processes were looked through each time");
}

/// Starts so many chains of processes that ignore everything; each process forks the next one and ends at once, and
/// each is a session of its own. They end by themselves after a minute.
const STORM: &str = r#"exec perl -MPOSIX=setsid,_exit -e '
    $SIG{$_} = "IGNORE" for qw(INT TERM HUP CHLD);
    my $end = time + 60;
    my $pid;
    for (1 .. $ARGV[0]) { $pid = fork; last if defined $pid && !$pid }
    if ($pid) { $| = 1; print "up\n"; sleep 60; _exit(0) }
    while (time < $end) { my $next = fork; next unless defined $next; _exit(0) if $next; setsid }
    ' "#;

#[tokio::test]
async fn sixty_four_chains_that_fork_on_in_parallel_do_not_win() {
    let marker = Marker::new();
    let process = marker.sh(&format!("{STORM} 64")).spawn().expect("sh starts");
    read_until(process.terminal.as_ref().expect("a terminal"), "up").await;
    let tree = process.child.tree();
    // On a busy machine one hunt's second may be too little of the processor: then it says so.
    eventually("nobody is left", || tree.kill_now().left.is_empty()).await;
    assert_eq!(marker.survivors(), NOBODY);
}

#[tokio::test]
async fn a_stop_climbs_its_ladder_though_they_fork_on_all_the_while() {
    let marker = Marker::new();
    let process = marker.sh(&format!("{STORM} 2")).spawn().expect("sh starts");
    read_until(process.terminal.as_ref().expect("a terminal"), "up").await;
    let grace = Duration::from_millis(50);
    let ladder = Ladder::default().interrupt(grace).terminate(grace);
    let report = process.child.tree().stop(&ladder).await;
    assert_eq!(report.strongest, Some(Signal::Kill));
    eventually("nobody is left", || {
        process.child.tree().kill_now().left.is_empty()
    })
    .await;
    assert_eq!(marker.survivors(), NOBODY);
}

#[tokio::test]
async fn without_a_free_descriptor_a_tree_is_killed_all_the_same() {
    if !alone(
        "tree::without_a_free_descriptor_a_tree_is_killed_all_the_same",
        &[],
    ) {
        return;
    }
    let marker = Marker::new();
    let process = grown(&marker, HOSTILE, HOSTILE_SIZE).await;
    let mut held = Vec::new();
    while let Ok(file) = std::fs::File::open("/dev/null") {
        held.push(file);
    }
    let tree = process.child.tree();
    let report = tree.kill_now();
    assert!(report.left.is_empty(), "{report:?}");
    assert!(report.killed > 0, "{report:?}");
    drop(held);
    assert_eq!(marker.survivors(), NOBODY);
}

#[tokio::test]
async fn a_report_is_exact_when_the_machine_lets_it() {
    let marker = Marker::new();
    let process = grown(&marker, "setsid sleep $MARK & wait", 2).await;
    let tree = process.child.tree();
    eventually("an exact look", || tree.kill_now().exact).await;
    assert_eq!(marker.survivors(), NOBODY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_trees_are_killed_at_once_and_each_gets_its_own_report() {
    let marker = Marker::new();
    let mut trees = Vec::new();
    for _ in 0..20 {
        trees.push(
            marker
                .sh("setsid sleep $MARK & sleep $MARK & wait")
                .spawn()
                .expect("sh starts"),
        );
    }
    eventually("all run", || marker.survivors().len() == 60).await;
    eventually("all are what they will be", || {
        let comms = marker.survivors().into_iter();
        comms
            .filter(|pid| {
                std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name == "sleep\n")
            })
            .count()
            == 40
    })
    .await;
    let stops: Vec<_> = trees
        .iter()
        .map(|process| {
            let tree = process.child.tree();
            tokio::spawn(async move { tree.stop(&Ladder::kill_now()).await })
        })
        .collect();
    for stop in stops {
        let report = stop.await.expect("no panic");
        assert_eq!((report.killed, report.left), (3, vec![]));
    }
    assert_eq!(marker.survivors(), NOBODY);
}

#[tokio::test]
async fn a_stopped_member_that_ignores_every_polite_signal_is_killed() {
    let marker = Marker::new();
    let process = grown(
        &marker,
        "trap '' HUP INT TERM; sleep $MARK & setsid sleep $MARK & wait",
        3,
    )
    .await;
    for pid in marker.survivors() {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGSTOP)
            .expect("a signal");
    }
    assert!(process.child.tree().kill_now().left.is_empty());
    assert_eq!(marker.survivors(), NOBODY);
}

#[tokio::test]
async fn one_that_only_calls_itself_a_warden_is_killed_like_all_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let warden = folder.path().join("orch-warden");
    std::os::unix::fs::symlink("/bin/sleep", &warden).expect("a link");
    let marker = Marker::new();
    let script = format!("(setsid '{}' $MARK &); sleep $MARK & wait", warden.display());
    let process = grown(&marker, &script, 3).await;
    let report = process.child.tree().kill_now();
    assert_eq!((report.killed, report.left), (3, vec![]));
    assert_eq!(marker.survivors(), NOBODY);
}
