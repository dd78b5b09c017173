//! What an agent's service said about an account's quota: a short wait, or closed until a moment.
//!
//! Pure: it reads no clock; what is relative stays relative until somebody asks with a moment in hand.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::quota_words;
use super::resets::Resets;

/// A wait that is longer is no retry's business: the account is closed until then. A worker that waits holds nothing,
/// but nobody sits beside a run for longer than this to see whether it goes on.
const LONGEST_RETRY: Duration = Duration::from_secs(5 * 60);

/// What a failure of class [`FailClass::Quota`](crate::FailClass::Quota) says about the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Quota {
    /// Too many requests just now: the same work may well succeed after a short wait.
    Transient {
        /// How long the service asked to wait, where it said so.
        retry_after: Option<Duration>,
    },
    /// The account is used up: nothing succeeds until it is reset.
    Terminal {
        /// When it is reset, where the service said so.
        resets: Option<Resets>,
    },
}

/// What becomes of workers that want to start while their account is closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum QuotaPolicy {
    /// They do not start: [`NotStarted::QuotaUntil`](crate::NotStarted::QuotaUntil).
    #[default]
    Fail,
    /// They wait, each at most so long in all; one that would have to wait longer does not start.
    WaitAtMost(Duration),
}

impl Quota {
    /// What `words` of an agent say. Quota words that name no time are transient only when they speak of a rate.
    pub fn of_words(words: &str) -> Self {
        let said = quota_words::read(words);
        match (said.terminal, said.resets) {
            (false, None) => Self::Transient { retry_after: None },
            (false, Some(Resets::After(wait))) if wait <= LONGEST_RETRY => Self::Transient {
                retry_after: Some(wait),
            },
            (_, resets) => Self::Terminal { resets },
        }
    }

    /// Whether the same work may succeed after a short wait.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Transient { .. })
    }

    /// The wait that the service asked for.
    pub fn retry_after(self) -> Option<Duration> {
        match self {
            Self::Transient { retry_after } => retry_after,
            Self::Terminal { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_wait_closes_and_a_short_one_is_a_retry() {
        let transient = |seconds| Quota::Transient {
            retry_after: Some(Duration::from_secs(seconds)),
        };
        assert_eq!(Quota::of_words("429: try again in 300s"), transient(300));
        let Quota::Terminal { resets } = Quota::of_words("429: try again in 301s") else {
            panic!("a wait of more than five minutes is terminal")
        };
        assert_eq!(resets, Some(Resets::After(Duration::from_secs(301))));
    }
}
