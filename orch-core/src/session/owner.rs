//! The task that owns a terminal for its whole life.
//!
//! It reads whether or not anybody polls, since a worker whose terminal is not read stops at about 12 KiB. It reports
//! the end only when the leader is reaped, the output is read to its end (or nobody wrote for a grace after the exit),
//! and no descendant is left. It decides nothing about what the output means.

//!
//! In one poll it reads at most 64 KiB, so that a thousand of them share a thread.

use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use orch_pty::{
    Child, Drain, Drained, Exit, Grace, KillReport, Ladder, OutputReader, Source, Terminal, Tree,
};
use tokio::sync::watch;

use super::meter::Meter;
use super::shared::{Asked, Bell, Ended, Shared, Stop, Stream, Tap};
use super::sieve::Sieve;

/// The first read of a session, and the largest. A thousand sessions that say little need little.
const BUFFER: (usize, usize) = (4 << 10, 64 << 10);

/// A kill ladder under way.
type Climb = Pin<Box<dyn Future<Output = KillReport> + Send>>;

pub(super) struct Owner {
    pub(super) child: Child,
    pub(super) terminal: Option<Arc<Terminal>>,
    pub(super) stdout: Option<OutputReader>,
    pub(super) stderr: Option<OutputReader>,
    pub(super) tap: Tap,
    pub(super) sieve: Sieve,
    pub(super) ended: watch::Sender<Option<Ended>>,
    pub(super) asked: watch::Receiver<Asked>,
    pub(super) shared: Arc<Shared>,
    /// How many bytes of output came. This task alone holds this end, as that of `ended`.
    pub(super) news: watch::Sender<u64>,
    /// Whether standard error is part of the output.
    pub(super) merged: bool,
    /// Whether standard output is a pipe: the terminal has no part in it then.
    pub(super) piped: bool,
    pub(super) grace: Grace,
    pub(super) meter: Arc<Meter>,
    pub(super) bell: Option<Arc<Bell>>,
}

/// Ends the tree when dropped, unless that was done.
struct Unswept(Option<Tree>);

impl Drop for Unswept {
    fn drop(&mut self) {
        if let Some(tree) = &self.0 {
            tree.kill_now();
        }
    }
}

impl Owner {
    pub(super) async fn run(mut self) {
        let tree = self.child.tree();
        // Dropped half-way, once the status is taken, the child itself would leave its descendants alone.
        let mut unswept = Unswept(Some(tree.clone()));
        let (exit, leaked) = self.live(&tree).await;
        // The sweep also ends what left the leader's group and session; most often there is nothing.
        let left = tree.stop(&Ladder::kill_now()).await.left;
        unswept.0 = None;
        self.close().await;
        // Before the end is told: whoever knows of it finds all that was said.
        for (source, bytes) in self.sieve.finish() {
            self.keep(self.stream_of(source), &bytes);
        }
        self.ended.send_replace(Some(Ended { exit, leaked, left }));
        self.ring();
    }

    /// Reads until the leader is reaped, its output has ended, and no kill ladder is under way.
    async fn live(&mut self, tree: &Tree) -> (Option<Exit>, bool) {
        let mut drain = Drain::of(&self.child)
            .terminal(self.terminal.take())
            .stdout(self.stdout.take())
            .stderr(self.stderr.take())
            .grace(self.grace);
        let mut buffer = vec![0; BUFFER.0];
        // Whether a descendant still held an output when it was given up.
        let mut drained: Option<bool> = None;
        // Reaped, and how: unknown when somebody else took the status.
        let mut reaped: Option<Option<Exit>> = None;
        let mut climb: Option<Climb> = None;
        let mut seen = Asked::default();
        loop {
            if let (Some(exit), Some(leaked), None) = (reaped, drained, &climb) {
                return (exit, leaked);
            }
            let room = self.meter.room().min(buffer.len());
            if room == 0 {
                // The next poll has room again.
                tokio::task::yield_now().await;
                continue;
            }
            tokio::select! {
                read = drain.read(&mut buffer[..room]), if drained.is_none() => match read {
                    Ok(Drained::Chunk { source, bytes }) => {
                        self.meter.read(bytes);
                        self.take(source, &buffer[..bytes]);
                        if bytes == buffer.len() && bytes < BUFFER.1 {
                            buffer = vec![0; BUFFER.1];
                        }
                    }
                    Ok(Drained::End { leaked }) => drained = Some(leaked),
                    // A read that fails for good ends that stream alone: the exit status says the rest.
                    Ok(_) | Err(_) => {}
                },
                ended = self.child.wait(), if reaped.is_none() => reaped = Some(ended.ok()),
                Ok(()) = self.asked.changed() => {
                    let asked = *self.asked.borrow_and_update();
                    while let Some(signal) = self.shared.next_signal() {
                        // A leader that has just ended needs no signal.
                        let _ = self.child.signal_group(signal);
                    }
                    if asked.stop != seen.stop && let Some((how, grace)) = asked.stop {
                        climb = Some(begin_climb(tree.clone(), how, grace));
                    }
                    seen = asked;
                }
                report = climb_on(climb.as_mut()), if climb.is_some() => {
                    climb = None;
                    if reaped.is_none() && report.is_some_and(|report| !report.left.is_empty()) {
                        // Everything was done to end it: waiting longer would hold the run for ever.
                        return (None, true);
                    }
                }
            }
        }
    }

    /// Passes on what was read.
    fn take(&mut self, source: Source, bytes: &[u8]) {
        let stream = self.stream_of(source);
        let clean = self.sieve.pass(source, bytes);
        self.keep(stream, &clean);
        (self.tap)(stream, bytes);
        self.ring();
    }

    fn stream_of(&self, source: Source) -> Stream {
        match source {
            Source::Stderr if !self.merged => Stream::Errors,
            Source::Terminal if self.piped && !self.merged => Stream::Errors,
            _ => Stream::Output,
        }
    }

    fn keep(&self, stream: Stream, bytes: &[u8]) {
        match stream {
            Stream::Output => {
                let total = self.shared.output.push(bytes);
                self.news.send_replace(total);
            }
            Stream::Errors => {
                self.shared.errors.push(bytes);
            }
        }
    }

    fn ring(&self) {
        if let Some(bell) = &self.bell {
            bell.send_modify(|rung| *rung = rung.wrapping_add(1));
        }
    }

    /// Gives the terminal back at once, also when handles live on.
    async fn close(&mut self) {
        self.shared
            .terminal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        self.shared.stdin.lock().await.take();
    }
}

fn begin_climb(tree: Tree, how: Stop, grace: Duration) -> Climb {
    let ladder = match how {
        Stop::Gently => Ladder::default().interrupt(grace).terminate(grace),
        Stop::Now => Ladder::kill_now(),
    };
    Box::pin(async move { tree.stop(&ladder).await })
}

async fn climb_on(climb: Option<&mut Climb>) -> Option<KillReport> {
    match climb {
        Some(climb) => Some(climb.await),
        None => None,
    }
}
