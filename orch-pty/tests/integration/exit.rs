//! How a child ended is known exactly, once, and by whoever asks.

use orch_pty::{Command, Exit, Output, Process, Signal, Stdin};

use crate::support::{GivenUpAfter, read_terminal, read_until, sh};

fn quiet(script: &str) -> Command {
    sh(script)
        .stdin(Stdin::Null)
        .stdout(Output::Null)
        .stderr(Output::Null)
}

fn sleeper() -> Process {
    Command::new("/bin/sleep")
        .arg("1000")
        .spawn()
        .expect("sleep starts")
}

#[tokio::test]
async fn every_exit_code_is_exact() {
    for code in 0..=255_u8 {
        let mut child = quiet(&format!("exit {code}")).spawn().expect("sh starts").child;
        assert_eq!(child.wait().await.expect("an exit"), Exit::Code(code));
    }
}

#[tokio::test]
async fn the_signal_that_ended_a_child_is_exact() {
    // Signal 40 is a real-time signal, which has no name.
    for signal in [1, 2, 3, 6, 9, 10, 11, 13, 15, 40] {
        let mut child = quiet(&format!("ulimit -c 0; kill -{signal} $$"))
            .spawn()
            .expect("sh starts")
            .child;
        assert_eq!(
            child.wait().await.expect("an exit"),
            Exit::Signal {
                signal,
                core_dumped: false
            }
        );
    }
}

#[tokio::test]
async fn a_wait_can_be_given_up_and_taken_up_and_repeated() {
    let Process {
        mut child, terminal, ..
    } = sh("read line; exit 7").spawn().expect("sh starts");
    for _ in 0..3 {
        assert!(GivenUpAfter::new(1, child.wait()).await.is_none());
    }
    assert_eq!(child.try_wait().expect("a look"), None);
    terminal
        .as_ref()
        .expect("a terminal")
        .write_all(b"go\n")
        .await
        .expect("a line");
    for _ in 0..3 {
        assert_eq!(child.wait().await.expect("an exit"), Exit::Code(7));
        assert_eq!(child.try_wait().expect("a look"), Some(Exit::Code(7)));
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_exit_is_reported_while_a_descendant_still_holds_the_terminal() {
    let script = "(trap '' HUP; echo held; exec sleep 1000) & read line; exit 3";
    let Process {
        mut child, terminal, ..
    } = sh(script).spawn().expect("sh starts");
    let terminal = terminal.expect("a terminal");
    read_until(&terminal, "held").await;
    terminal.write_all(b"go\n").await.expect("a line");
    assert_eq!(child.wait().await.expect("an exit"), Exit::Code(3));
    let mut buffer = [0; 64];
    while let Some(read) = terminal.try_read(&mut buffer).expect("a read") {
        assert_ne!(read, 0, "the terminal is still held");
    }
    assert!(child.tree().kill_now().left.is_empty());
    assert_eq!(terminal.read(&mut buffer).await.expect("the end"), 0);
}

#[tokio::test]
async fn a_signal_reaches_a_running_child_and_is_refused_once_it_is_reaped() {
    let Process {
        mut child,
        terminal: _open,
        ..
    } = sleeper();
    child.signal(Signal::Terminate).expect("a signal");
    assert_eq!(
        child.wait().await.expect("an exit").to_string(),
        "killed by SIGTERM"
    );
    let error = child.signal(Signal::Terminate).expect_err("nobody to signal");
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[tokio::test]
async fn a_signal_for_the_group_reaches_who_was_started_in_it_and_is_refused_once_the_child_is_reaped() {
    let Process {
        mut child, terminal, ..
    } = sh("sleep 1000 & echo started; wait").spawn().expect("sh starts");
    let terminal = terminal.expect("a terminal");
    read_until(&terminal, "started").await;
    // A signal for the shell alone would leave the sleeper, who holds the terminal.
    child.signal_group(Signal::Terminate).expect("a signal");
    assert_eq!(read_terminal(&terminal).await, b"");
    assert_eq!(
        child.wait().await.expect("an exit").to_string(),
        "killed by SIGTERM"
    );
    let error = child
        .signal_group(Signal::Terminate)
        .expect_err("nobody to signal");
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[tokio::test]
async fn a_stopped_child_is_no_ended_child() {
    let Process {
        mut child,
        terminal: _open,
        ..
    } = sleeper();
    child.signal(Signal::Stop).expect("a signal");
    assert_eq!(child.try_wait().expect("a look"), None);
    child.signal(Signal::Kill).expect("a signal");
    assert_eq!(
        child.wait().await.expect("an exit").to_string(),
        "killed by SIGKILL"
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_child_is_identified_by_its_start_time() {
    let Process {
        mut child,
        terminal: _open,
        ..
    } = sleeper();
    let fields = crate::support::stat(child.pid().cast_signed()).expect("a running process");
    assert_eq!(
        child.started().map(|ticks| ticks.to_string()),
        Some(fields[19].clone())
    );
    child.signal(Signal::Kill).expect("a signal");
    child.wait().await.expect("an exit");
    assert!(child.started().is_some(), "the answer is kept");
}
