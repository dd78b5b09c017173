//! What is configured about who may start when: accounts, pools, estimates, prices, budget, retries.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::builder::{BuildError, Builder};
use crate::agent::Agent;
use crate::limits::{Admission, Budget, Doorway, Estimate, Lineage, Price, QuotaPolicy, Retry, Terms};

/// The configuration as it was given.
#[derive(Debug, Default)]
pub(super) struct Door {
    terms: BTreeMap<String, Terms>,
    account_limits: BTreeMap<String, usize>,
    account_gaps: BTreeMap<String, Duration>,
    pools: BTreeMap<String, usize>,
    policy: QuotaPolicy,
    pub(super) budget: Budget,
    pub(super) retry: Retry,
}

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

impl Door {
    /// The agents of whose workers nobody knows what they cost, when all that was set can be.
    pub(super) fn check(&self, agents: &[Arc<dyn Agent>]) -> Result<Vec<String>, BuildError> {
        let wrong = |what, name: &str, why| {
            let name = name.to_owned();
            Err(BuildError::Door { what, name, why })
        };
        let stranger = |name: &&String| !agents.iter().any(|agent| agent.name() == name.as_str());
        if let Some(name) = self.terms.keys().find(stranger) {
            return wrong(
                "an account, a limit, an estimate or a price",
                name,
                "which is no registered agent",
            );
        }
        let used = |account: &&String| {
            agents.iter().any(|agent| {
                let named = self
                    .terms
                    .get(agent.name())
                    .and_then(|terms| terms.account.as_deref());
                named.unwrap_or(agent.name()) == account.as_str()
            })
        };
        let accounts = self.account_limits.keys().chain(self.account_gaps.keys());
        if let Some(name) = accounts.clone().find(|account| !used(account)) {
            return wrong(
                "a limit or a gap",
                name,
                "which is the account of no registered agent",
            );
        }
        let limits = self.account_limits.iter().chain(&self.pools);
        let limits = limits.map(|(name, most)| (name, *most));
        let agents_most = self
            .terms
            .iter()
            .filter_map(|(name, terms)| Some((name, terms.at_most?)));
        if let Some((name, _)) = limits.chain(agents_most).find(|(_, most)| *most == 0) {
            return wrong("a limit of 0", name, "so that no worker could ever run");
        }
        let priced = |name| self.terms.get(name).is_some_and(|terms| terms.price.is_some());
        let unknown = agents
            .iter()
            .filter(|agent| !agent.skills().cost && !priced(agent.name()));
        let costless: Vec<String> = unknown.map(|agent| agent.name().to_owned()).collect();
        match costless.first() {
            Some(agent) if self.budget.bounds_cost() => Err(BuildError::UnknownCost { agent: agent.clone() }),
            _ => Ok(costless),
        }
    }

    /// The door.
    pub(super) fn admission(&self, agents: &[Arc<dyn Agent>], max_parallel: usize) -> Admission {
        let terms = |name: &str| self.terms.get(name).cloned().unwrap_or_default();
        let here = Lineage::inherited(|name| std::env::var(name).ok());
        Admission::new(Doorway {
            max_parallel,
            agents: agents
                .iter()
                .map(|agent| (agent.name().to_owned(), terms(agent.name())))
                .collect(),
            account_limits: self.account_limits.clone(),
            account_gaps: self.account_gaps.clone(),
            pools: self.pools.clone(),
            policy: self.policy,
            lineage: here.allowing(self.budget.levels()),
        })
    }
}
