//! How often, and after which pauses, a worker that failed is tried again.
//!
//! Only what is transient is tried again: work that was refused by a service or a sandbox, a login that is missing or
//! an answer that is wrong would fail or cost the same once more.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

use crate::outcome::Unfinished;

/// When a worker that failed is tried again. None by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use = "a policy does nothing until a worker or an orchestrator has it"]
pub struct Retry {
    times: usize,
    first_pause: Option<Duration>,
}

/// The pause before the first retry unless set: as long as the services' own clients begin with.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// No pause of our own is longer; the service may ask for a longer one.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl Retry {
    /// No retries.
    pub fn never() -> Self {
        Self::default()
    }

    /// At most `times` retries of what is transient: lost connections, dropped streams, silence, crashes, and quota
    /// errors that ask for a short wait. The pauses begin at one second, double, and are jittered; a wait that the
    /// service asked for is honoured.
    pub fn transient(times: usize) -> Self {
        Self {
            times,
            first_pause: None,
        }
    }

    /// Sets the pause before the first retry.
    pub fn first_pause(mut self, pause: Duration) -> Self {
        self.first_pause = Some(pause);
        self
    }

    /// The retries of one piece of work under this policy.
    pub fn tries(self) -> Tries {
        Tries::of(self)
    }
}

/// The retries that one piece of work has left. It counts and says how long to pause; it does not wait.
#[derive(Debug)]
#[must_use = "tries count nothing until they are asked for the next pause"]
pub struct Tries {
    pauses: ExponentialBackoff,
    times: u32,
    /// How many of them failed and were followed by another.
    failed: u32,
}

impl Tries {
    pub(crate) fn of(retry: Retry) -> Self {
        let pauses = ExponentialBuilder::new()
            .with_min_delay(retry.first_pause.unwrap_or(FIRST_PAUSE))
            .with_max_delay(LONGEST_PAUSE)
            .with_max_times(retry.times)
            .with_jitter()
            .build();
        Self {
            pauses,
            times: u32::try_from(retry.times).unwrap_or(u32::MAX),
            failed: 0,
        }
    }

    /// How many attempts there are at most, the first one among them.
    pub fn in_all(&self) -> u32 {
        self.times.saturating_add(1)
    }

    /// The attempt that is made now, or begins after the pause that was asked for last: 1 for the first.
    pub fn number(&self) -> u32 {
        self.failed.saturating_add(1)
    }

    /// The pause before the next try; none when there is no next one, or when `why` is not
    /// [transient](Unfinished::is_transient).
    pub fn after(&mut self, why: &Unfinished) -> Option<Duration> {
        if why.is_transient() {
            self.after_any(why)
        } else {
            None
        }
    }

    /// The pause before the next try, whatever `why` is; none when there is no next one. A wait that a service asked
    /// for is honoured.
    pub fn after_any(&mut self, why: &Unfinished) -> Option<Duration> {
        let asked = match why {
            Unfinished::Failed(failure) => failure.quota.and_then(super::Quota::retry_after),
            _ => None,
        };
        let pause = self.pauses.next()?;
        self.failed = self.failed.saturating_add(1);
        Some(pause.max(asked.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{FailClass, Failure};

    fn failed(class: FailClass, words: &str) -> Unfinished {
        Unfinished::Failed(Failure::new(class, words))
    }

    #[test]
    fn pauses_double_within_their_jitter_and_end() {
        let mut tries = Tries::of(Retry::transient(3).first_pause(Duration::from_millis(100)));
        let lost = failed(FailClass::Transport, "lost");
        for least in [100, 200, 400] {
            let pause = tries.after(&lost).unwrap();
            assert!(pause >= Duration::from_millis(least), "{pause:?}");
            assert!(pause <= Duration::from_millis(2 * least), "{pause:?}");
        }
        assert_eq!(tries.after(&lost), None);
    }

    #[test]
    fn tries_are_counted_from_the_first_and_never_beyond_the_last() {
        let mut tries = Tries::of(Retry::transient(2));
        let lost = failed(FailClass::Transport, "lost");
        let mut numbers = vec![tries.number()];
        while tries.after(&lost).is_some() {
            numbers.push(tries.number());
        }
        assert_eq!((numbers, tries.in_all()), (vec![1, 2, 3], 3));
        assert_eq!(tries.number(), 3);
    }

    #[test]
    fn what_is_not_transient_is_not_tried_again() {
        for why in [
            failed(FailClass::Auth, "no"),
            failed(FailClass::Refused, "no"),
            failed(FailClass::Unsupported, "no"),
            failed(FailClass::SandboxRefused, "no"),
            failed(FailClass::ContextTooLong, "no"),
            failed(FailClass::TotalTimeout, "no"),
            failed(FailClass::ScopeViolation, "no"),
            failed(FailClass::Quota, "You've hit your usage limit."),
            Unfinished::Cancelled,
            Unfinished::Invalid {
                complaint: String::new(),
                raw: String::new(),
            },
        ] {
            assert_eq!(Tries::of(Retry::transient(5)).after(&why), None, "{why}");
        }
        assert_eq!(
            Tries::of(Retry::never()).after(&failed(FailClass::Transport, "lost")),
            None
        );
    }

    #[test]
    fn a_wait_that_the_service_asked_for_is_honoured() {
        let mut tries = Tries::of(Retry::transient(1).first_pause(Duration::from_millis(1)));
        let limited = failed(
            FailClass::Quota,
            "Rate limit reached. Please try again in 11.054s.",
        );
        assert_eq!(tries.after(&limited), Some(Duration::from_millis(11_054)));
    }
}
