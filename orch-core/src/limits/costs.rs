//! What workers of each agent cost: expected before they start, counted when they have ended.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::agent_terms::Terms;
use super::amount::Amount;
use crate::job::Usage;

/// By the agent's name.
#[derive(Debug, Default)]
pub(super) struct Costs(HashMap<String, Cost>);

#[derive(Debug)]
struct Cost {
    terms: Terms,
    mean: Mutex<Mean>,
}

/// The running mean of what an agent's workers used, for each resource those of them that said so.
#[derive(Debug, Default)]
struct Mean {
    tokens: (u64, u64),
    micro_usd: (u64, u64),
}

impl Costs {
    pub(super) fn add(&mut self, agent: String, terms: Terms) {
        let mean = Mutex::default();
        self.0.insert(agent, Cost { terms, mean });
    }

    /// What a worker of `agent` is expected to use: the mean of those before it, or the estimate.
    pub(super) fn expected(&self, agent: &str) -> Amount {
        let Some(known) = self.0.get(agent) else {
            return Terms::default().estimate.amount();
        };
        let mean = known.mean.lock().unwrap_or_else(PoisonError::into_inner);
        let estimate = known.terms.estimate.amount();
        let of = |(sum, count): (u64, u64), otherwise| sum.checked_div(count).unwrap_or(otherwise);
        Amount {
            tokens: of(mean.tokens, estimate.tokens),
            micro_usd: of(mean.micro_usd, estimate.micro_usd),
            workers: 1,
        }
    }

    /// What `usage` of a worker of `agent` counts: tokens and cost, each where it is known.
    pub(super) fn counted(&self, agent: &str, usage: Option<&Usage>) -> (Option<u64>, Option<u64>) {
        let price = self.0.get(agent).and_then(|known| known.terms.price);
        let tokens = usage.and_then(Usage::tokens);
        let cost = usage.and_then(|usage| usage.cost_micro_usd.or_else(|| price?.of(usage)));
        (tokens, cost)
    }

    /// Learns what a worker that did its work used.
    pub(super) fn learn(&self, agent: &str, (tokens, micro_usd): (Option<u64>, Option<u64>)) {
        let Some(known) = self.0.get(agent) else {
            return;
        };
        let mut mean = known.mean.lock().unwrap_or_else(PoisonError::into_inner);
        let add = |to: &mut (u64, u64), used: Option<u64>| {
            if let Some(used) = used {
                *to = (to.0.saturating_add(used), to.1 + 1);
            }
        };
        add(&mut mean.tokens, tokens);
        add(&mut mean.micro_usd, micro_usd);
    }
}
