//! Streams go where they were sent, and only there.

use orch_pty::{Command, Output, Process, Stdin, TerminalMode};

use crate::support::{output_of, piped, read_pipe, read_terminal, read_until, sh};

#[tokio::test]
async fn standard_error_on_a_pipe_stays_apart_from_the_terminal() {
    let script = "for i in 1 2 3; do echo out$i; echo err$i >&2; done";
    let command = sh(script).stderr(Output::Pipe).terminal_mode(TerminalMode::Clean);
    let Process { terminal, stderr, .. } = &command.spawn().expect("sh starts");
    let (out, err) = tokio::join!(
        read_terminal(terminal.as_ref().expect("a terminal")),
        read_pipe(stderr.as_ref().expect("a pipe"))
    );
    assert_eq!(String::from_utf8_lossy(&out), "out1\nout2\nout3\n");
    assert_eq!(String::from_utf8_lossy(&err), "err1\nerr2\nerr3\n");
}

#[tokio::test]
async fn a_cooked_terminal_echoes_and_returns_the_carriage() {
    let Process { terminal, child, .. } = sh("read line; echo \"got:$line\"").spawn().expect("sh starts");
    let terminal = terminal.expect("a terminal");
    terminal.write_all(b"typed\n").await.expect("a line");
    assert_eq!(
        read_until(&terminal, "got:typed\r\n").await,
        "typed\r\ngot:typed\r\n"
    );
    drop(child);
}

#[tokio::test]
async fn a_clean_terminal_changes_no_byte_of_the_output_and_echoes_nothing() {
    let command = sh("read line; printf 'a\\nb\\tc\\r\\n'").terminal_mode(TerminalMode::Clean);
    let Process { terminal, child, .. } = command.spawn().expect("sh starts");
    let terminal = terminal.expect("a terminal");
    terminal.write_all(b"typed\n").await.expect("a line");
    assert_eq!(read_terminal(&terminal).await, b"a\nb\tc\r\n");
    drop(child);
}

#[tokio::test]
async fn without_a_terminal_among_the_streams_none_is_opened() {
    let command = piped("test -t 0 || test -t 1 || test -t 2 || (: < /dev/tty) 2>/dev/null || echo none");
    let process = command.spawn().expect("sh starts");
    assert!(process.terminal.is_none() && process.stdin.is_none() && process.stderr.is_none());
    drop(process);
    assert_eq!(output_of(&command).await.0, "none\n");
}

#[tokio::test]
async fn all_three_streams_on_the_terminal_are_one_terminal() {
    let script = "test -t 0 && test -t 1 && test -t 2 && echo all > /dev/tty; tty";
    let Process { terminal, child, .. } = sh(script).spawn().expect("sh starts");
    let terminal = terminal.expect("a terminal");
    let text = String::from_utf8(read_terminal(&terminal).await).expect("text");
    assert_eq!(text, format!("all\r\n{}\r\n", terminal.path().display()));
    drop(child);
}

#[tokio::test]
async fn a_terminal_of_its_own_takes_one_output_and_what_is_said_to_dev_tty_goes_elsewhere() {
    let script = "test -t 1 && printf 'mine\\n\\tunchanged'; echo others > /dev/tty; echo err >&2; sh -c 'echo child > /dev/tty'";
    let command = sh(script)
        .stdout(Output::OwnTerminal)
        .terminal_mode(TerminalMode::Clean);
    let Process {
        terminal,
        stdout,
        child,
        ..
    } = command.spawn().expect("sh starts");
    let (terminal, stdout) = (terminal.expect("a terminal"), stdout.expect("another one"));
    let (controlling, own) = tokio::join!(read_terminal(&terminal), read_pipe(&stdout));
    assert_eq!(String::from_utf8_lossy(&own), "mine\n\tunchanged");
    assert_eq!(String::from_utf8_lossy(&controlling), "others\nerr\nchild\n");
    drop(child);
}

#[tokio::test]
async fn dropping_the_terminal_hangs_it_up() {
    let mut process = Command::new("/bin/sleep")
        .arg("1000")
        .stdin(Stdin::Null)
        .spawn()
        .expect("sleep starts");
    drop(process.terminal.take());
    assert_eq!(
        process.child.wait().await.expect("an exit").to_string(),
        "killed by SIGHUP"
    );
}
