//! Of how many system calls a spawn is made, counted by `strace`: the parent's (all its threads and its warden), from
//! the spawn until the child is drained and reaped, and the child's until it has become its program.
//!
//! The figures are the difference between twice as many spawns and so many in one process that has spawned before, so
//! what is done once is not in them.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command as Program, Stdio};

use orch_pty::{Command, Size, SpawnMethod, TerminalMode};

use crate::support::{read_terminal, role, run_role};

const SPAWNS: i32 = 20;
/// Says in the trace where one part ends and the next begins.
const MILESTONE: &str = "milestone\n";
const CASE: &str = "ORCH_PTY_TEST_CASE";

/// What a spawn does, by name: how many times.
type Calls = BTreeMap<String, i32>;

/// With the size of the terminal (TIOCSWINSZ) and the closing of what the host has leaked (close_range), which could be on
/// top of it.
#[test]
fn a_blocking_spawn_is_at_most_twenty_four_system_calls() {
    if let Some(calls) = calls_of("blocking") {
        assert_eq!(calls.get("close_range"), Some(&1), "{calls:?}");
        // TIOCSPTLCK, TIOCGPTPEER, TIOCSCTTY, and the size.
        assert_eq!(calls.get("ioctl"), Some(&4), "{calls:?}");
        assert!(total(&calls) <= 24, "{}: {calls:?}", total(&calls));
    }
}

#[test]
fn an_async_spawn_is_at_most_thirty_two_system_calls() {
    // How often the reactor is woken for the output and the exit (together, or one after the other) is the scheduler's
    // choice: the fewest of some runs are what the spawn itself needs.
    let mut fewest: Option<Calls> = None;
    for _ in 0..5 {
        let Some(calls) = calls_of("async") else { return };
        let fewer = fewest.as_ref().is_none_or(|before| total(&calls) < total(before));
        if fewer {
            fewest = Some(calls);
        }
        if fewest.as_ref().is_some_and(|calls| total(calls) <= 32) {
            return;
        }
    }
    let fewest = fewest.unwrap_or_default();
    panic!("{}: {fewest:?}", total(&fewest));
}

#[test]
fn a_size_a_mode_and_a_directory_add_one_system_call_each() {
    let Some(bare) = calls_of("blocking") else { return };
    // TIOCSWINSZ, if there was none; TCSETS2, since what a new terminal is set to is known; chdir.
    for (case, call) in [("size", "ioctl"), ("mode", "ioctl"), ("directory", "chdir")] {
        let with = calls_of(case).expect("there was a tracer a moment ago");
        let added = difference(&with, &bare);
        assert!(total(&added) <= 1, "{case} adds {added:?}");
        assert!(added.keys().all(|name| name == call), "{case} adds {added:?}");
    }
}

/// Not a test by itself: what is traced.
#[test]
fn the_one_that_is_traced() {
    if !role("syscalls::the_one_that_is_traced") {
        return;
    }
    let case = std::env::var(CASE).expect("a case");
    // The other ways of birth have other counts: they are for those who have no choice.
    let bare = Command::new("/bin/true").method(SpawnMethod::Vfork);
    let command = match case.as_str() {
        "size" => bare.size(Size::new(50, 132)),
        "mode" => bare.terminal_mode(TerminalMode::Clean),
        "directory" => bare.current_dir("/"),
        _ => bare,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let milestone = || std::io::stderr().write_all(MILESTONE.as_bytes()).expect("a pipe");
    for spawns in [3, SPAWNS, 2 * SPAWNS] {
        for _ in 0..spawns {
            if case == "async" {
                runtime.block_on(run_async(&command));
            } else {
                run_blocking(&command);
            }
        }
        milestone();
    }
}

fn run_blocking(command: &Command) {
    let mut process = command.spawn_blocking().expect("/bin/true");
    let terminal = process.terminal.take().expect("a terminal");
    assert_eq!(terminal.read(&mut [0; 64]).expect("its end"), 0);
    assert!(process.child.wait().expect("its exit").success());
}

async fn run_async(command: &Command) {
    let mut process = command.spawn().expect("/bin/true");
    let terminal = process.terminal.take().expect("a terminal");
    assert_eq!(read_terminal(&terminal).await, b"");
    assert!(process.child.wait().await.expect("its exit").success());
}

/// Runs the case under strace and counts. `None`, with a loud word, where nothing can be traced.
fn calls_of(case: &str) -> Option<Calls> {
    let probe = Program::new("strace")
        .args(["-qq", "-o", "/dev/null", "/bin/true"])
        .stdin(Stdio::null())
        .status();
    if !probe.is_ok_and(|status| status.success()) {
        eprintln!("left out: the system calls of a spawn ({case}): there is no strace here that may trace");
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let traced = run_role("syscalls::the_one_that_is_traced");
    let output = Program::new("strace")
        .args(["-ff", "-qq", "-ttt", "-o"])
        .arg(folder.path().join("of"))
        // A signal that is ignored by whoever runs the tests would be one more to reset.
        .args(["env", "--default-signal"])
        .arg(traced.get_program())
        .args(traced.get_args())
        .envs(traced.get_envs().filter_map(|(key, value)| Some((key, value?))))
        .env(CASE, case)
        .stdin(Stdio::null())
        .output()
        .expect("strace runs");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Some(each(&calls_in(folder.path())))
}

/// A call: when it began, its name, and whether it is a milestone.
type Call = (f64, String, bool);

/// All calls of all processes, each process up to the exec that makes it `/bin/true`.
fn calls_in(folder: &Path) -> Vec<Call> {
    let mut calls = Vec::new();
    for file in std::fs::read_dir(folder).expect("the traces") {
        let text = std::fs::read_to_string(file.expect("a trace").path()).expect("text");
        for line in text.lines() {
            let Some(call) = parse(line) else { continue };
            let becomes_it = line.contains(r#"execve("/bin/true""#) && line.ends_with("= 0");
            calls.push(call);
            if becomes_it {
                break;
            }
        }
    }
    calls
}

/// Signals, ends, and second halves of calls have no name before a parenthesis. A call that a signal interrupts and the
/// kernel takes up again by itself is one.
fn parse(line: &str) -> Option<Call> {
    if line.contains("(To be restarted") {
        return None;
    }
    let (at, call) = line.split_once(' ')?;
    let (name, rest) = call.split_once('(')?;
    // In a debug build the standard library asks before each close whether the descriptor is open.
    let asks = cfg!(debug_assertions) && name == "fcntl" && rest.contains("F_GETFD)");
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let milestone = call.starts_with(r#"write(2, "milestone"#);
    (is_name && !asks).then(|| (at.parse().expect("a time"), name.to_owned(), milestone))
}

/// What is between the second milestone and the third, less what is between the first and the second, for one spawn.
fn each(calls: &[Call]) -> Calls {
    let mut milestones: Vec<f64> = calls.iter().filter(|call| call.2).map(|call| call.0).collect();
    milestones.sort_unstable_by(f64::total_cmp);
    let [warm, once, twice] = milestones[..] else {
        panic!("three milestones: {milestones:?}");
    };
    let between = |from: f64, to: f64| {
        let mut counts = Calls::new();
        for (_, name, _) in calls.iter().filter(|call| from < call.0 && call.0 <= to) {
            *counts.entry(name.clone()).or_insert(0) += 1;
        }
        counts
    };
    let mut sums = difference(&between(once, twice), &between(warm, once));
    for count in sums.values_mut() {
        // To the nearest: what is done now and then, such as more memory from the system, is not part of a spawn.
        *count = (2 * *count + SPAWNS).div_euclid(2 * SPAWNS);
    }
    sums.retain(|_, count| *count != 0);
    sums
}

fn difference(more: &Calls, less: &Calls) -> Calls {
    let names = more.keys().chain(less.keys());
    let of = |calls: &Calls, name: &str| calls.get(name).copied().unwrap_or(0);
    names
        .map(|name| (name.clone(), of(more, name) - of(less, name)))
        .filter(|(_, count)| *count != 0)
        .collect()
}

fn total(calls: &Calls) -> i32 {
    calls.values().sum()
}
