//! Futures that are dropped at each of their awaits, one after the other until they complete: nobody is left. The status is taken last: once a child's end is known, its owner can let go of it without
//! ending those who are still there.

use std::future::Future;
use std::time::Duration;

use orch_pty::{Drain, Drained, Grace, Ladder, Output, Process, Stdin, WriteError};

use crate::support::{GivenUpAfter, Marker, read_pipe, read_terminal, read_until};

/// Drops `session` after its first poll, after its second, and so on, until it completes instead.
async fn at_every_await<F: Future<Output = ()>>(marker: &Marker, session: impl Fn() -> F) {
    let mut polls = 0;
    while GivenUpAfter::new(polls, session()).await.is_none() {
        assert_eq!(
            marker.survivors(),
            Vec::<i32>::new(),
            "given up after {polls} polls"
        );
        polls += 1;
    }
    assert_eq!(marker.survivors(), Vec::<i32>::new(), "completed");
    assert!(polls > 2, "it has awaited something: {polls}");
}

fn short() -> Ladder {
    Ladder::default()
        .interrupt(Duration::from_millis(5))
        .terminate(Duration::from_millis(5))
}

#[tokio::test]
async fn a_process_that_is_dropped_at_any_await_leaves_nobody() {
    let marker = Marker::new();
    at_every_await(&marker, || async {
        let Process {
            mut child, terminal, ..
        } = marker
            .sh("setsid sleep $MARK & sleep $MARK & echo up; wait")
            .spawn()
            .expect("sh starts");
        let terminal = terminal.expect("a terminal");
        let tree = child.tree();
        read_until(&terminal, "up").await;
        terminal.write_all(b"x").await.expect("a write");
        tokio::task::yield_now().await;
        let report = tree.stop(&short()).await;
        assert!(report.left.is_empty(), "{report:?}");
        child.wait().await.expect("an exit");
        read_terminal(&terminal).await;
    })
    .await;
}

#[tokio::test]
async fn a_write_that_is_dropped_while_nobody_reads_leaves_nobody() {
    let marker = Marker::new();
    at_every_await(&marker, || async {
        let Process {
            mut child, terminal, ..
        } = marker
            .sh("stty -echo; setsid sleep $MARK & echo up; exec sleep $MARK")
            .spawn()
            .expect("sh starts");
        let terminal = terminal.expect("a terminal");
        read_until(&terminal, "up").await;
        let lines = b"a line\n".repeat(10_000);
        let error = terminal.write_within(&lines, Duration::from_millis(20)).await;
        assert!(matches!(error, Err(WriteError::Deadline { .. })), "{error:?}");
        terminal.interrupt().expect("somebody is in the foreground");
        assert!(child.tree().stop(&short()).await.left.is_empty());
        child.wait().await.expect("an exit");
    })
    .await;
}

#[tokio::test]
async fn a_drain_that_is_dropped_leaves_nobody() {
    let marker = Marker::new();
    at_every_await(&marker, || async {
        let Process {
            mut child,
            terminal,
            stderr,
            ..
        } = marker
            .sh("trap '' HUP; sleep $MARK & seq 1 20000; echo err >&2; exit 3")
            .stderr(Output::Pipe)
            .spawn()
            .expect("sh starts");
        let grace = Grace::default()
            .idle(Duration::from_millis(10))
            .cap(Duration::from_secs(60));
        let mut drain = Drain::of(&child)
            .terminal(terminal.map(std::sync::Arc::new))
            .stderr(stderr)
            .grace(grace);
        let mut buffer = vec![0; 64 * 1024];
        let mut bytes = 0;
        let leaked = loop {
            match drain.read(&mut buffer).await.expect("a read") {
                Drained::Chunk { bytes: read, .. } => bytes += read,
                Drained::End { leaked } => break leaked,
                other => panic!("{other:?}"),
            }
        };
        assert!(leaked && bytes > 20_000, "{leaked} {bytes}");
        assert!(child.tree().stop(&short()).await.left.is_empty());
        child.wait().await.expect("an exit");
    })
    .await;
}

#[tokio::test]
async fn a_process_on_pipes_that_is_dropped_at_any_await_leaves_nobody() {
    let marker = Marker::new();
    at_every_await(&marker, || async {
        let Process {
            mut child,
            stdin,
            stdout,
            ..
        } = marker
            .sh("setsid sleep $MARK >/dev/null 2>&1 & cat; exit 4")
            .stdin(Stdin::Pipe)
            .stdout(Output::Pipe)
            .stderr(Output::Null)
            .spawn()
            .expect("sh starts");
        let stdin = stdin.expect("a pipe");
        let stdout = stdout.expect("a pipe");
        // More than two pipes hold.
        let (written, read) = tokio::join!(
            async {
                let written = stdin.write_all(&vec![b'x'; 300_000]).await;
                drop(stdin);
                written
            },
            read_pipe(&stdout)
        );
        written.expect("cat reads");
        assert_eq!(read.len(), 300_000);
        assert!(child.tree().stop(&short()).await.left.is_empty());
        child.wait().await.expect("an exit");
    })
    .await;
}
