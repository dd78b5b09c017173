//! What a run, or a part of one, may use in all.

use std::time::Duration;

use super::amount::Amount;
use crate::job::Usage;

/// The most that a run, or a part of it, may use. What is not set is not bounded, but for the depth.
///
/// It binds when a worker wants to start, on what was spent and what is reserved for workers in flight: a worker that
/// does not fit is [`NotStarted::OverBudget`](crate::NotStarted::OverBudget). The most by which it can be exceeded is
/// what those in flight use beyond their estimates; that is reported.
///
/// ```
/// use std::time::Duration;
///
/// use orch_core::{Budget, Estimate, Orchestrator, Retry, agent::Codex};
///
/// let builder = Orchestrator::builder(".")
///     .agent(Codex::new())
///     .estimate("codex", Estimate::new().tokens(80_000))
///     .budget(Budget::new().tokens(1_000_000).wall(Duration::from_secs(3_600)).reserve_for_closing(10))
///     .retry(Retry::transient(2));
/// # drop(builder);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use = "a budget does nothing until an orchestrator or a handle has it"]
pub struct Budget {
    pub(super) tokens: Option<u64>,
    pub(super) micro_usd: Option<u64>,
    pub(super) workers: Option<u64>,
    pub(super) wall: Option<Duration>,
    pub(super) depth: Option<u32>,
    pub(super) closing_percent: u8,
}

impl Budget {
    /// A budget that bounds nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tokens, those sent (cached ones too) and those written.
    pub fn tokens(mut self, tokens: u64) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// Money, in US dollars. Every agent must then report its cost or have a
    /// [price](crate::Builder::price). What is no amount of money is no money at all.
    pub fn cost_usd(mut self, dollars: f64) -> Self {
        let usage = Usage::default().cost_usd(dollars);
        self.micro_usd = Some(usage.cost_micro_usd.unwrap_or(0));
        self
    }

    /// Time from the beginning of the run, or of the part. Workers that run at its end are killed.
    pub fn wall(mut self, time: Duration) -> Self {
        self.wall = Some(time);
        self
    }

    /// Workers that are started; each retry counts.
    pub fn workers(mut self, workers: u64) -> Self {
        self.workers = Some(workers);
        self
    }

    /// Levels of workers below this program: 1 lets workers start, and none of theirs. That is also the limit where
    /// none is set, and a program that is itself a worker never widens what it inherited.
    pub fn depth(mut self, levels: u32) -> Self {
        self.depth = Some(levels);
        self
    }

    /// Sets so many per cent (at most 100) of tokens, cost, workers (at least one) and time apart for the closing
    /// step: workers that are read through [`Cx::closing_step`](crate::Cx::closing_step). Nobody else spends it, so
    /// that the merge, the synthesis or the verification runs on what there is.
    pub fn reserve_for_closing(mut self, percent: u8) -> Self {
        self.closing_percent = percent.min(100);
        self
    }

    pub(crate) fn bounds_cost(&self) -> bool {
        self.micro_usd.is_some()
    }

    pub(crate) fn levels(&self) -> Option<u32> {
        self.depth
    }

    /// What is set apart for the closing step.
    pub(super) fn closing_share(&self) -> Amount {
        let percent = u64::from(self.closing_percent);
        let share = |of: Option<u64>| of.map_or(0, |of| part(of, percent));
        let workers = self.workers.filter(|_| percent > 0);
        Amount {
            tokens: share(self.tokens),
            micro_usd: share(self.micro_usd),
            workers: workers.map_or(0, |workers| part(workers, percent).max(1).min(workers)),
        }
    }

    /// The time that is set apart for the closing step.
    pub(super) fn closing_time(&self) -> Duration {
        self.wall.unwrap_or_default() / 100 * u32::from(self.closing_percent)
    }
}

fn part(of: u64, percent: u64) -> u64 {
    u64::try_from(u128::from(of) * u128::from(percent) / 100).unwrap_or(of)
}
