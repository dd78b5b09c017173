//! The one door through which every worker starts: pool, agent, account, orchestrator, budget, in this order.
//!
//! The narrow queues come first, so that nobody holds a place of the orchestrator while it waits for its agent's. All
//! is given back together, by the [`Berth`], when the worker's process is gone.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::account::{Account, Gate};
use super::agent_terms::Terms;
use super::amount::Amount;
use super::berth::Berth;
use super::costs::Costs;
use super::depth::Lineage;
use super::ledger::{Ledger, Purse};
use super::quota::QuotaPolicy;
use super::strays::Strays;
use crate::job::Usage;
use crate::outcome::NotStarted;

/// What all runs of one orchestrator are admitted by.
#[derive(Debug)]
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    agents: HashMap<String, Known>,
    costs: Arc<Costs>,
    accounts: BTreeMap<String, Arc<Account>>,
    pools: BTreeMap<String, Arc<Semaphore>>,
    policy: QuotaPolicy,
    pub(crate) lineage: Lineage,
    pub(crate) strays: Strays,
}

/// An agent as the door knows it.
#[derive(Debug)]
struct Known {
    account: String,
    places: Option<Arc<Semaphore>>,
}

/// What a worker asks to be admitted with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) agent: &'a str,
    pub(crate) pool: Option<&'a str>,
    pub(crate) ledger: &'a Arc<Ledger>,
    pub(crate) purse: Purse,
}

/// How the door was built.
#[derive(Debug, Default)]
pub(crate) struct Doorway {
    pub(crate) max_parallel: usize,
    pub(crate) agents: Vec<(String, Terms)>,
    /// The most workers at once, by account.
    pub(crate) account_limits: BTreeMap<String, usize>,
    /// The least time between two starts, by account.
    pub(crate) account_gaps: BTreeMap<String, Duration>,
    pub(crate) pools: BTreeMap<String, usize>,
    pub(crate) policy: QuotaPolicy,
    pub(crate) lineage: Lineage,
}

impl Admission {
    pub(crate) fn new(doorway: Doorway) -> Self {
        let mut accounts = BTreeMap::new();
        let mut agents = HashMap::new();
        let mut costs = Costs::default();
        for (name, terms) in doorway.agents {
            let account = terms.account.clone().unwrap_or_else(|| name.clone());
            accounts.entry(account.clone()).or_insert_with(|| {
                let most = doorway.account_limits.get(&account).copied();
                let gap = doorway.account_gaps.get(&account).copied();
                Account::new(&account, most, gap.unwrap_or_default())
            });
            let places = terms.at_most.map(semaphore);
            costs.add(name.clone(), terms);
            agents.insert(name, Known { account, places });
        }
        let pools = doorway.pools.into_iter();
        Self {
            places: semaphore(doorway.max_parallel),
            agents,
            costs: Arc::new(costs),
            accounts,
            pools: pools.map(|(name, most)| (name, semaphore(most))).collect(),
            policy: doorway.policy,
            lineage: doorway.lineage,
            strays: Strays::default(),
        }
    }

    /// Whether there is a pool of this name.
    pub(crate) fn has_pool(&self, name: &str) -> bool {
        self.pools.contains_key(name)
    }

    /// Waits until the worker may start, and takes what it needs. The gate that was found open again, if one was, is
    /// to be told.
    ///
    /// # Errors
    /// Why the worker does not start.
    ///
    /// # Cancel safety
    /// Safe: who is dropped leaves every queue and gives back what it had.
    pub(crate) async fn enter(&self, ask: Ask<'_>) -> Result<(Berth, Option<Gate>), NotStarted> {
        let known = self.agents.get(ask.agent);
        let account = known.and_then(|known| self.accounts.get(&known.account));
        let mut patience = None;
        let mut opened = None;
        loop {
            if let Some(account) = account {
                let now_open = account.opened(self.policy, &mut patience).await?;
                opened = opened.or(now_open);
            }
            let mut places = Vec::with_capacity(3);
            if let Some(pool) = ask.pool.and_then(|name| self.pools.get(name)) {
                places.push(taken(pool).await?);
            }
            if let Some(agent) = known.and_then(|known| known.places.as_ref()) {
                places.push(taken(agent).await?);
            }
            // The engine says what becomes of an agent that nobody knows.
            let mut seat = None;
            if let Some(account) = account {
                seat = account.enter().await;
                if seat.is_none() {
                    continue;
                }
            }
            places.push(taken(&self.places).await?);
            // It may have closed while this one waited for its last place; then it stands in the queue again.
            if seat.as_ref().is_some_and(|seat| !seat.account().is_open()) {
                continue;
            }
            let reservation = ask.ledger.reserve(ask.purse, self.costs.expected(ask.agent))?;
            let berth = Berth::new(Arc::clone(&self.costs), ask.agent, seat, places, reservation);
            return Ok((berth, opened));
        }
    }

    /// Counts what was used before, when a run is taken up again.
    pub(crate) fn count_before(&self, ledger: &Ledger, agent: &str, usage: Option<&Usage>) {
        let (tokens, micro_usd) = self.costs.counted(agent, usage);
        let expected = self.costs.expected(agent);
        ledger.prime(Amount {
            tokens: tokens.unwrap_or(expected.tokens),
            micro_usd: micro_usd.unwrap_or(expected.micro_usd),
            workers: 1,
        });
    }

    /// How many places of the orchestrator are free.
    pub(crate) fn free(&self) -> usize {
        self.places.available_permits()
    }
}

async fn taken(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, NotStarted> {
    // Nobody closes these semaphores.
    let place = Arc::clone(places).acquire_owned().await;
    place.map_err(|error| NotStarted::Unsupported(error.to_string()))
}

fn semaphore(most: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)))
}
