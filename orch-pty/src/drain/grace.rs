//! [`Grace`]: how long output is listened to once the child has exited. Reads no clock.

use std::time::{Duration, Instant};

/// How long output is listened to once the child has exited, while a descendant holds the other side of it.
///
/// Most children end their output by their exit, and neither time passes. The default is 200 ms of silence and 5 s in
/// all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Grace {
    idle: Duration,
    cap: Duration,
}

impl Default for Grace {
    fn default() -> Self {
        Self {
            idle: Duration::from_millis(200),
            cap: Duration::from_secs(5),
        }
    }
}

impl Grace {
    /// Silence after which it is over; every chunk starts it anew.
    pub fn idle(self, idle: Duration) -> Self {
        Self { idle, ..self }
    }

    /// The longest time in all, also for a descendant that goes on writing.
    pub fn cap(self, cap: Duration) -> Self {
        Self { cap, ..self }
    }

    /// The child has exited at `now`.
    pub(super) fn from(self, now: Instant) -> Listening {
        Listening {
            idle: self.idle,
            silent: later(now, self.idle),
            over: later(now, self.cap),
        }
    }
}

/// A grace that is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listening {
    idle: Duration,
    silent: Instant,
    over: Instant,
}

impl Listening {
    /// Something was heard at `now`.
    pub(super) fn heard(self, now: Instant) -> Self {
        Self {
            silent: later(now, self.idle),
            ..self
        }
    }

    /// When it ends, if nothing is heard until then.
    pub(super) fn end(self) -> Instant {
        self.silent.min(self.over)
    }

    /// Whether it is over at `now`, whatever is heard.
    pub(super) fn is_over(self, now: Instant) -> bool {
        now >= self.over
    }
}

/// A day stands for ever where the clock cannot count on.
fn later(now: Instant, by: Duration) -> Instant {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    now.checked_add(by).unwrap_or(now + DAY)
}

#[cfg(test)]
mod tests {
    use super::{Duration, Grace, Instant};

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn silence_ends_it_and_every_chunk_starts_the_silence_anew() {
        let exit = Instant::now();
        let listening = Grace::default().idle(200 * MS).cap(1000 * MS).from(exit);
        assert_eq!(listening.end(), exit + 200 * MS);
        let listening = listening.heard(exit + 150 * MS);
        assert_eq!(listening.end(), exit + 350 * MS);
        assert!(!listening.is_over(exit + 350 * MS));
    }

    #[test]
    fn the_cap_ends_it_although_something_is_heard() {
        let exit = Instant::now();
        let listening = Grace::default().idle(200 * MS).cap(1000 * MS).from(exit);
        let listening = listening.heard(exit + 900 * MS);
        assert_eq!(listening.end(), exit + 1000 * MS);
        assert!(listening.is_over(exit + 1000 * MS));
    }

    #[test]
    fn a_grace_without_end_does_not_overflow() {
        let exit = Instant::now();
        let listening = Grace::default().idle(Duration::MAX).cap(Duration::MAX).from(exit);
        assert!(listening.heard(exit).end() > exit);
    }
}
