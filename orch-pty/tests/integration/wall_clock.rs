//! Deadlines do not follow the wall clock: here it jumps a day ahead and a day back from one look to the next.

use std::path::Path;
use std::process;
use std::time::{Duration, Instant, SystemTime};

use orch_pty::{Drain, Drained, Grace, Ladder, Process, WriteError};

use crate::support::{Marker, alone, eventually, read_until};

/// Comes before the C library's own functions. The clocks that count on steadily are as they are.
const JUMPS: &str = r"
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static long looks;
static long day(void) {
    return __atomic_fetch_add(&looks, 1, __ATOMIC_RELAXED) % 2 ? 86400 : -86400;
}
int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += day();
    return result;
}
int gettimeofday(struct timeval *now, void *zone) {
    struct timespec fine;
    clock_gettime(CLOCK_REALTIME, &fine);
    now->tv_sec = fine.tv_sec;
    now->tv_usec = fine.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *now) {
    struct timespec fine;
    clock_gettime(CLOCK_REALTIME, &fine);
    if (now)
        *now = fine.tv_sec;
    return fine.tv_sec;
}
";

fn compiled(folder: &Path) -> Option<std::path::PathBuf> {
    let (source, library) = (folder.join("jumps.c"), folder.join("jumps.so"));
    std::fs::write(&source, JUMPS).expect("a file");
    let compiler = process::Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .status();
    compiler.ok()?.success().then_some(library)
}

const LIMIT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn every_deadline_holds_while_the_wall_clock_jumps_by_days() {
    const NAME: &str = "wall_clock::every_deadline_holds_while_the_wall_clock_jumps_by_days";
    if std::env::var_os("LD_PRELOAD").is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let Some(library) = compiled(folder.path()) else {
            eprintln!("left out: a wall clock that jumps, because there is no C compiler");
            return;
        };
        let preload = format!("LD_PRELOAD={}", library.display());
        assert!(!alone(NAME, &["env", &preload]));
        return;
    }
    let (one, other) = (SystemTime::now(), SystemTime::now());
    let apart = one.duration_since(other).unwrap_or_else(|ahead| ahead.duration());
    assert!(
        apart > Duration::from_secs(80_000),
        "the wall clock jumps: {apart:?}"
    );

    let marker = Marker::new();
    a_write(&marker).await;
    a_drain(&marker).await;
    a_ladder(&marker).await;
}

async fn a_write(marker: &Marker) {
    let Process { child, terminal, .. } = marker
        .sh("stty -echo; echo up; exec sleep $MARK")
        .spawn()
        .expect("sh starts");
    let terminal = terminal.expect("a terminal");
    read_until(&terminal, "up").await;
    let start = Instant::now();
    let error = terminal
        .write_within(&b"a line\n".repeat(10_000), LIMIT)
        .await
        .expect_err("nobody reads");
    assert!(matches!(error, WriteError::Deadline { .. }), "{error}");
    assert!(start.elapsed() >= LIMIT);
    drop(child);
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}

async fn a_drain(marker: &Marker) {
    let Process { child, terminal, .. } = marker
        .sh("trap '' HUP; sleep $MARK & exit 3")
        .spawn()
        .expect("sh starts");
    let mut drain = Drain::of(&child)
        .terminal(terminal.map(std::sync::Arc::new))
        .grace(Grace::default().idle(LIMIT).cap(10 * LIMIT));
    let start = Instant::now();
    let mut buffer = [0; 1024];
    let end = loop {
        match drain.read(&mut buffer).await.expect("a read") {
            Drained::Chunk { .. } => {}
            end => break end,
        }
    };
    assert_eq!(end, Drained::End { leaked: true });
    assert!(start.elapsed() >= LIMIT);
    drop(child);
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}

async fn a_ladder(marker: &Marker) {
    let Process {
        mut child,
        terminal: _open,
        ..
    } = marker
        .sh("trap '' INT TERM HUP; sleep $MARK & wait; sleep $MARK")
        .spawn()
        .expect("sh starts");
    eventually("the tree runs", || marker.sleepers().len() == 1).await;
    let start = Instant::now();
    let ladder = Ladder::default().interrupt(LIMIT).terminate(LIMIT);
    let report = child.tree().stop(&ladder).await;
    assert!(report.left.is_empty(), "{report:?}");
    assert!(start.elapsed() >= 2 * LIMIT);
    child.wait().await.expect("an exit");
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}
