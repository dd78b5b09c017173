//! The processor time of this process.

use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike as _};
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

/// A reading of the processor time of the children that were reaped, with theirs.
pub(crate) struct Children(Duration);

impl Children {
    pub(crate) fn start() -> Self {
        Self(reaped())
    }

    /// Nanoseconds since.
    #[allow(clippy::cast_precision_loss, reason = "52 bits of nanoseconds are 52 days")]
    pub(crate) fn spent(&self) -> f64 {
        reaped().saturating_sub(self.0).as_nanos() as f64
    }
}

fn reaped() -> Duration {
    // There is no reason to refuse it; were there one, the share of the children would be none.
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok();
    let time = |spent: TimeVal| {
        let micros = spent.num_microseconds();
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    };
    usage.map_or(Duration::ZERO, |usage| {
        time(usage.user_time()) + time(usage.system_time())
    })
}

fn now() -> Duration {
    // The clock exists on every Linux; were it missing, all times would be zero and every ratio NaN.
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}
