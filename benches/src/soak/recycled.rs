//! A member in a namespace with few numbers: some threads start strangers, each of which has to end by itself, while
//! others end trees whose leader was reaped long ago.

use std::collections::VecDeque;
use std::fs;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use orch_pty::{Output, Stdin};
use serde::{Deserialize, Serialize};

/// The kernel takes no less than 301, and gives the first 300 out once only.
const NUMBERS: u64 = 500;
const AGAIN: u64 = NUMBERS - 300;
/// How it ends where that cannot be.
pub(super) const NOT_HERE: u8 = 77;
/// How many reaped leaders' trees live at once, for each killer.
const WAITING: usize = 60;
/// Of how many trees one has members that outlive their leader.
const POPULATED: usize = 5;
const STRANGERS: usize = 4;
/// So many of each thread live at once: a number that came round most often means one of them.
const AT_ONCE: usize = 20;
const KILLERS: usize = 2;

/// What came of it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Found {
    /// Strangers that were started, and how many of them did not end by themselves.
    pub(crate) strangers: u64,
    pub(crate) hit: u64,
    /// Trees that were ended, and how many members were left of them.
    pub(crate) trees: u64,
    pub(crate) left: u64,
    /// How many times all numbers were given out.
    pub(crate) turns: u64,
}

#[derive(Default)]
struct Counts {
    strangers: AtomicU64,
    hit: AtomicU64,
    trees: AtomicU64,
    left: AtomicU64,
    over: AtomicBool,
}

/// Goes on for `time`, and prints what it found as one line of JSON.
#[allow(clippy::print_stdout, reason = "the soak reads it")]
pub(crate) fn act(time: Duration) -> Result<ExitCode> {
    // The first process of the namespace is a shell, which reaps whoever lost its parent.
    ensure!(
        nix::unistd::getppid().as_raw() == 1,
        "this is for a namespace of its own"
    );
    if let Err(error) = fs::write("/proc/sys/kernel/pid_max", NUMBERS.to_string()) {
        eprintln!("a namespace has no number of numbers of its own (Linux 6.14): {error}");
        return Ok(ExitCode::from(NOT_HERE));
    }
    let counts = Counts::default();
    let deadline = Instant::now() + time;
    thread::scope(|scope| -> Result<()> {
        let strangers: Vec<_> = (0..STRANGERS)
            .map(|_| scope.spawn(|| start_strangers(&counts)))
            .collect();
        let killers: Vec<_> = (0..KILLERS)
            .map(|_| scope.spawn(|| end_trees(&counts, deadline)))
            .collect();
        let killed: Vec<_> = killers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        counts.over.store(true, Ordering::Relaxed);
        let strange = strangers.into_iter().map(thread::ScopedJoinHandle::join);
        for ended in strange.chain(killed) {
            ended.map_err(|_| anyhow::anyhow!("a thread panicked"))??;
        }
        Ok(())
    })?;
    let strangers = counts.strangers.into_inner();
    let trees = counts.trees.into_inner();
    let found = Found {
        strangers,
        hit: counts.hit.into_inner(),
        trees,
        left: counts.left.into_inner() + sleepers()?,
        // At least one process each.
        turns: (strangers + trees) / AGAIN,
    };
    println!("{}", serde_json::to_string(&found)?);
    Ok(ExitCode::SUCCESS)
}

fn start_strangers(counts: &Counts) -> Result<()> {
    let mut live = VecDeque::new();
    while !counts.over.load(Ordering::Relaxed) {
        if live.len() < AT_ONCE {
            let stranger = Command::new("/bin/sleep")
                .arg("0.2")
                .stdin(Stdio::null())
                .spawn()
                .context("a stranger")?;
            live.push_back(stranger);
        } else if let Some(stranger) = live.pop_front() {
            see_off(counts, stranger)?;
        }
    }
    live.into_iter()
        .try_for_each(|stranger| see_off(counts, stranger))
}

fn see_off(counts: &Counts, mut stranger: Child) -> Result<()> {
    let status = stranger.wait()?;
    counts.strangers.fetch_add(1, Ordering::Relaxed);
    if !status.success() {
        eprintln!("a stranger ended with {status}");
        counts.hit.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

fn end_trees(counts: &Counts, deadline: Instant) -> Result<()> {
    let command = |script: &str| {
        orch_pty::Command::new("/bin/sh")
            .args(["-c", script])
            .stdin(Stdin::Null)
            .stdout(Output::Null)
            .stderr(Output::Null)
    };
    let populated = command("sleep 1000 & setsid sleep 1000 & exit 0");
    let empty = command("exit 0");
    let mut waiting = VecDeque::new();
    for number in 0.. {
        if Instant::now() >= deadline {
            break;
        }
        let command = if number % POPULATED == 0 {
            &populated
        } else {
            &empty
        };
        let mut child = command.spawn_blocking()?.child;
        child.wait()?;
        waiting.push_back(child);
        // Its number has meant others since.
        if waiting.len() > WAITING
            && let Some(child) = waiting.pop_front()
        {
            end(counts, &child);
        }
    }
    for child in &waiting {
        end(counts, child);
    }
    Ok(())
}

fn end(counts: &Counts, child: &orch_pty::blocking::Child) {
    // Refused once it is reaped: the number may be a stranger's.
    if child.signal(orch_pty::Signal::Kill).is_ok() {
        counts.hit.fetch_add(1, Ordering::Relaxed);
    }
    let report = child.tree().kill_now();
    counts.trees.fetch_add(1, Ordering::Relaxed);
    counts.left.fetch_add(report.left.len() as u64, Ordering::Relaxed);
}

/// Members of trees that are alive.
fn sleepers() -> Result<u64> {
    let mut found = 0;
    for entry in fs::read_dir("/proc")? {
        let line = fs::read(entry?.path().join("cmdline")).unwrap_or_default();
        found += u64::from(line == b"sleep\x001000\x00");
    }
    Ok(found)
}
