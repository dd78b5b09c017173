//! Background terminals: read all the time, written to, interrupted, stopped.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use orch_core::Exit;
use orch_core::session::{Session, SessionError, Stop, Stream, Tap};
use orch_pty::{Command, Output, Stdin, TerminalMode};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// What a session printed, and a way to wait for it.
#[derive(Clone)]
struct Heard {
    output: Arc<Mutex<Vec<u8>>>,
    changed: watch::Sender<usize>,
}

impl Heard {
    fn new() -> Self {
        Self {
            output: Arc::default(),
            changed: watch::Sender::new(0),
        }
    }

    fn tap(&self) -> Tap {
        let heard = self.clone();
        Box::new(move |stream, bytes| {
            if stream == Stream::Output {
                let mut output = heard.output.lock().unwrap();
                output.extend_from_slice(bytes);
                heard.changed.send_replace(output.len());
            }
        })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.output.lock().unwrap()).into_owned()
    }

    async fn until(&self, words: &str) {
        let mut changed = self.changed.subscribe();
        while !self.text().contains(words) {
            changed.changed().await.unwrap();
        }
    }
}

fn shell(script: &str) -> Command {
    Command::new("/bin/sh").args(["-c", script])
}

fn start(command: &Command) -> (Session, Heard, TaskTracker) {
    let (heard, tasks) = (Heard::new(), TaskTracker::new());
    let session = Session::start(command, heard.tap(), &tasks).unwrap();
    (session, heard, tasks)
}

#[tokio::test]
async fn what_is_written_is_answered_and_the_end_is_exact() {
    let (session, heard, _tasks) = start(&shell("read line; echo \"got:$line\"; exit 7"));
    assert_eq!(session.state(), None);
    session.write(b"hello\n").await.unwrap();
    heard.until("got:hello").await;
    let ended = session.ended().await.unwrap();
    assert_eq!(
        (ended.exit, ended.leaked, ended.left.len()),
        (Some(Exit::Code(7)), false, 0)
    );
    assert!(matches!(
        session.write(b"more\n").await,
        Err(SessionError::Ended { .. })
    ));
    assert!(matches!(session.interrupt(), Err(SessionError::Ended { .. })));
}

#[tokio::test]
async fn an_interrupt_reaches_what_runs_in_the_foreground() {
    let script = "trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.05; done";
    for command in [
        shell(script),
        shell(script)
            .stdin(Stdin::Null)
            .stdout(Output::Pipe)
            .stderr(Output::Null),
    ] {
        let (session, heard, _tasks) = start(&command);
        heard.until("ready").await;
        session.interrupt().unwrap();
        heard.until("caught").await;
        assert_eq!(session.ended().await.unwrap().exit, Some(Exit::Code(3)));
    }
}

#[tokio::test]
async fn a_session_that_nobody_polls_is_read_to_its_end() {
    let (session, heard, _tasks) = start(&shell("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end"));
    let ended = session.ended().await.unwrap();
    assert_eq!(ended.exit, Some(Exit::Code(0)));
    let transcript = session.transcript();
    assert!(transcript.output.total() > 3_000_000);
    assert_eq!(
        heard.output.lock().unwrap().len() as u64,
        transcript.output.total(),
        "every byte was seen"
    );
    assert!(transcript.output.omitted() > 2_800_000, "and few are kept");
    assert!(transcript.output.to_text().ends_with("end\r\n"));
}

#[tokio::test]
async fn standard_error_is_apart_from_the_terminal() {
    let command = shell("echo out; echo err >&2")
        .stderr(Output::Pipe)
        .terminal_mode(TerminalMode::Clean);
    let (session, _, _tasks) = start(&command);
    session.ended().await.unwrap();
    let transcript = session.transcript();
    assert_eq!(
        (transcript.output.to_text(), transcript.errors.to_text()),
        ("out\n".into(), "err\n".into())
    );
}

#[tokio::test]
async fn a_stop_ends_what_ignores_it_and_what_ran_away() {
    let (session, heard, _tasks) = start(&shell(
        "trap '' INT TERM HUP; setsid sh -c 'trap \"\" HUP INT TERM; echo away; sleep 3600' & wait",
    ));
    heard.until("away").await;
    session.stop(Stop::Gently, Duration::from_millis(50));
    let ended = session.ended().await.unwrap();
    assert_eq!(
        ended.exit,
        Some(Exit::Signal {
            signal: 9,
            core_dumped: false
        })
    );
    assert_eq!(ended.left, [] as [u32; 0]);
}

#[tokio::test]
async fn a_gentle_stop_is_hastened_by_a_second_request() {
    let (session, heard, _tasks) = start(&shell(
        "trap '' INT TERM; echo ready; while :; do sleep 0.05; done",
    ));
    heard.until("ready").await;
    session.stop(Stop::Gently, Duration::from_secs(3600));
    session.stop(Stop::Now, Duration::ZERO);
    assert_eq!(
        session.ended().await.unwrap().exit,
        Some(Exit::Signal {
            signal: 9,
            core_dumped: false
        })
    );
}

#[tokio::test]
async fn a_grandchild_that_holds_the_terminal_does_not_hold_the_end() {
    let (session, heard, _tasks) = start(&shell(
        "setsid sh -c 'echo away; exec sleep 3600' & read line; exit 0",
    ));
    heard.until("away").await;
    session.write(b"go\n").await.unwrap();
    let ended = session.ended().await.unwrap();
    assert_eq!(
        (ended.exit, ended.leaked, ended.left.len()),
        (Some(Exit::Code(0)), true, 0)
    );
}

#[tokio::test]
async fn what_a_grandchild_says_shortly_after_the_exit_is_heard() {
    let script = "(for n in 1 2 3 4 5 6; do sleep 0.1; echo late$n; done) & trap '' HUP; exit 0";
    let (session, heard, _tasks) = start(&shell(&format!("trap '' HUP; {script}")));
    let ended = session.ended().await.unwrap();
    assert_eq!(ended.exit, Some(Exit::Code(0)));
    assert!(heard.text().contains("late6"), "{}", heard.text());
}

#[tokio::test]
async fn a_session_goes_on_without_its_handles() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("done");
    let (session, heard, tasks) = start(&shell(&format!("read line; touch '{}'", mark.display())));
    session.write(b"go\n").await.unwrap();
    drop((session, heard));
    tasks.close();
    tasks.wait().await;
    assert!(mark.exists());
}

#[tokio::test]
async fn a_session_without_input_says_so() {
    let command = shell("cat")
        .stdin(Stdin::Null)
        .stdout(Output::Pipe)
        .stderr(Output::Null);
    let (session, _, _tasks) = start(&command);
    let error = session.write(b"x").await.unwrap_err();
    assert!(
        matches!(error, SessionError::NoInput { .. } | SessionError::Ended { .. }),
        "{error}"
    );
    assert_eq!(session.ended().await.unwrap().exit, Some(Exit::Code(0)));
}
