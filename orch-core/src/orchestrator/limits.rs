//! What a builder takes about who may start when. What it means is the door's.

use std::time::Duration;

use super::builder::Builder;
use crate::limits::{Budget, Estimate, Price, QuotaPolicy, Retry, Terms};

impl Builder {
    /// Says whose account the workers of `agent` use. Agents that share an account share its limit and its quota;
    /// without this an agent has an account of its own, named like the agent.
    pub fn account(mut self, agent: impl Into<String>, account: impl Into<String>) -> Self {
        self.terms(agent).account = Some(account.into());
        self
    }

    /// How many workers of `agent` run at once, at most.
    pub fn limit_agent(mut self, agent: impl Into<String>, workers: usize) -> Self {
        self.terms(agent).at_most = Some(workers);
        self
    }

    /// How many workers of an account run at once, at most. When its service complains of too many, fewer do for a
    /// while, whether this is set or not.
    pub fn limit_account(mut self, account: impl Into<String>, workers: usize) -> Self {
        self.door().account_limits.insert(account.into(), workers);
        self
    }

    /// The least time between two starts of an account's workers: programs that refresh one login at the same moment
    /// break it.
    pub fn launch_gap(mut self, account: impl Into<String>, gap: Duration) -> Self {
        self.door().account_gaps.insert(account.into(), gap);
        self
    }

    /// Makes a pool of places that workers can [ask for](crate::Worker::pool): so many of them run at once, in the
    /// order in which they asked.
    pub fn pool(mut self, name: impl Into<String>, places: usize) -> Self {
        self.door().pools.insert(name.into(), places);
        self
    }

    /// What becomes of workers whose account's quota is used up.
    pub fn quota_policy(mut self, policy: QuotaPolicy) -> Self {
        self.door().policy = policy;
        self
    }

    /// Sets the budget of every run.
    pub fn budget(mut self, budget: Budget) -> Self {
        self.door().budget = budget;
        self
    }

    /// What a worker of `agent` is expected to use, until its workers have shown it.
    pub fn estimate(mut self, agent: impl Into<String>, estimate: Estimate) -> Self {
        self.terms(agent).estimate = estimate;
        self
    }

    /// What tokens of `agent` cost, where it does not say so itself.
    pub fn price(mut self, agent: impl Into<String>, price: Price) -> Self {
        self.terms(agent).price = Some(price);
        self
    }

    /// When workers that have no policy of their own are tried again; never unless set.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.door().retry = retry;
        self
    }

    fn terms(&mut self, agent: impl Into<String>) -> &mut Terms {
        self.door().terms.entry(agent.into()).or_default()
    }
}
