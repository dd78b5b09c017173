//! Much output, and many sessions: memory is bounded, every byte is counted, and no poll of ours does more than its share.
//! Work is counted and not timed.
#![cfg(target_os = "linux")]

use std::time::Duration;

use orch_core::StateDir;
use orch_core::session::{ExecCommand, Offset, Profile, Sessions, Stop, WriteStdin};

/// The bound of each file in the test of floods.
const SPILLED: u64 = 32 << 20;

/// How many sessions live at once in the test of many.
const COUNT: usize = 1_000;

/// Starts this test once more in a process of its own; says whether this is that process.
fn alone(test: &str) -> bool {
    const ALONE: &str = "ORCH_CORE_TEST_ALONE";
    if std::env::var_os(ALONE).is_some_and(|name| name == test) {
        return true;
    }
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(ALONE, test)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{errors}"
    );
    false
}

/// What this process has had in memory at most, in KiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_ascii_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_flood_leaves_memory_flat_and_every_byte_is_counted() {
    if !alone("session_load::a_flood_leaves_memory_flat_and_every_byte_is_counted") {
        return;
    }
    for (length, on_terminal) in [(1 << 30, false), (64 << 20, true)] {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path().join("orch"));
        let sessions = Sessions::native().spill(&state, SPILLED).unwrap();
        let flood = ExecCommand::program("head", ["-c", &length.to_string(), "/dev/zero"]);
        let before = peak_memory();
        let started = sessions.exec_command(flood.tty(on_terminal)).await.unwrap();
        let id = started.status.running().unwrap();
        let session = sessions.session(id).unwrap();
        session.ended().await.unwrap();
        let grown = peak_memory() - before;
        println!("{length} bytes: memory grew by {grown} KiB");
        assert!(grown < 16 * 1024, "memory grew by {grown} KiB");
        assert_eq!(session.position().get(), length);
        assert_eq!(session.spilled().unwrap().bytes, SPILLED);
        // All that came is in the polls' outputs, or counted.
        let poll = sessions.write_stdin(WriteStdin::new(id)).await.unwrap();
        let shown = |text: &str| text.matches('\0').count() as u64;
        assert_eq!(
            shown(&started.output) + shown(&poll.output) + started.omitted + poll.omitted,
            length
        );
        // What is in the file is read, and what is neither there nor in memory is counted.
        let kept = session.read(Offset::new(SPILLED - 10), 1_000);
        assert_eq!((kept.bytes.len(), kept.omitted), (10, 0));
        let behind = session.read(kept.next, 1_000);
        assert_eq!(behind.from.get() - SPILLED, behind.omitted);
        assert_eq!(length - behind.from.get(), 256 << 10);
        let work = sessions.work();
        assert!((1..=64 << 10).contains(&work.bytes_in_one_poll), "{work:?}");
    }
}

#[tokio::test]
async fn a_thousand_sessions_on_one_thread_all_have_their_turn() {
    if !alone("session_load::a_thousand_sessions_on_one_thread_all_have_their_turn") {
        return;
    }
    let sessions = Sessions::new(Profile::native().sessions(COUNT));
    let mut ids = Vec::new();
    for number in 0..COUNT {
        // Each fourth one would never stop talking.
        let line = match number % 4 {
            0 => "head -c 1000000 /dev/zero; echo up; read line".to_owned(),
            _ => format!("echo number {number}; echo up; read line"),
        };
        let started = sessions.exec_command(ExecCommand::shell(line)).await.unwrap();
        ids.push(started.status.running().unwrap());
    }
    let capacity = sessions.capacity();
    assert_eq!((capacity.used, capacity.free()), (COUNT, 0));
    for (number, &id) in ids.iter().enumerate() {
        let session = sessions.session(id).unwrap();
        let all = match number % 4 {
            0 => 1_000_000 + 4,
            _ => format!("number {number}\r\nup\r\n").len() as u64,
        };
        let mut said = Offset::START;
        while said.get() < all {
            said = session.changed(said).await.unwrap();
        }
        assert_eq!(said.get(), all);
    }
    let list = sessions.list().await;
    assert_eq!(list.len(), COUNT);
    assert!(
        list.iter()
            .all(|line| line.status.running().is_some() && line.has_news)
    );
    let mut polled = 0;
    while polled < COUNT {
        let news = sessions.select(&ids).await.unwrap();
        let poll = sessions.write_stdin(WriteStdin::new(news.id)).await.unwrap();
        assert!(poll.output.ends_with("up\r\n"), "{}", poll.output);
        polled += 1;
    }
    let ends = sessions.stop_all(Stop::Now, Duration::ZERO).await;
    assert_eq!(ends.len(), COUNT);
    assert!(
        ends.iter()
            .all(|(_, end)| end.as_ref().is_ok_and(|end| end.left.is_empty()))
    );
    let work = sessions.work();
    println!("{work:?}, peak memory {} KiB", peak_memory());
    assert!((1..=64 << 10).contains(&work.bytes_in_one_poll), "{work:?}");
    assert_eq!(work.sessions_in_one_poll, 256);
}
