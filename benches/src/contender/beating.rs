//! A thousand programs that print while a heartbeat is taken, on one thread: as sessions of orch-core, or unheard.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use orch_core::session::{Session, Stop};
use orch_pty::{Command, Output, Stdin, TerminalMode};
use tokio::runtime::Runtime;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::task::TaskTracker;

use super::{Contender, parked};
use crate::member::PRINTER;
use crate::worker::{Beats, Streams};

/// A beat. Its lateness is what is measured.
const BEAT: Duration = Duration::from_millis(1);

/// The programs are sessions, each with its owner task.
pub(super) struct Sessions(Runtime);

/// The programs write to `/dev/null`: what the machine itself does to a heartbeat.
pub(super) struct Unheard(Runtime);

impl Sessions {
    pub(super) fn new() -> Result<Self> {
        Ok(Self(parked::runtime()?))
    }
}

impl Unheard {
    pub(super) fn new() -> Result<Self> {
        Ok(Self(parked::runtime()?))
    }
}

/// The command line of a program that prints `first` bytes at once and then ten lines a second.
fn printer(first: usize) -> Result<Vec<String>> {
    let own = std::env::current_exe()?;
    let own = own.to_str().context("a path in UTF-8")?.to_owned();
    Ok(vec![
        own,
        "member".to_owned(),
        PRINTER.to_owned(),
        first.to_string(),
    ])
}

impl Contender for Sessions {
    fn prepare(&mut self, _streams: Streams, _words: &[String]) -> Result<()> {
        Ok(())
    }

    fn beat(&mut self, sessions: usize, first: usize, beats: usize) -> Result<Beats> {
        let words = printer(first)?;
        let command = Command::new(&words[0])
            .args(&words[1..])
            .terminal_mode(TerminalMode::Clean)
            .stdin(Stdin::Null)
            .stderr(Output::Pipe);
        self.0.block_on(async {
            let before = resident()?;
            let tasks = TaskTracker::new();
            let mut live = Vec::with_capacity(sessions);
            for _ in 0..sessions {
                live.push(Session::start(&command, Box::new(|_, _| ()), &tasks)?);
                tokio::task::yield_now().await;
            }
            let printed = |session: &Session| session.transcript().output.total();
            for session in &live {
                while printed(session) <= first as u64 {
                    ensure!(session.state().is_none(), "a session ended");
                    tokio::time::sleep(10 * BEAT).await;
                }
            }
            let before_beats: u64 = live.iter().map(printed).sum();
            let mut found = heartbeat(beats).await;
            let resident = resident()?.saturating_sub(before);
            found.lines = (live.iter().map(printed).sum::<u64>() - before_beats) / crate::member::LINE as u64;
            found.resident = resident;
            found.kept = live
                .iter()
                .map(|session| {
                    let output = session.transcript().output;
                    output.total() - output.omitted()
                })
                .sum();
            for session in &live {
                session.stop(Stop::Now, BEAT);
            }
            tasks.close();
            tasks.wait().await;
            Ok(found)
        })
    }

    fn open(&mut self) -> Result<()> {
        bail!("opening a terminal alone is not measured")
    }

    fn run(&mut self) -> Result<u64> {
        bail!("a single spawn is not measured")
    }

    fn start(&mut self) -> Result<()> {
        bail!("sessions without output are not measured")
    }

    fn kill_leader(&mut self) -> Result<()> {
        bail!("kills are not measured")
    }
}

impl Contender for Unheard {
    fn prepare(&mut self, _streams: Streams, _words: &[String]) -> Result<()> {
        Ok(())
    }

    fn beat(&mut self, sessions: usize, first: usize, beats: usize) -> Result<Beats> {
        let words = printer(first)?;
        let mut live = Killed(Vec::with_capacity(sessions));
        for _ in 0..sessions {
            let mut command = std::process::Command::new(&words[0]);
            command.args(&words[1..]).stdin(Stdio::null());
            live.0
                .push(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
        }
        Ok(self.0.block_on(heartbeat(beats)))
    }

    fn open(&mut self) -> Result<()> {
        bail!("opening a terminal alone is not measured")
    }

    fn run(&mut self) -> Result<u64> {
        bail!("a single spawn is not measured")
    }

    fn start(&mut self) -> Result<()> {
        bail!("sessions without output are not measured")
    }

    fn kill_leader(&mut self) -> Result<()> {
        bail!("kills are not measured")
    }
}

/// Children that are killed and reaped however this ends.
struct Killed(Vec<Child>);

impl Drop for Killed {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // One that has ended is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// How late each beat is: the first tells nothing and is left out.
#[allow(clippy::cast_precision_loss, reason = "52 bits of nanoseconds are 52 days")]
async fn heartbeat(beats: usize) -> Beats {
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.tick().await;
    let mut late = Vec::with_capacity(beats);
    let begun = Instant::now();
    for _ in 0..beats {
        let before = Instant::now();
        beat.tick().await;
        late.push(before.elapsed().saturating_sub(BEAT).as_nanos() as f64);
    }
    let span = begun.elapsed().as_nanos() as f64;
    late.sort_unstable_by(f64::total_cmp);
    let at = |share: usize| late[(late.len() * share / 1_000).min(late.len() - 1)];
    Beats {
        p50: at(500),
        p99: at(990),
        p999: at(999),
        max: late[late.len() - 1],
        span,
        ..Beats::default()
    }
}

/// Bytes of this process that are in memory.
fn resident() -> Result<u64> {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup")?;
    let line = text.lines().find_map(|line| line.strip_prefix("Rss:"));
    let kib = line.and_then(|rest| rest.split_ascii_whitespace().next());
    let kib: u64 = kib.context("the kernel says how much is resident")?.parse()?;
    Ok(kib * 1024)
}
