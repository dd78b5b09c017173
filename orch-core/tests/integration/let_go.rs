//! Sessions whose runtime is dropped, and futures of sessions that are dropped at each of their awaits: nobody is left.
//! Who is left is counted from `/proc`.
#![cfg(target_os = "linux")]

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use orch_core::session::{Session, Stop};
use orch_pty::Command;
use tokio::runtime::{Builder, Runtime};
use tokio_util::task::TaskTracker;

/// A time for `sleep` that nobody else has in the command line.
fn mark() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("100000.{:07}{number:05}", std::process::id())
}

/// The living who have `mark` in their command line.
fn bearers(mark: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        // A zombie's is empty.
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        if line.contains(mark) {
            found.push(line);
        }
    }
    found
}

/// A leader, one that left its session, and one that ignores polite signals.
fn tree(mark: &str) -> Command {
    let script = format!(
        "setsid sleep {mark} & (trap '' HUP INT TERM; exec sleep {mark}) & echo up; read line; sleep {mark}"
    );
    Command::new("/bin/sh").args(["-c", &script])
}

async fn started(mark: &str, tasks: &TaskTracker) -> Session {
    let (up, mut is_up) = tokio::sync::mpsc::unbounded_channel();
    let mut heard = Vec::new();
    let tap = Box::new(move |_, bytes: &[u8]| {
        heard.extend_from_slice(bytes);
        if heard.windows(2).any(|two| two == b"up") {
            // Whoever waits may have been given up.
            let _ = up.send(());
        }
    });
    let session = Session::start(&tree(mark), tap, tasks).unwrap();
    is_up.recv().await.unwrap();
    session
}

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_program_goes_on_without_its_sessions_when_it_drops_their_runtime() {
    let mark = mark();
    let runtime = runtime();
    let tasks = TaskTracker::new();
    let sessions: Vec<Session> = runtime.block_on(async {
        let mut sessions = Vec::new();
        for _ in 0..10 {
            sessions.push(started(&mark, &tasks).await);
        }
        sessions
    });
    assert!(bearers(&mark).len() >= 20, "{:?}", bearers(&mark));
    drop(runtime);
    let dropped = Instant::now();
    while !bearers(&mark).is_empty() {
        assert!(
            dropped.elapsed() < Duration::from_secs(60),
            "{:?}",
            bearers(&mark)
        );
        std::thread::yield_now();
    }
    // The handles are still good to ask.
    assert!(sessions.iter().all(|session| session.state().is_none()));
}

/// Polls its future so many times and then gives it up.
struct GivenUpAfter<F>(u32, Pin<Box<F>>);

impl<F: Future> Future for GivenUpAfter<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.0 == 0 {
            return Poll::Ready(None);
        }
        self.0 -= 1;
        match self.1.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.0 == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

#[test]
fn a_conversation_that_is_given_up_at_any_await_leaves_nobody_beyond_its_runtime() {
    for polls in 0.. {
        let mark = mark();
        let runtime = runtime();
        let completed = runtime.block_on(GivenUpAfter(
            polls,
            Box::pin(async {
                let tasks = TaskTracker::new();
                let session = started(&mark, &tasks).await;
                session.write(b"a line\n").await.unwrap();
                session.stop(Stop::Gently, Duration::from_millis(5));
                let ended = session.ended().await.unwrap();
                assert!(ended.left.is_empty(), "{ended:?}");
                tasks.close();
                tasks.wait().await;
            }),
        ));
        if completed.is_some() {
            assert_eq!(bearers(&mark), Vec::<String>::new(), "completed");
            assert!(polls > 1);
            return;
        }
        drop(runtime);
        assert_eq!(
            bearers(&mark),
            Vec::<String>::new(),
            "given up after {polls} polls"
        );
    }
}
