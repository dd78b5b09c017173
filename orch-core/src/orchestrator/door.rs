//! What is configured about who may start when: accounts, pools, estimates, prices, budget, retries.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::build_error::BuildError;
use crate::agent::Agent;
use crate::limits::{Admission, Budget, Doorway, Lineage, QuotaPolicy, Retry, Terms};

/// The configuration as it was given.
#[derive(Debug, Default)]
pub(super) struct Door {
    pub(super) terms: BTreeMap<String, Terms>,
    pub(super) account_limits: BTreeMap<String, usize>,
    pub(super) account_gaps: BTreeMap<String, Duration>,
    pub(super) pools: BTreeMap<String, usize>,
    pub(super) policy: QuotaPolicy,
    pub(super) budget: Budget,
    pub(super) retry: Retry,
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
