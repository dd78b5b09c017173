//! The processor time of this process.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// A reading of this process's processor time, all threads together and no children.
pub(crate) struct Clock(Duration);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(now())
    }

    /// Nanoseconds since.
    #[allow(clippy::cast_precision_loss, reason = "52 bits of nanoseconds are 52 days")]
    pub(crate) fn spent(&self) -> f64 {
        now().saturating_sub(self.0).as_nanos() as f64
    }
}

fn now() -> Duration {
    // The clock exists on every Linux; were it missing, all times would be zero and every ratio NaN.
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}
