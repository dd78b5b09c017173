//! The task that owns a terminal for its whole life.
//!
//! It reads whether or not anybody polls, since a worker whose terminal is not read stops at about 12 KiB. It reports
//! the end only when the leader is reaped, the output is read to its end (or nobody wrote for a grace after the exit),
//! and no descendant is left. It decides nothing about what the output means.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use orch_pty::{Child, Exit, KillReport, Ladder, PipeReader, Signal, Terminal, Tree};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::shared::{Asked, Ended, Shared, Stop, Stream, Tap};

/// How long after the leader's exit a silent terminal is still listened to; re-armed by every chunk.
const AFTER_EXIT: Duration = Duration::from_millis(200);

/// The longest time that a descendant that goes on writing is listened to after the leader's exit.
const AFTER_EXIT_AT_MOST: Duration = Duration::from_secs(5);

/// One read.
const CHUNK: usize = 16 << 10;

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

/// Which streams have not ended.
#[derive(Clone, Copy, Default)]
struct Open {
    terminal: bool,
    stdout: bool,
    stderr: bool,
}

impl Open {
    fn none(self) -> bool {
        !(self.terminal || self.stdout || self.stderr)
    }
}

/// When reading ends although somebody still holds the terminal.
#[derive(Clone, Copy)]
struct Deadline {
    silence: Instant,
    cap: Instant,
}

impl Owner {
    pub(super) async fn run(mut self) {
        let tree = self.child.tree();
        let (exit, leaked) = self.live(&tree).await;
        // The sweep also ends what left the leader's group and session; most often there is nothing.
        let left = tree.stop(&Ladder::kill_now()).await.left;
        self.close().await;
        self.ended.send_replace(Some(Ended { exit, leaked, left }));
    }

    /// Reads until the leader is reaped, its output has ended, and no kill ladder is under way.
    async fn live(&mut self, tree: &Tree) -> (Option<Exit>, bool) {
        let mut open = Open {
            terminal: self.terminal.is_some(),
            stdout: self.stdout.is_some(),
            stderr: self.stderr.is_some(),
        };
        let mut buffers = [vec![0; CHUNK], vec![0; CHUNK], vec![0; CHUNK]];
        let [on_terminal, on_stdout, on_stderr] = &mut buffers;
        // Reaped, and how: unknown when somebody else took the status.
        let mut reaped: Option<Option<Exit>> = None;
        let mut leaked = false;
        let mut climb: Option<Climb> = None;
        let mut deadline: Option<Deadline> = None;
        let mut seen = Asked::default();
        loop {
            if let Some(exit) = reaped
                && open.none()
                && climb.is_none()
            {
                return (exit, leaked);
            }
            // A worker that never stops writing would keep this task, and with it the thread that drives the clock and
            // the signals, busy for ever: let the others go first, once a round.
            tokio::task::yield_now().await;
            tokio::select! {
                read = read_terminal(self.terminal.as_deref(), on_terminal), if open.terminal => {
                    open.terminal = self.take(Stream::Output, read, on_terminal);
                    deadline = deadline.map(Deadline::heard);
                }
                read = read_pipe(self.stdout.as_ref(), on_stdout), if open.stdout => {
                    open.stdout = self.take(Stream::Output, read, on_stdout);
                    deadline = deadline.map(Deadline::heard);
                }
                read = read_pipe(self.stderr.as_ref(), on_stderr), if open.stderr => {
                    open.stderr = self.take(Stream::Errors, read, on_stderr);
                    deadline = deadline.map(Deadline::heard);
                }
                ended = self.child.wait(), if reaped.is_none() => {
                    reaped = Some(ended.ok());
                    deadline = Some(Deadline::from_now());
                }
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
                () = sleep_until(deadline.map_or_else(Instant::now, Deadline::at)), if deadline.is_some() => {
                    leaked = !open.none();
                    open = Open::default();
                    deadline = None;
                }
            }
        }
    }

    /// Passes on what was read; whether the stream is still open.
    fn take(&mut self, stream: Stream, read: io::Result<usize>, buffer: &[u8]) -> bool {
        // A read that fails for good ends the stream: the exit status says the rest.
        let count = read.unwrap_or(0);
        let bytes = &buffer[..count];
        if count > 0 {
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
        count > 0
    }

    /// Gives the terminal back at once, also when handles live on.
    async fn close(&mut self) {
        self.terminal = None;
        self.shared
            .terminal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        self.shared.stdin.lock().await.take();
    }
}

impl Deadline {
    fn from_now() -> Self {
        let now = Instant::now();
        Self {
            silence: now + AFTER_EXIT,
            cap: now + AFTER_EXIT_AT_MOST,
        }
    }

    fn heard(self) -> Self {
        Self {
            silence: Instant::now() + AFTER_EXIT,
            ..self
        }
    }

    fn at(self) -> Instant {
        self.silence.min(self.cap)
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

async fn read_terminal(terminal: Option<&Terminal>, buffer: &mut [u8]) -> io::Result<usize> {
    match terminal {
        Some(terminal) => terminal.read(buffer).await,
        None => Ok(0),
    }
}

async fn read_pipe(pipe: Option<&PipeReader>, buffer: &mut [u8]) -> io::Result<usize> {
    match pipe {
        Some(pipe) => pipe.read(buffer).await,
        None => Ok(0),
    }
}
