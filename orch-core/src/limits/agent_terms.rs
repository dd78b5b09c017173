//! On which terms an agent's workers run: whose account they use, how many at once, what they are expected to use.

use super::estimate::{Estimate, Price};

/// What was configured for one agent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    /// The account that its workers use; its own, named like the agent, where none is named.
    pub(crate) account: Option<String>,
    /// The most of its workers at once.
    pub(crate) at_most: Option<usize>,
    pub(crate) estimate: Estimate,
    pub(crate) price: Option<Price>,
}
