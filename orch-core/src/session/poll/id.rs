//! [`SessionId`].

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of a session in its table: small, and never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(u32);

impl SessionId {
    /// The first one of each table (codex draws from 1,000 to 100,000; its tests count from 1,000).
    pub(in crate::session) const FIRST: Self = Self(1_000);

    /// An id as it came from outside. Whether there is such a session, the table knows.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The one after it.
    pub(in crate::session) const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
