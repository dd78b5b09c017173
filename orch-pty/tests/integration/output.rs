//! All output is delivered, in order, to whoever reads to the end.

use std::io::{self, Read as _};
use std::time::Duration;

use orch_pty::{Command, Exit, Output, Process, Stdin, TerminalMode};

use crate::support::{alone, read_pipe, read_terminal, sh};

/// Bytes that repeat only after 64,256, and hold every value: a lost or doubled piece shows.
fn pattern(length: usize) -> Vec<u8> {
    let rounds = (0..=255_u8).flat_map(|round| (0..=250_u8).map(move |byte| byte.wrapping_add(round)));
    rounds.cycle().take(length).collect()
}

/// 1 byte to 1 MiB: many short ones, a few long ones, in a mixed order. Each occurs once in a row of `runs`.
fn lengths(runs: usize) -> impl Iterator<Item = usize> {
    (0..runs).map(move |run| {
        // 777 and the counts that come here have no divisor in common.
        let step = run * 777 % runs;
        // The length doubles twenty times, evenly over the steps.
        let (doublings, between) = (step * 20 / runs, step * 20 % runs);
        (1 << doublings) + (1 << doublings) * between / runs
    })
}

fn head(length: usize, file: &std::path::Path) -> Command {
    Command::new("head")
        .arg("-c")
        .arg(length.to_string())
        .arg(file)
        .stdin(Stdin::Null)
}

/// Four at a time, so that each has to wait for the others.
#[tokio::test]
async fn what_a_child_writes_before_it_exits_arrives_whole_two_thousand_times() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pattern");
    let all = pattern(1024 * 1024);
    std::fs::write(&file, &all).expect("a file");
    let lane = |lane: usize| {
        let (file, all) = (&file, &all);
        async move {
            for length in lengths(2000).skip(lane).step_by(4) {
                let command = head(length, file).terminal_mode(TerminalMode::Clean);
                let Process {
                    mut child, terminal, ..
                } = command.spawn().expect("head starts");
                let terminal = terminal.expect("a terminal");
                let output = read_terminal(&terminal).await;
                assert!(
                    output == all[..length],
                    "{} of {length} bytes, or other ones",
                    output.len()
                );
                assert_eq!(child.wait().await.expect("an exit"), Exit::Code(0));
            }
        }
    };
    tokio::join!(lane(0), lane(1), lane(2), lane(3));
}

#[tokio::test]
async fn output_that_is_read_only_after_the_exit_arrives_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pattern");
    // Less than the kernel holds for a reader that does not come: 11,776 bytes.
    let all = pattern(8 * 1024);
    std::fs::write(&file, &all).expect("a file");
    for _ in 0..50 {
        let command = head(all.len(), &file).terminal_mode(TerminalMode::Clean);
        let Process {
            mut child, terminal, ..
        } = command.spawn().expect("head starts");
        assert!(child.wait().await.expect("an exit").success());
        // The kernel hands out 4,095 bytes at a time; one read takes all that it holds.
        let (terminal, mut buffer) = (terminal.expect("a terminal"), vec![0; 64 * 1024]);
        assert_eq!(terminal.read(&mut buffer).await.expect("a read"), all.len());
        assert!(buffer[..all.len()] == all);
        assert_eq!(read_terminal(&terminal).await, b"");
    }
}

#[tokio::test]
async fn a_pipe_delivers_everything_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pattern");
    let all = pattern(1024 * 1024);
    std::fs::write(&file, &all).expect("a file");
    for length in lengths(100) {
        let command = head(length, &file).stdout(Output::Pipe).stderr(Output::Null);
        let Process {
            mut child,
            stdout,
            terminal,
            ..
        } = command.spawn().expect("head starts");
        assert!(terminal.is_none());
        assert!(read_pipe(&stdout.expect("a pipe")).await == all[..length]);
        assert!(child.wait().await.expect("an exit").success());
    }
}

#[tokio::test]
async fn a_terminal_of_its_own_delivers_everything_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pattern");
    let all = pattern(1024 * 1024);
    std::fs::write(&file, &all).expect("a file");
    for length in lengths(100) {
        let command = head(length, &file)
            .stdout(Output::OwnTerminal)
            .stderr(Output::Null);
        let Process {
            mut child,
            stdout,
            terminal,
            ..
        } = command.spawn().expect("head starts");
        assert!(terminal.is_none(), "it controls nobody");
        assert!(read_pipe(&stdout.expect("a terminal")).await == all[..length]);
        assert!(child.wait().await.expect("an exit").success());
    }
}

#[test]
fn a_terminal_of_its_own_is_read_to_its_end_without_a_runtime() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pattern");
    let all = pattern(100 * 1024);
    std::fs::write(&file, &all).expect("a file");
    let command = head(all.len(), &file).stdout(Output::OwnTerminal);
    let mut process = command
        .stderr(Output::Null)
        .spawn_blocking()
        .expect("head starts");
    let mut read = Vec::new();
    let mut stdout = process.stdout.take().expect("a terminal");
    assert_eq!(stdout.read_to_end(&mut read).expect("a read"), all.len());
    assert!(read == all);
    assert!(process.child.wait().expect("an exit").success());
}

#[tokio::test]
async fn after_the_end_every_read_says_end() {
    let Process { terminal, .. } = Command::new("/bin/true").spawn().expect("true starts");
    let terminal = terminal.expect("a terminal");
    assert_eq!(read_terminal(&terminal).await, b"");
    let mut buffer = [0; 8];
    for _ in 0..3 {
        assert_eq!(terminal.read(&mut buffer).await.expect("no error"), 0);
        assert_eq!(terminal.try_read(&mut buffer).expect("no error"), Some(0));
    }
}

/// All of the output is there before it is read: no read ever has to wait.
#[tokio::test]
async fn output_without_end_does_not_keep_its_thread_from_other_tasks() {
    let on_terminal = Command::new("head").args(["-c", "8192", "/dev/zero"]);
    let apart = on_terminal.clone().stdin(Stdin::Null).stderr(Output::Null);
    let (on_pipe, on_its_own) = (
        apart.clone().stdout(Output::Pipe),
        apart.stdout(Output::OwnTerminal),
    );
    for command in [on_terminal, on_pipe, on_its_own] {
        let mut process = command.spawn().expect("head starts");
        process.child.wait().await.expect("an exit");
        let (mut buffer, mut read) = ([0; 16], 16);
        assert_eq!(read_some(&process, &mut buffer).await.expect("a read"), 16);
        let other = tokio::spawn(async {});
        while !other.is_finished() {
            assert!(read < 8192, "the other task never ran");
            read += read_some(&process, &mut buffer).await.expect("a read");
        }
    }
}

async fn read_some(process: &Process, buffer: &mut [u8]) -> io::Result<usize> {
    match (&process.terminal, &process.stdout) {
        (_, Some(pipe)) => pipe.read(buffer).await,
        (Some(terminal), _) => terminal.read(buffer).await,
        (None, None) => Ok(0),
    }
}

/// What this process has had in memory at most, in KiB.
#[cfg(target_os = "linux")]
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("own status");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_ascii_whitespace().nth(1));
    number.expect("a number").parse().expect("a number")
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_flood_of_a_gibibyte_is_counted_exactly_and_leaves_memory_flat() {
    if !alone(
        "output::a_flood_of_a_gibibyte_is_counted_exactly_and_leaves_memory_flat",
        &[],
    ) {
        return;
    }
    let flood = |length: u64| Command::new("head").args(["-c", &length.to_string(), "/dev/zero"]);
    let (on_pipe, on_terminal) = (1024 * 1024 * 1024, 64 * 1024 * 1024);
    let pipe = flood(on_pipe).stdin(Stdin::Null).stdout(Output::Pipe);
    for (length, command) in [
        (on_pipe, pipe.stderr(Output::Null)),
        (on_terminal, flood(on_terminal).stdin(Stdin::Null)),
    ] {
        let mut buffer = vec![0; 64 * 1024];
        let mut process = command.spawn().expect("head starts");
        let (before, mut count) = (peak_memory(), 0);
        loop {
            match read_some(&process, &mut buffer).await.expect("a read") {
                0 => break,
                read => count += read as u64,
            }
        }
        let grown = peak_memory() - before;
        assert_eq!(count, length);
        assert!(grown < 16 * 1024, "memory grew by {grown} KiB");
        assert!(process.child.wait().await.expect("an exit").success());
    }
}

/// A thousand signals a second, with handlers that do not end this process, each of which interrupts what it finds.
#[tokio::test]
async fn a_storm_of_signals_ends_no_output_early() {
    use nix::sys::signal::{Signal, kill};
    use tokio::signal::unix::{SignalKind, signal};

    if !alone("output::a_storm_of_signals_ends_no_output_early", &[]) {
        return;
    }
    let (mut alarms, mut children) = (
        signal(SignalKind::alarm()).expect("a handler"),
        signal(SignalKind::child()).expect("a handler"),
    );
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let storm = std::thread::spawn(move || {
        let mut raised = 0;
        while stopped.recv_timeout(Duration::from_micros(500)).is_err() {
            for number in [Signal::SIGALRM, Signal::SIGCHLD] {
                kill(nix::unistd::Pid::this(), number).expect("own process");
                raised += 1;
            }
        }
        raised
    });
    alarms.recv().await.expect("the storm has begun");
    for _ in 0..40 {
        let script = "for n in 1 2 3 4 5; do head -c 100000 /dev/zero; sleep 0.01; done";
        let mut process = sh(script).spawn().expect("sh starts");
        let terminal = process.terminal.take().expect("a terminal");
        assert_eq!(read_terminal(&terminal).await.len(), 500_000);
        assert!(process.child.wait().await.expect("an exit").success());
    }
    children.recv().await.expect("the storm went on");
    stop.send(()).expect("the storm listens");
    assert!(storm.join().expect("the storm ends") > 1000);
}
