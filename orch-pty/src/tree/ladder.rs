//! [`Ladder`]: how patiently a tree is ended.

use std::time::Duration;

use crate::signal::Signal;

/// How long a tree gets after each signal before the next one: `SIGINT`, then `SIGTERM`, then `SIGKILL`. A grace of
/// zero skips its signal. The default is 2 s each.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ladder {
    /// How long `SIGINT` may take.
    pub interrupt: Duration,
    /// How long `SIGTERM` may take.
    pub terminate: Duration,
}

impl Ladder {
    /// Goes to `SIGKILL` at once.
    pub const fn kill_now() -> Self {
        Self {
            interrupt: Duration::ZERO,
            terminate: Duration::ZERO,
        }
    }

    /// Sets how long `SIGINT` may take.
    #[must_use]
    pub const fn interrupt(mut self, grace: Duration) -> Self {
        self.interrupt = grace;
        self
    }

    /// Sets how long `SIGTERM` may take.
    #[must_use]
    pub const fn terminate(mut self, grace: Duration) -> Self {
        self.terminate = grace;
        self
    }

    /// The polite steps that are not skipped.
    pub(super) fn steps(&self) -> impl Iterator<Item = (Signal, Duration)> {
        [
            (Signal::Interrupt, self.interrupt),
            (Signal::Terminate, self.terminate),
        ]
        .into_iter()
        .filter(|(_, grace)| !grace.is_zero())
    }
}

impl Default for Ladder {
    fn default() -> Self {
        Self {
            interrupt: Duration::from_secs(2),
            terminate: Duration::from_secs(2),
        }
    }
}
