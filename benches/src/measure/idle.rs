//! What a thousand sessions cost that do nothing: memory, threads, descriptors, system calls.

use std::fs;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};

use super::Plan;
use super::marker::Marker;
use super::sessions::SESSIONS;
use super::strace::Trace;
use super::worker::{Setting, Worker};
use crate::contender::Kind;
use crate::report::{Bar, Key, Report};
use crate::worker::{Ask, Streams};

/// How long it may take until a process that has answered is at rest.
const SETTLING: Duration = Duration::from_secs(2);

pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    let mut kinds = vec![Kind::Raw, Kind::OrchAsync, Kind::PtyProcess];
    if !plan.quick {
        kinds.push(Kind::PortablePty);
    }
    let watched = Duration::from_secs(10);
    let found = kinds
        .into_iter()
        .map(|kind| Ok((kind, cost(kind, watched)?)))
        .collect::<Result<Vec<_>>>()?;
    let mut rows = |what, of: fn(&Cost) -> f64, bar, key| {
        for (kind, cost) in &found {
            let ours = *kind == Kind::OrchAsync;
            report.count(
                what,
                kind.title(),
                of(cost),
                ours.then_some(bar),
                ours.then_some(key),
            );
        }
    };
    rows(
        "memory of an idle session, KiB",
        |cost| cost.kib,
        Bar::AtMost(2.0),
        Key::IdleKib,
    );
    rows(
        "threads at 1,000 idle sessions",
        |cost| cost.threads,
        Bar::AtMost(2.0),
        Key::IdleThreads,
    );
    rows(
        "descriptors of an idle session",
        |cost| cost.fds,
        Bar::AtMost(2.0),
        Key::IdleFds,
    );
    rows(
        "system calls in 10 s at 1,000 idle sessions",
        |cost| cost.calls,
        Bar::AtMost(0.0),
        Key::IdleSyscalls,
    );
    Ok(())
}

struct Cost {
    /// A session, over what the program had before the first.
    kib: f64,
    /// Of the whole process.
    threads: f64,
    /// A session.
    fds: f64,
    /// Of the whole process and of those that it started for itself.
    calls: f64,
}

/// Traced from its start: a tracer that comes later wakes whoever waits.
#[allow(clippy::cast_precision_loss, reason = "small counts")]
fn cost(kind: Kind, watched: Duration) -> Result<Cost> {
    let trace = Trace::new()?;
    let setting = Setting {
        under: trace.words(),
        ..Setting::default()
    };
    let marker = Marker::new();
    let mut worker = Worker::hire(kind, &setting)?;
    // What is set up once is there before.
    worker.prepare(Streams::Terminal, &["/bin/true".to_owned()])?;
    worker.ask(&Ask::Run { times: 3 })?;
    worker.prepare(Streams::Terminal, &marker.sleeper())?;
    let pid = traced(&worker)?;
    let before = Footprint::of(pid)?;
    worker.ask(&Ask::Start { count: SESSIONS })?;
    let after = Footprint::of(pid)?;
    worker.ask(&Ask::Park)?;
    thread::sleep(SETTLING);
    let from = now()?;
    thread::sleep(watched);
    let to = now()?;
    // Not politely: with the tracer in between, that takes minutes.
    worker.kill()?;
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(pid.cast_signed()),
        nix::sys::signal::Signal::SIGKILL,
    )
    .context("ending a traced worker")?;
    marker.clear()?;
    let calls = trace.calls_until_exec_of("/bin/sleep")?;
    ensure!(
        calls.iter().filter(|call| call.name == "execve").count() > SESSIONS,
        "the trace in {} is not whole",
        trace.folder().display()
    );
    let sessions = SESSIONS as f64;
    Ok(Cost {
        kib: (after.kib - before.kib) / sessions,
        threads: after.threads,
        fds: (after.fds - before.fds) / sessions,
        calls: calls.iter().filter(|call| from < call.at && call.at < to).count() as f64,
    })
}

struct Footprint {
    kib: f64,
    threads: f64,
    fds: f64,
}

impl Footprint {
    #[allow(clippy::cast_precision_loss, reason = "small counts")]
    fn of(pid: u32) -> Result<Self> {
        let field = |file: &str, label: &str| -> Result<f64> {
            let text = fs::read_to_string(format!("/proc/{pid}/{file}"))?;
            let line = text.lines().find_map(|line| line.strip_prefix(label));
            let word = line.and_then(|line| line.split_ascii_whitespace().next());
            Ok(word.with_context(|| format!("no {label} of {pid}"))?.parse()?)
        };
        Ok(Self {
            // Of the whole address space, counted page by page: `VmRSS` is an estimate.
            kib: field("smaps_rollup", "Rss:")?,
            threads: field("status", "Threads:")?,
            fds: fs::read_dir(format!("/proc/{pid}/fd"))?.count() as f64,
        })
    }
}

/// The worker under its tracer.
fn traced(worker: &Worker) -> Result<u32> {
    let tracer = worker.pid();
    let children = fs::read_to_string(format!("/proc/{tracer}/task/{tracer}/children"))?;
    let child = children.split_ascii_whitespace().next();
    child
        .context("the tracer has no child")?
        .parse()
        .context("a number")
}

fn now() -> Result<f64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64())
}
