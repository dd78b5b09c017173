//! Children and the threads of their parent: threads that end, and threads that hold locks while a child is born.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::unistd::gettid;
use orch_pty::{Command, Exit, Output, Process, Status, Stdin};

use crate::support::{Marker, alone, eventually};

/// A child, and the thread that started it.
type Born = (Process, i32);

fn born(marker: &Marker) -> Born {
    let command = Command::new("/bin/sleep").arg(marker.text());
    (command.spawn().expect("sleep starts"), gettid().as_raw())
}

/// On one of the runtime's workers that gives its work away and thereby becomes a thread that ends when it is idle.
fn born_where_the_thread_blocks(marker: &Marker) -> Born {
    let (taken_over, is_taken_over) = mpsc::channel();
    tokio::spawn(async move { taken_over.send(()) });
    tokio::task::block_in_place(|| {
        is_taken_over.recv().expect("another thread takes the work over");
        born(marker)
    })
}

fn is_there(thread: i32) -> bool {
    std::path::Path::new(&format!("/proc/self/task/{thread}")).exists()
}

#[test]
fn no_child_dies_with_the_thread_that_started_it() {
    const EACH: usize = 4;
    const WORKERS: usize = 2;
    if !alone("threads::no_child_dies_with_the_thread_that_started_it", &[]) {
        return;
    }
    let marker: &'static Marker = Box::leak(Box::new(Marker::new()));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .thread_keep_alive(Duration::from_millis(100))
        .enable_all()
        .build()
        .expect("a runtime");
    let mut children = runtime.block_on(async {
        let mut children = Vec::new();
        for _ in 0..EACH {
            children.push(tokio::task::spawn_blocking(|| born(marker)));
            children.push(tokio::spawn(async { born_where_the_thread_blocks(marker) }));
        }
        let mut all = Vec::new();
        for child in children {
            all.push(child.await.expect("a child"));
        }
        all
    });
    for _ in 0..EACH {
        let handle = runtime.handle().clone();
        let plain = thread::spawn(move || {
            let _inside = handle.enter();
            born(marker)
        });
        children.push(plain.join().expect("a child"));
    }
    runtime.block_on(async {
        // The runtime may have made one of them a worker of its own, which stays: it takes idle threads for that.
        eventually("all other threads are gone", || {
            let threads = children.iter().map(|(_, thread)| *thread);
            let there: BTreeSet<i32> = threads.filter(|thread| is_there(*thread)).collect();
            there.len() <= WORKERS
        })
        .await;
    });
    for (process, _) in &mut children {
        assert_eq!(process.child.status().expect("a look"), Status::Running);
    }
    assert_eq!(marker.sleepers().len(), 3 * EACH);
    drop(children);
    assert_eq!(marker.survivors(), Vec::<i32>::new());
}

#[test]
fn no_birth_is_stuck_though_other_threads_hold_every_lock_now_and_then() {
    const NAME: &str = "threads::no_birth_is_stuck_though_other_threads_hold_every_lock_now_and_then";
    const BUSY: usize = 16;
    const SPAWNERS: usize = 4;
    const SPAWNS: usize = 500;
    if !alone(NAME, &[]) {
        return;
    }
    let over = AtomicBool::new(false);
    let born = AtomicUsize::new(0);
    thread::scope(|scope| {
        for number in 0..BUSY {
            let over = &over;
            scope.spawn(move || allocate_and_set_variables(number, over));
        }
        let spawners = (0..SPAWNERS).map(|_| {
            scope.spawn(|| {
                for code in (0..=255).cycle().take(SPAWNS) {
                    let command = Command::new("/bin/sh").args(["-c", &format!("exit {code}")]);
                    let quiet = command
                        .stdin(Stdin::Null)
                        .stdout(Output::Null)
                        .stderr(Output::Null);
                    let mut child = quiet.spawn_blocking().expect("sh starts").child;
                    assert_eq!(child.wait().expect("an exit"), Exit::Code(code));
                    born.fetch_add(1, Ordering::Relaxed);
                }
            })
        });
        let spawners: Vec<_> = spawners.collect();
        // The others end as well when one of these has failed.
        let ended: Vec<_> = spawners.into_iter().map(thread::ScopedJoinHandle::join).collect();
        over.store(true, Ordering::Relaxed);
        assert!(ended.into_iter().all(|end| end.is_ok()));
    });
    assert_eq!(born.into_inner(), SPAWNERS * SPAWNS);
}

fn allocate_and_set_variables(number: usize, over: &AtomicBool) {
    let key = format!("BUSY_{number}");
    for round in 0.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let some: Vec<Vec<u8>> = (1..20).map(|size| vec![1; size * 97]).collect();
        // SAFETY: this program reads and writes its environment through the standard library alone, which locks it.
        #[allow(unsafe_code)]
        unsafe {
            std::env::set_var(&key, "x".repeat(round % 50 + some.len()));
        }
        // Sixteen that never rest would leave two processors nothing for the births.
        thread::yield_now();
    }
}
