//! What a child reads: bytes of any length, a pipe, nothing, or the terminal.

use orch_pty::{Command, Output, Process, Stdin, TerminalMode, WriteError};

use crate::support::{output_of, piped, read_pipe, read_terminal, read_until, sh};

#[tokio::test]
async fn a_mebibyte_on_stdin_arrives_whole_and_in_no_command_line() {
    let prompt: Vec<u8> = (0..1024 * 1024_u32)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let command = sh("cat; echo end > /dev/tty; read line < /dev/tty").stdout(Output::Pipe);
    let command = command.stdin(Stdin::Bytes([b"PROMPT".to_vec(), prompt.clone()].concat()));
    let Process {
        mut child,
        terminal,
        stdout,
        ..
    } = command.spawn().expect("sh starts");
    let terminal = terminal.expect("a terminal");
    let stdout = stdout.expect("a pipe");
    let (output, ()) = tokio::join!(read_pipe(&stdout), async {
        read_until(&terminal, "end").await;
        let line = std::fs::read(format!("/proc/{}/cmdline", child.pid())).expect("a command line");
        assert!(!line.windows(6).any(|window| window == b"PROMPT"));
        terminal.write_all(b"\n").await.expect("a line");
    });
    assert!(output[6..] == prompt, "{} bytes, or other ones", output.len());
    assert!(child.wait().await.expect("an exit").success());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_child_cannot_change_the_bytes_it_was_given() {
    let script = "(echo changed >&0) 2>/dev/null && echo open || echo sealed; cat";
    let command = piped(script).stdin(Stdin::Bytes(b"as it was".to_vec()));
    assert_eq!(output_of(&command).await.0, "sealed\nas it was");
}

#[tokio::test]
async fn no_bytes_and_null_are_an_end_at_once() {
    for stdin in [Stdin::Bytes(Vec::new()), Stdin::Null] {
        let (output, exit) = output_of(&piped("cat; echo end").stdin(stdin)).await;
        assert_eq!((output.as_str(), exit.success()), ("end\n", true));
    }
}

#[tokio::test]
async fn a_pipe_ends_when_its_writer_is_dropped() {
    let command = Command::new("cat")
        .stdin(Stdin::Pipe)
        .stdout(Output::Pipe)
        .stderr(Output::Null);
    let Process {
        mut child,
        stdin,
        stdout,
        ..
    } = command.spawn().expect("cat starts");
    let (stdin, stdout) = (stdin.expect("a pipe"), stdout.expect("a pipe"));
    let text = vec![b'x'; 300_000];
    let (output, ()) = tokio::join!(read_pipe(&stdout), async {
        stdin.write_all(&text).await.expect("a write");
        drop(stdin);
    });
    assert!(output == text, "{} bytes", output.len());
    assert!(child.wait().await.expect("an exit").success());
}

#[tokio::test]
async fn writing_to_a_pipe_that_nobody_reads_is_an_error_and_no_signal() {
    let command = Command::new("/bin/true")
        .stdin(Stdin::Pipe)
        .stdout(Output::Null)
        .stderr(Output::Null);
    let Process { mut child, stdin, .. } = command.spawn().expect("true starts");
    child.wait().await.expect("an exit");
    // A child that is being born at this moment holds all our descriptors until its exec: write more than fits.
    let late = vec![b'x'; 1024 * 1024];
    let error = stdin
        .expect("a pipe")
        .write_all(&late)
        .await
        .expect_err("nobody reads");
    assert!(matches!(error, WriteError::NobodyReads { .. }), "{error:?}");
}

#[tokio::test]
async fn what_is_typed_reaches_the_child_and_control_characters_raise_signals() {
    let command = sh("read line; echo \"got:$line\"; read line").terminal_mode(TerminalMode::Clean);
    let Process {
        mut child, terminal, ..
    } = command.spawn().expect("sh starts");
    let terminal = terminal.expect("a terminal");
    terminal.write_all(b"typed\n").await.expect("a line");
    assert_eq!(read_until(&terminal, "\n").await, "got:typed\n");
    terminal.write_all(b"\x03").await.expect("a control character");
    assert_eq!(
        child.wait().await.expect("an exit").to_string(),
        "killed by SIGINT"
    );
    assert_eq!(read_terminal(&terminal).await, b"");
}
