//! The task that owns a terminal for its whole life.
//!
//! It reads whether or not anybody polls, since a worker whose terminal is not read stops at about 12 KiB. It reports
//! the end only when the leader is reaped, the output is read to its end (or nobody wrote for a grace after the exit),
//! and no descendant is left. It decides nothing about what the output means.

use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use orch_pty::{Child, Drain, Drained, Exit, KillReport, Ladder, PipeReader, Signal, Source, Terminal, Tree};
use tokio::sync::watch;

use super::shared::{Asked, Ended, Shared, Stop, Stream, Tap};

/// One read.
const CHUNK: usize = 64 << 10;

/// A kill ladder under way.
type Climb = Pin<Box<dyn Future<Output = KillReport> + Send>>;

pub(super) struct Owner {
    pub(super) child: Child,
    pub(super) terminal: Option<Arc<Terminal>>,
    pub(super) stdout: Option<PipeReader>,
    pub(super) stderr: Option<PipeReader>,
    pub(super) tap: Tap,
    pub(super) ended: watch::Sender<Option<Ended>>,
    pub(super) asked: watch::Receiver<Asked>,
    pub(super) shared: Arc<Shared>,
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
        self.ended.send_replace(Some(Ended { exit, leaked, left }));
    }

    /// Reads until the leader is reaped, its output has ended, and no kill ladder is under way.
    async fn live(&mut self, tree: &Tree) -> (Option<Exit>, bool) {
        let mut drain = Drain::of(&self.child)
            .terminal(self.terminal.take())
            .stdout(self.stdout.take())
            .stderr(self.stderr.take());
        let mut buffer = vec![0; CHUNK];
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
            tokio::select! {
                read = drain.read(&mut buffer), if drained.is_none() => match read {
                    Ok(Drained::Chunk { source, bytes }) => self.take(source, &buffer[..bytes]),
                    Ok(Drained::End { leaked }) => drained = Some(leaked),
                    // A read that fails for good ends that stream alone: the exit status says the rest.
                    Ok(_) | Err(_) => {}
                },
                ended = self.child.wait(), if reaped.is_none() => reaped = Some(ended.ok()),
                Ok(()) = self.asked.changed() => {
                    let asked = *self.asked.borrow_and_update();
                    if asked.interrupts != seen.interrupts {
                        // A leader that has just ended needs no interrupt.
                        let _ = self.child.signal(Signal::Interrupt);
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
        let stream = match source {
            Source::Stderr => Stream::Errors,
            _ => Stream::Output,
        };
        let mut transcript = self
            .shared
            .transcript
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match stream {
            Stream::Output => transcript.output.push(bytes),
            Stream::Errors => transcript.errors.push(bytes),
        }
        drop(transcript);
        (self.tap)(stream, bytes);
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
