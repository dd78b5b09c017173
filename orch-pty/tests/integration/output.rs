//! All output is delivered, in order, to whoever reads to the end.

use orch_pty::{Command, Exit, Output, Process, Stdin, TerminalMode};

use crate::support::{read_pipe, read_terminal};

/// Bytes that repeat only after 64,256, and hold every value: a lost or doubled piece shows.
fn pattern(length: usize) -> Vec<u8> {
    let rounds = (0..=255_u8).flat_map(|round| (0..=250_u8).map(move |byte| byte.wrapping_add(round)));
    rounds.cycle().take(length).collect()
}

/// 1 byte to 256 KiB: many short ones, a few long ones, in a mixed order.
fn lengths() -> impl Iterator<Item = usize> {
    (0..200).map(|run| {
        let step = run * 77 % 200;
        // Eleven steps double the length; between the doublings it grows evenly.
        let (doublings, between) = (step / 11, step % 11);
        ((1 << doublings) + (1 << doublings) * between / 11).min(256 * 1024)
    })
}

fn head(length: usize, file: &std::path::Path) -> Command {
    Command::new("head")
        .arg("-c")
        .arg(length.to_string())
        .arg(file)
        .stdin(Stdin::Null)
}

#[tokio::test]
async fn what_a_child_writes_before_it_exits_arrives_whole_two_hundred_times() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pattern");
    let all = pattern(256 * 1024);
    std::fs::write(&file, &all).expect("a file");
    for length in lengths() {
        let command = head(length, &file).terminal_mode(TerminalMode::Clean);
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
        assert!(read_terminal(&terminal.expect("a terminal")).await == all);
    }
}

#[tokio::test]
async fn a_pipe_delivers_everything_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pattern");
    let all = pattern(256 * 1024);
    std::fs::write(&file, &all).expect("a file");
    for length in lengths().take(40) {
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
