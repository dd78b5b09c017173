//! What the measuring process and a worker say to each other: a line of JSON each.

use serde::{Deserialize, Serialize};

/// Where a program's streams go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Streams {
    /// All three on a new terminal.
    Terminal,
    /// Standard output on a pipe, the other two on `/dev/null`.
    Pipe,
}

/// What a worker is asked to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Ask {
    /// From here on, start this.
    Prepare { streams: Streams, words: Vec<String> },
    /// Start it, drain it and reap it, so many times.
    Run { times: usize },
    /// The same once, counting the bytes.
    Drain,
    /// Start so many and keep them.
    Start { count: usize },
    /// Send a line to the last one and wait until it has come back, so many times.
    Echo { times: usize },
    /// Kill and reap the last one, leaving its descendants.
    KillLeader,
    /// Kill the last one and all that descends from it, and reap it.
    KillTree,
    /// Start it so many times, at most so many at once, and see each to its end.
    Queue { count: usize, at_most: usize },
    /// Take a heartbeat while so many programs print.
    Beat {
        sessions: usize,
        first: usize,
        beats: usize,
    },
    /// Wait for the next question without a system call, as an idle program of this kind would.
    Park,
    /// Start unrelated children one by one while two threads open terminals; count those that inherited one.
    Leak { children: usize },
}

/// What it answers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Reply {
    /// Nanoseconds, one for each time.
    pub(crate) wall: Vec<f64>,
    /// Nanoseconds of processor time of the worker over all times together.
    pub(crate) cpu: f64,
    /// Nanoseconds of processor time of the children that were reaped meanwhile.
    pub(crate) children: f64,
    /// The heartbeat, when one was taken.
    pub(crate) beats: Option<Beats>,
    /// How many bytes, or children.
    pub(crate) count: u64,
    /// Why there is nothing of this.
    pub(crate) error: Option<String>,
}

/// How late the beats were, in nanoseconds, and what there was meanwhile.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Beats {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
    pub(crate) max: f64,
    /// How long all beats together took, in nanoseconds.
    pub(crate) span: f64,
    /// Lines that came meanwhile.
    pub(crate) lines: u64,
    /// Bytes that the process grew by.
    pub(crate) resident: u64,
    /// Bytes of output that are kept.
    pub(crate) kept: u64,
}
