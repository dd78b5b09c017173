//! What is typed arrives, or it is said why not, and how much was taken before.

use std::time::Duration;

use orch_pty::{Command, Exit, Output, Process, Signal, Stdin, Terminal, TerminalMode, WriteError};

use crate::support::{Marker, eventually, is_alive, read_pipe, read_terminal, read_until, sh};

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(120);

/// Runs `script` on a terminal that echoes nothing, and waits until it says `ready`.
async fn ready(script: &str) -> (Process, Terminal) {
    let command = sh(script).terminal_mode(TerminalMode::Clean);
    ready_of(&command).await
}

async fn ready_of(command: &Command) -> (Process, Terminal) {
    let mut process = command.spawn().expect("sh starts");
    let terminal = process.terminal.take().expect("a terminal");
    read_until(&terminal, "ready\n").await;
    (process, terminal)
}

fn killed_by(number: i32) -> Exit {
    Exit::Signal {
        signal: number,
        core_dumped: false,
    }
}

#[tokio::test]
async fn a_line_that_the_terminal_would_cut_is_refused_before_its_first_byte() {
    let (mut process, terminal) = ready("echo ready; cat").await;
    let error = terminal.write_all(&[b'x'; 5000]).await.expect_err("a long line");
    assert!(
        matches!(
            error,
            WriteError::LineTooLong {
                length: 5000,
                limit: 4095
            }
        ),
        "{error:?}"
    );
    let within = [b"short\n".as_slice(), &[b'x'; 4096], b"\n"].concat();
    let error = terminal
        .write_within(&within, LONG)
        .await
        .expect_err("a long line");
    assert_eq!(error.taken(), 0);
    terminal.write(&[b'x'; 4096]).await.expect_err("a long line");
    terminal.write_all(b"only this\n").await.expect("a short line");
    terminal.send_eof().await.expect("an end");
    assert_eq!(read_terminal(&terminal).await, b"only this\n");
    assert!(process.child.wait().await.expect("an exit").success());
}

#[tokio::test]
async fn what_was_typed_of_a_line_before_counts() {
    let (_process, terminal) = ready("echo ready; cat").await;
    terminal.write_all(&[b'x'; 4000]).await.expect("part of a line");
    let error = terminal.write_all(&[b'y'; 96]).await.expect_err("a long line");
    assert!(
        matches!(error, WriteError::LineTooLong { length: 4096, .. }),
        "{error:?}"
    );
    terminal.write_all(&[b'y'; 95]).await.expect("the rest of it");
    terminal.write_all(b"\n").await.expect("its end");
    let line = read_until(&terminal, "\n").await;
    assert_eq!(line.len(), 4096);
    assert_eq!(line.matches('y').count(), 95);
    // The end of the line makes room for another one.
    terminal.write_all(&[b'z'; 4095]).await.expect("another line");
}

#[tokio::test]
async fn lines_as_long_as_the_terminal_passes_arrive_whole() {
    let command = sh("echo ready > /dev/tty; exec cat")
        .terminal_mode(TerminalMode::Clean)
        .stdout(Output::Pipe);
    let (mut process, terminal) = ready_of(&command).await;
    let stdout = process.stdout.take().expect("a pipe");
    let lines: Vec<u8> = (0..200_u8)
        .flat_map(|line| [vec![b'a' + line % 26; 4095 - usize::from(line)], b"\n".to_vec()].concat())
        .collect();
    let (output, ()) = tokio::join!(read_pipe(&stdout), async {
        terminal.write_all(&lines).await.expect("many lines");
        terminal.send_eof().await.expect("an end");
    });
    assert!(output == lines, "{} of {} bytes", output.len(), lines.len());
}

#[tokio::test]
async fn a_program_that_reads_key_by_key_gets_a_mebibyte_while_its_answer_is_read() {
    let (process, terminal) = ready("stty raw -echo; echo ready; exec cat").await;
    let bytes: Vec<u8> = (0..1024 * 1024_u32)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let mut back = Vec::new();
    let reads = async {
        let mut buffer = vec![0; 64 * 1024];
        while back.len() < bytes.len() {
            let read = terminal.read(&mut buffer).await.expect("a read");
            assert_ne!(read, 0, "an early end");
            back.extend_from_slice(&buffer[..read]);
        }
    };
    let (written, ()) = tokio::join!(terminal.write_within(&bytes, LONG), reads);
    written.expect("a write");
    assert!(back == bytes);
    drop(process);
}

#[tokio::test]
async fn writes_at_once_do_not_mix_their_lines() {
    let command = sh("echo ready > /dev/tty; exec cat")
        .terminal_mode(TerminalMode::Clean)
        .stdout(Output::Pipe);
    let (mut process, terminal) = ready_of(&command).await;
    let stdout = process.stdout.take().expect("a pipe");
    let of = |byte: u8| [vec![byte; 3000], b"\n".to_vec()].concat().repeat(30);
    let (a, b) = (of(b'a'), of(b'b'));
    let (output, ()) = tokio::join!(read_pipe(&stdout), async {
        let (first, second) = tokio::join!(terminal.write_all(&a), terminal.write_all(&b));
        first.and(second).expect("both are written");
        terminal.send_eof().await.expect("an end");
    });
    assert!(output == [a, b].concat(), "{} bytes", output.len());
}

#[tokio::test]
async fn nothing_is_typed_to_a_child_that_has_exited_a_thousand_times() {
    for _ in 0..1000 {
        let Process {
            mut child, terminal, ..
        } = Command::new("/bin/true").spawn().expect("true starts");
        let terminal = terminal.expect("a terminal");
        child.wait().await.expect("an exit");
        let error = terminal.write_all(b"late\n").await.expect_err("it has exited");
        assert!(
            matches!(error, WriteError::Exited { pid, taken: 0 } if pid == child.pid()),
            "{error:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_exit_that_nobody_has_noticed_counts_also_when_a_descendant_holds_the_terminal() {
    let mark = Marker::new();
    let command = mark.sh("trap '' HUP; setsid sleep $MARK & echo ready; read line");
    let (process, terminal) = ready_of(&command.terminal_mode(TerminalMode::Clean)).await;
    let pid = process.child.pid();
    process.child.signal(Signal::Kill).expect("it runs");
    eventually("it has ended", || !is_alive(pid.cast_signed())).await;
    let error = terminal.write(b"late\n").await.expect_err("it has exited");
    assert!(matches!(error, WriteError::Exited { .. }), "{error:?}");
    let error = terminal.send_eof().await.expect_err("it has exited");
    assert!(matches!(error, WriteError::Exited { .. }), "{error:?}");
    let error = terminal.interrupt().expect_err("it has exited");
    assert!(matches!(error, WriteError::Exited { .. }), "{error:?}");
    let error = terminal
        .signal_foreground(Signal::Terminate)
        .expect_err("nobody is there");
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[tokio::test]
async fn a_write_that_the_child_does_not_read_ends_at_its_deadline_and_says_what_was_taken() {
    let mebibyte = vec![b'x'; 1024 * 1024];
    let (_raw, terminal) = ready("stty raw -echo; echo ready; exec sleep 1000").await;
    let limit = Duration::from_millis(100);
    let error = terminal
        .write_within(&mebibyte, limit)
        .await
        .expect_err("nobody reads");
    assert!(
        matches!(error, WriteError::Deadline { taken, limit: l } if taken > 4096 && taken < mebibyte.len() && l == limit),
        "{error:?}"
    );

    let command = sh("exec sleep 1000").stdin(Stdin::Pipe).stdout(Output::Null);
    let pipe = command.stderr(Output::Null).spawn().expect("sleep starts");
    let stdin = pipe.stdin.as_ref().expect("a pipe");
    let error = stdin
        .write_within(&mebibyte, limit)
        .await
        .expect_err("nobody reads");
    assert!(
        matches!(error, WriteError::Deadline { taken: 65_536, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_write_that_waits_for_room_ends_when_the_child_exits_though_a_descendant_stays() {
    let mark = Marker::new();
    let command = mark.sh("trap '' HUP; stty raw -echo; setsid sleep $MARK & echo ready; exec sleep 1000");
    let (mut process, terminal) = ready_of(&command.terminal_mode(TerminalMode::Clean)).await;
    let mebibyte = vec![b'x'; 1024 * 1024];
    let (written, ()) = tokio::join!(terminal.write_all(&mebibyte), async {
        process.child.signal(Signal::Kill).expect("it runs");
        process.child.wait().await.expect("an exit");
    });
    let error = written.expect_err("it has exited");
    assert!(
        matches!(error, WriteError::Exited { taken, .. } if taken < mebibyte.len()),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_end_of_file_in_the_middle_of_a_line_is_one() {
    let (mut process, terminal) = ready("echo ready; cat; echo over").await;
    terminal.write_all(b"abc").await.expect("part of a line");
    terminal.send_eof().await.expect("an end");
    assert_eq!(read_terminal(&terminal).await, b"abcover\n");
    assert!(process.child.wait().await.expect("an exit").success());
}

#[tokio::test]
async fn an_end_of_file_on_an_empty_line_is_one_and_not_two() {
    let (mut process, terminal) = ready("echo ready; cat; echo one; cat; echo two").await;
    terminal.write_all(b"x\n").await.expect("a line");
    terminal.send_eof().await.expect("an end");
    assert_eq!(read_until(&terminal, "one\n").await, "x\none\n");
    terminal
        .write_all(b"abc\x7f\x7f\x7f")
        .await
        .expect("a line that is taken back");
    terminal.write_all(b"y\n").await.expect("another line");
    terminal.send_eof().await.expect("an end");
    assert_eq!(read_terminal(&terminal).await, b"y\ntwo\n");
    assert!(process.child.wait().await.expect("an exit").success());
}

#[tokio::test]
async fn the_key_for_the_end_of_a_file_is_the_terminals() {
    let (mut process, terminal) = ready("stty eof @; echo ready; cat").await;
    terminal.write_all(b"abc\n").await.expect("a line");
    terminal.send_eof().await.expect("an end");
    assert_eq!(read_terminal(&terminal).await, b"abc\n");
    assert!(process.child.wait().await.expect("an exit").success());
}

#[tokio::test]
async fn where_keys_are_read_one_by_one_there_is_no_end_of_file() {
    let (_process, terminal) = ready("stty raw -echo; echo ready; exec cat").await;
    let error = terminal.send_eof().await.expect_err("raw mode");
    assert!(matches!(error, WriteError::NoEndOfFile), "{error:?}");
    terminal.write_all(b"alive").await.expect("keys");
    assert_eq!(
        read_until(&terminal, "alive").await,
        "alive",
        "and nothing was typed"
    );
}

#[tokio::test]
async fn an_interrupt_ends_what_reads_line_by_line_and_what_reads_key_by_key() {
    for mode in ["-echo", "raw -echo"] {
        let (mut process, terminal) = ready(&format!("stty {mode}; echo ready; exec sleep 1000")).await;
        terminal.interrupt().expect("it is in the foreground");
        assert_eq!(
            process.child.wait().await.expect("an exit"),
            killed_by(2),
            "{mode}"
        );
    }
}

#[tokio::test]
async fn an_interrupt_ends_what_reads_nothing_however_much_was_typed_to_it() {
    let (mut process, terminal) = ready("echo ready; exec sleep 1000").await;
    let line = [vec![b'x'; 99], b"\n".to_vec()].concat();
    let error = terminal
        .write_within(&line.repeat(1000), Duration::from_millis(100))
        .await
        .expect_err("nobody reads");
    assert!(error.taken() > 4096, "the queue is full: {error:?}");
    terminal.interrupt().expect("it is in the foreground");
    assert_eq!(process.child.wait().await.expect("an exit"), killed_by(2));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_interrupt_discards_what_was_typed_and_not_read() {
    let script = "trap 'read line; echo \"got:$line\"; exit 0' INT; echo ready; while :; do sleep 0.01; done";
    let (mut process, terminal) = ready(script).await;
    terminal
        .write_all(b"a line\nand a part of one")
        .await
        .expect("input");
    terminal.interrupt().expect("it is in the foreground");
    terminal.write_all(b"after\n").await.expect("input");
    assert_eq!(read_terminal(&terminal).await, b"got:after\n");
    assert!(process.child.wait().await.expect("an exit").success());
}

#[tokio::test]
async fn a_signal_for_the_foreground_reaches_a_shells_job_and_not_the_shell() {
    let job = "sh -c 'echo ready; exec sleep 1000'";
    for (signal, code) in [(Signal::Terminate, 143), (Signal::Quit, 131), (Signal::Kill, 137)] {
        let (mut process, terminal) = ready(&format!("set -m; {job}; echo \"job:$?\"; exit 7")).await;
        terminal.signal_foreground(signal).expect("the job is there");
        let said = read_until(&terminal, &format!("job:{code}\n")).await;
        assert!(said.ends_with(&format!("job:{code}\n")), "{said}");
        assert_eq!(process.child.wait().await.expect("an exit"), Exit::Code(7));
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_signal_for_the_foreground_reaches_a_group_whose_leader_has_gone() {
    let pipeline = "sh -c 'echo leader:$$: > /dev/tty' | (read line; echo ready; exec sleep 1000)";
    let command = sh(&format!("set -m; {pipeline}; echo \"job:$?\"")).terminal_mode(TerminalMode::Clean);
    let mut process = command.spawn().expect("sh starts");
    let terminal = process.terminal.take().expect("a terminal");
    let said = read_until(&terminal, "ready\n").await;
    let leader: i32 = said
        .split(':')
        .nth(1)
        .expect("a number")
        .parse()
        .expect("a number");
    // Its shell has taken its status once its number is nobody's.
    eventually("the leader is reaped", || crate::support::stat(leader).is_none()).await;
    terminal
        .signal_foreground(Signal::Terminate)
        .expect("the group is there");
    read_until(&terminal, "job:143\n").await;
}
