//! What one worker may use before it is ended.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// Deadlines and bounds of one worker. They are ours: a CLI that waits for ever on a silent server is ended by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Limits {
    /// The longest time from the start of the worker to its end, repair turns included.
    pub total: Duration,
    /// The longest time in which the worker makes no progress while no tool call is under way. Complaints and events
    /// that nobody knows are no progress.
    pub idle: Duration,
    /// The same while a tool call is under way: a build may be silent for long.
    pub tool_idle: Duration,
    /// How long a worker that is told to stop has after the interrupt, and again after the termination signal,
    /// before it is killed.
    pub grace: Duration,
    /// The most bytes of final message that are taken.
    pub answer_bytes: usize,
}

/// The moment so far from now; a moment beyond the clock's end is one that never comes.
pub(crate) fn from_now(duration: Duration) -> Instant {
    /// Thirty years.
    const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);
    let now = Instant::now();
    now.checked_add(duration.min(FAR)).unwrap_or(now)
}

impl Default for Limits {
    /// One hour in all, ten minutes of silence (half an hour during a tool call), two seconds of grace, 8 MiB of answer.
    fn default() -> Self {
        Self {
            total: Duration::from_secs(60 * 60),
            idle: Duration::from_secs(10 * 60),
            tool_idle: Duration::from_secs(30 * 60),
            grace: Duration::from_secs(2),
            answer_bytes: 8 << 20,
        }
    }
}

impl Limits {
    /// Sets the total deadline.
    pub fn total(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }

    /// Sets the idle deadline; that of tool calls becomes at least as long.
    pub fn idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self.tool_idle = self.tool_idle.max(idle);
        self
    }

    /// Sets the idle deadline while a tool call is under way.
    pub fn tool_idle(mut self, idle: Duration) -> Self {
        self.tool_idle = idle;
        self
    }

    /// Sets the grace between the signals that end a worker.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }
}
