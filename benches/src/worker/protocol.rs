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
    /// How many bytes, or children.
    pub(crate) count: u64,
    /// Why there is nothing of this.
    pub(crate) error: Option<String>,
}
