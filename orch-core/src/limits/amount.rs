//! Quantities of what a budget bounds.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a budget bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Resource {
    /// Tokens, those sent (cached ones too) and those written.
    Tokens,
    /// Money, in millionths of a US dollar.
    Cost,
    /// Workers that were started; each retry counts.
    Workers,
    /// Time, in milliseconds.
    Wall,
}

/// So much of each resource that is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) tokens: u64,
    pub(crate) micro_usd: u64,
    pub(crate) workers: u64,
}

/// The resources that are counted, in the order in which they are looked at.
pub(crate) const COUNTED: [Resource; 3] = [Resource::Tokens, Resource::Cost, Resource::Workers];

impl Amount {
    pub(crate) fn of(self, what: Resource) -> u64 {
        match what {
            Resource::Tokens => self.tokens,
            Resource::Cost => self.micro_usd,
            Resource::Workers => self.workers,
            Resource::Wall => 0,
        }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_add(other.tokens),
            micro_usd: self.micro_usd.saturating_add(other.micro_usd),
            workers: self.workers.saturating_add(other.workers),
        }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_sub(other.tokens),
            micro_usd: self.micro_usd.saturating_sub(other.micro_usd),
            workers: self.workers.saturating_sub(other.workers),
        }
    }
}

impl Resource {
    /// `count` of it with its unit, for a person.
    pub fn show(self, count: u64) -> String {
        match self {
            Self::Tokens => format!("{count} tokens"),
            Self::Cost => format!("${}.{:06}", count / 1_000_000, count % 1_000_000),
            Self::Workers => format!("{count} workers"),
            Self::Wall => format!("{}.{:03} s", count / 1_000, count % 1_000),
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tokens => "tokens",
            Self::Cost => "cost",
            Self::Workers => "workers",
            Self::Wall => "wall time",
        })
    }
}
