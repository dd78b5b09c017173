//! Output is read to its end, and a descendant that holds it does not hold the end up.

use std::sync::Arc;
use std::time::Duration;

use orch_pty::{Child, Command, Drain, Drained, Grace, Ladder, Output, Process, Source, Stdin, TerminalMode};

use crate::support::{GivenUpAfter, Marker, sh};

const SECOND: Duration = Duration::from_secs(1);

/// Drains a terminal to the end: all that came, and whether it leaked.
async fn drained(drain: &mut Drain) -> (Vec<u8>, bool) {
    let (mut all, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        match drain.read(&mut buffer).await.expect("it reads without error") {
            Drained::Chunk { bytes, .. } => all.extend_from_slice(&buffer[..bytes]),
            Drained::End { leaked } => return (all, leaked),
            other => panic!("{other:?}"),
        }
    }
}

fn start(command: &Command) -> (Child, Drain) {
    let command = command.clone().terminal_mode(TerminalMode::Clean);
    let Process {
        child,
        terminal,
        stdout,
        stderr,
        ..
    } = command.spawn().expect("it starts");
    let drain = Drain::of(&child).terminal(terminal).stdout(stdout).stderr(stderr);
    (child, drain)
}

#[tokio::test]
async fn all_three_outputs_are_drained_to_their_ends_and_told_apart() {
    let script = "head -c 300000 /dev/zero; head -c 200000 /dev/zero >&2; printf end > /dev/tty";
    let command = sh(script)
        .stdin(Stdin::Terminal)
        .stdout(Output::Pipe)
        .stderr(Output::Pipe);
    let (mut child, mut drain) = start(&command);
    let (mut counts, mut buffer) = ([0; 3], vec![0; 64 * 1024]);
    let leaked = loop {
        match drain.read(&mut buffer).await.expect("it reads without error") {
            Drained::Chunk { source, bytes } => match source {
                Source::Terminal => counts[0] += bytes,
                Source::Stdout => counts[1] += bytes,
                Source::Stderr => counts[2] += bytes,
                other => panic!("{other:?}"),
            },
            Drained::End { leaked } => break leaked,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((counts, leaked), ([3, 300_000, 200_000], false));
    assert!(child.wait().await.expect("an exit").success());
    let again = drain.read(&mut buffer).await.expect("the end again");
    assert_eq!(again, Drained::End { leaked: false });
}

#[tokio::test]
async fn a_grandchild_that_stays_silent_does_not_hold_the_end_up() {
    let mark = Marker::new();
    let (mut child, drain) = start(&mark.sh("trap '' HUP; setsid sleep $MARK & echo out; exit 0"));
    let mut drain = drain.grace(Grace::default().idle(SECOND / 10));
    let (all, leaked) = drained(&mut drain).await;
    assert_eq!((all.as_slice(), leaked), (&b"out\n"[..], true));
    assert!(child.wait().await.expect("an exit").success());
    let report = child.tree().stop(&Ladder::kill_now()).await;
    assert!(report.left.is_empty());
}

#[tokio::test]
async fn a_grandchild_that_writes_for_ever_does_not_hold_the_end_up() {
    let mark = Marker::new();
    let flood = mark.sh("trap '' HUP; setsid sh -c 'while :; do echo $MARK; done' & exit 0");
    let (child, drain) = start(&flood);
    let mut drain = drain.grace(Grace::default().idle(60 * SECOND).cap(SECOND / 5));
    assert!(drained(&mut drain).await.1);
    drop(child);
}

/// All of the output is there before it is read, and is far more than the reads that a grace of no time leaves.
#[tokio::test]
async fn a_grace_that_is_over_ends_it_although_there_is_more_to_read() {
    let mark = Marker::new();
    let (mut child, drain) =
        start(&mark.sh("trap '' HUP; setsid sleep $MARK & head -c 8192 /dev/zero; exit 0"));
    assert!(child.wait().await.expect("an exit").success());
    let mut drain = drain.grace(Grace::default().cap(Duration::ZERO));
    let (mut count, mut buffer) = (0, [0; 16]);
    while let Drained::Chunk { bytes, .. } = drain.read(&mut buffer).await.expect("it reads") {
        count += bytes;
    }
    let end = drain.read(&mut buffer).await.expect("the end again");
    assert_eq!(end, Drained::End { leaked: true });
    assert!(count < 8192, "{count}");
}

/// Forty lines in four seconds, each a tenth of a second after the last one: longer in all than the grace, which a
/// line starts anew.
#[tokio::test]
async fn a_grandchild_that_goes_on_writing_is_heard_to_its_end() {
    let script = "trap '' HUP; (for n in 1 2 3 4 5 6 7 8; do for m in 1 2 3 4 5; do sleep 0.1; echo $n.$m; done; done) & \
                  exit 0";
    let (mut child, drain) = start(&sh(script));
    let mut drain = drain.grace(Grace::default().idle(3 * SECOND).cap(120 * SECOND));
    let (all, leaked) = drained(&mut drain).await;
    assert!(child.wait().await.expect("an exit").success());
    let expected: String = (1..=8)
        .flat_map(|n| (1..=5).map(move |m| format!("{n}.{m}\n")))
        .collect();
    assert_eq!(
        (String::from_utf8_lossy(&all).as_ref(), leaked),
        (expected.as_str(), false)
    );
}

#[tokio::test]
async fn a_child_that_closes_its_outputs_and_goes_on_has_been_drained() {
    let (mut child, mut drain) = start(&sh("echo out; exec sleep 1000 < /dev/null > /dev/null 2>&1"));
    let (all, leaked) = drained(&mut drain).await;
    assert_eq!((all.as_slice(), leaked), (&b"out\n"[..], false));
    assert_eq!(child.try_wait().expect("a status"), None);
}

#[tokio::test]
async fn a_read_that_is_dropped_at_any_await_loses_nothing() {
    let (mut child, mut drain) = start(&sh("head -c 1000000 /dev/zero | tr '\\0' x"));
    let (mut all, mut buffer) = (0, vec![0; 4096]);
    let leaked = 'end: loop {
        for polls in 1..4 {
            match GivenUpAfter::new(polls, drain.read(&mut buffer)).await {
                Some(Ok(Drained::Chunk { bytes, .. })) => all += bytes,
                Some(Ok(Drained::End { leaked })) => break 'end leaked,
                Some(other) => panic!("{other:?}"),
                None => tokio::task::yield_now().await,
            }
        }
    };
    assert_eq!((all, leaked), (1_000_000, false));
    assert!(child.wait().await.expect("an exit").success());
}

#[tokio::test]
async fn an_empty_buffer_is_refused_and_ends_nothing() {
    let (_child, mut drain) = start(&sh("echo out"));
    let error = drain.read(&mut []).await.expect_err("no room");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    assert_eq!(drained(&mut drain).await.0, b"out\n");
}

/// Each writes far more than the kernel holds for a reader that does not come.
#[tokio::test]
async fn a_hundred_children_that_nobody_polls_end_because_their_output_is_drained() {
    let command = Command::new("head").args(["-c", "1000000", "/dev/zero"]);
    let mut drains = tokio::task::JoinSet::new();
    let mut children = Vec::new();
    for _ in 0..100 {
        let (child, mut drain) = start(&command);
        drains.spawn(async move {
            let (mut count, mut buffer) = (0, vec![0; 64 * 1024]);
            loop {
                match drain.read(&mut buffer).await.expect("it reads without error") {
                    Drained::Chunk { bytes, .. } => count += bytes,
                    _ => return count,
                }
            }
        });
        children.push(child);
    }
    for child in &mut children {
        assert!(child.wait().await.expect("an exit").success());
    }
    assert_eq!(drains.join_all().await, [1_000_000; 100]);
}

#[tokio::test]
async fn a_terminal_is_written_to_while_it_is_drained() {
    let Process {
        mut child, terminal, ..
    } = sh("stty raw -echo; echo ready; exec head -c 200000")
        .terminal_mode(TerminalMode::Clean)
        .spawn()
        .expect("sh starts");
    let terminal = Arc::new(terminal.expect("a terminal"));
    crate::support::read_until(&terminal, "ready\n").await;
    let mut drain = Drain::of(&child).terminal(Some(Arc::clone(&terminal)));
    let bytes = vec![b'x'; 200_000];
    let (written, (all, leaked)) = tokio::join!(terminal.write_all(&bytes), drained(&mut drain));
    written.expect("it is read");
    assert!(all == bytes, "{} bytes", all.len());
    assert!(!leaked && child.wait().await.expect("an exit").success());
}
