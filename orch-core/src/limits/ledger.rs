//! What a run has spent and reserved, in a tree of purses: a part's purse lies in the purse of the part above it.
//!
//! A reservation is taken from a purse and all above it at once or not at all. It is settled with what was used; one
//! that is dropped unsettled counts as its estimate once its worker was started, and as nothing before.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::amount::{Amount, COUNTED, Resource};
use super::budget::Budget;
use super::deadlines::from_now;
use crate::outcome::NotStarted;

/// The purses of one run.
#[derive(Debug)]
pub(crate) struct Ledger {
    purses: Mutex<Vec<Node>>,
}

/// A purse of a ledger, and whether its closing share may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Purse {
    node: usize,
    /// The purse whose closing share is spent.
    closing: Option<usize>,
}

#[derive(Debug)]
struct Node {
    path: Vec<String>,
    parent: Option<usize>,
    budget: Budget,
    /// The moment at which the time is over; nobody but the closing step runs in the share before it.
    ends: Option<Instant>,
    work: Side,
    closing: Side,
    /// How many workers did not say what they used, and count as their estimate.
    unknown: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Side {
    spent: Amount,
    reserved: Amount,
}

impl Side {
    fn taken(&self) -> Amount {
        self.spent.plus(self.reserved)
    }
}

/// A budget that was exceeded by what was in flight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Overrun {
    /// The labels on the path to the part whose budget it is; none for the run's.
    pub path: Vec<String>,
    /// Of what.
    pub what: Resource,
    /// What was spent, the closing step left out where it has a share of its own.
    pub spent: u64,
    /// What could be spent, the closing step's share left out.
    pub limit: u64,
}

impl Overrun {
    /// By how much.
    pub fn excess(&self) -> u64 {
        self.spent.saturating_sub(self.limit)
    }
}

/// What was taken from a purse for one worker.
#[derive(Debug)]
pub(super) struct Reservation {
    ledger: Arc<Ledger>,
    purse: Purse,
    amount: Amount,
    started: bool,
    settled: bool,
}

impl Node {
    fn new(path: Vec<String>, parent: Option<usize>, budget: Budget) -> Self {
        Self {
            path,
            parent,
            budget,
            ends: budget.wall.map(from_now),
            work: Side::default(),
            closing: Side::default(),
            unknown: 0,
        }
    }

    fn limit(&self, what: Resource) -> Option<u64> {
        match what {
            Resource::Tokens => self.budget.tokens,
            Resource::Cost => self.budget.micro_usd,
            Resource::Workers => self.budget.workers,
            Resource::Wall => None,
        }
    }

    /// What is meant of `what` for everybody but the closing step.
    fn work_part(&self, what: Resource) -> Option<u64> {
        let share = self.budget.closing_share().of(what);
        self.limit(what).map(|limit| limit - share)
    }

    /// What everybody but the closing step may spend of `what`: their part, less what the closing step took of it.
    fn work_limit(&self, what: Resource) -> Option<u64> {
        let taken = self.closing.taken().of(what);
        let rest = self.limit(what)?.saturating_sub(taken);
        self.work_part(what).map(|part| part.min(rest))
    }

    /// What may be spent of `what` by the closing step: its share, and what the others left.
    fn closing_limit(&self, what: Resource) -> Option<u64> {
        let left = self.work_part(what)?.saturating_sub(self.work.taken().of(what));
        Some(self.budget.closing_share().of(what).saturating_add(left))
    }

    fn side(&mut self, closing: bool) -> &mut Side {
        if closing {
            &mut self.closing
        } else {
            &mut self.work
        }
    }

    /// Why `amount` does not fit.
    fn refusal(&self, closing: bool, amount: Amount) -> Option<NotStarted> {
        let (side, limit): (_, fn(&Self, Resource) -> Option<u64>) = if closing {
            (self.closing, Self::closing_limit)
        } else {
            (self.work, Self::work_limit)
        };
        COUNTED.into_iter().find_map(|what| {
            let limit = limit(self, what)?;
            let wanted = side.taken().plus(amount).of(what);
            (wanted > limit).then(|| NotStarted::OverBudget {
                what,
                spent: side.spent.of(what),
                reserved: side.reserved.of(what),
                estimate: amount.of(what),
                limit,
            })
        })
    }

    /// What is over: what the others used beyond their part, and the closing step beyond all that was left.
    fn overruns(&self) -> impl Iterator<Item = Overrun> + '_ {
        COUNTED.into_iter().filter_map(|what| {
            let limit = self.work_part(what)?;
            let over = self.work.spent.of(what).saturating_sub(limit);
            let closing_limit = self.closing_limit(what)?;
            let closing_over = self.closing.spent.of(what).saturating_sub(closing_limit);
            let excess = over.saturating_add(closing_over);
            (excess > 0).then(|| Overrun {
                path: self.path.clone(),
                what,
                spent: limit.saturating_add(excess),
                limit,
            })
        })
    }
}

impl Ledger {
    /// The ledger of a run with this budget.
    pub(crate) fn new(budget: Budget) -> Arc<Self> {
        Arc::new(Self {
            purses: Mutex::new(vec![Node::new(Vec::new(), None, budget)]),
        })
    }

    /// Counts what was used before, when a run is taken up again.
    pub(super) fn prime(&self, amount: Amount) {
        let mut nodes = self.lock();
        let spent = &mut nodes[0].work.spent;
        *spent = spent.plus(amount);
    }

    /// A purse in `above`, for the part at `path`.
    pub(crate) fn open(&self, above: Purse, path: &[String], budget: Budget) -> Purse {
        let mut nodes = self.lock();
        nodes.push(Node::new(path.to_vec(), Some(above.node), budget));
        Purse {
            node: nodes.len() - 1,
            closing: above.closing,
        }
    }

    /// The same purse with the right to spend the share that was set apart for the closing step, in the nearest purse
    /// that has one.
    pub(crate) fn closing(&self, purse: Purse) -> Purse {
        let nodes = self.lock();
        let nearest = chain(&nodes, purse.node).find(|&at| nodes[at].budget.closing_percent > 0);
        Purse {
            closing: nearest.or(purse.closing),
            ..purse
        }
    }

    /// The moment at which work out of this purse is ended.
    pub(crate) fn ends(&self, purse: Purse) -> Option<Instant> {
        let nodes = self.lock();
        chain(&nodes, purse.node)
            .filter_map(|at| {
                let ends = nodes[at].ends?;
                let share = if purse.closing == Some(at) {
                    Duration::ZERO
                } else {
                    nodes[at].budget.closing_time()
                };
                Some(ends.checked_sub(share).unwrap_or(ends))
            })
            .min()
    }

    /// Why nothing starts any more out of this purse when its time is over.
    pub(crate) fn time_over(&self, purse: Purse) -> NotStarted {
        let nodes = self.lock();
        let walls = chain(&nodes, purse.node).filter_map(|at| nodes[at].budget.wall);
        let limit = millis(walls.min().unwrap_or_default());
        NotStarted::OverBudget {
            what: Resource::Wall,
            spent: limit,
            reserved: 0,
            estimate: 0,
            limit,
        }
    }

    /// Takes `amount` from the purse and all above it.
    ///
    /// # Errors
    /// [`NotStarted::OverBudget`] names the first that does not have it; nothing is taken then.
    pub(super) fn reserve(
        self: &Arc<Self>,
        purse: Purse,
        mut amount: Amount,
    ) -> Result<Reservation, NotStarted> {
        let mut nodes = self.lock();
        if let Some(at) = purse.closing {
            amount = nodes[at].as_far_as_there_is(amount);
        }
        let way: Vec<usize> = chain(&nodes, purse.node).collect();
        for &at in &way {
            if let Some(why) = nodes[at].refusal(purse.closing == Some(at), amount) {
                return Err(why);
            }
        }
        for at in way {
            let side = nodes[at].side(purse.closing == Some(at));
            side.reserved = side.reserved.plus(amount);
        }
        drop(nodes);
        Ok(Reservation {
            ledger: Arc::clone(self),
            purse,
            amount,
            started: false,
            settled: false,
        })
    }

    /// Whether there is a budget that bounds anything but the depth.
    pub(crate) fn is_bounded(&self) -> bool {
        let unbounded = Budget::new();
        let bounds = |node: &Node| {
            Budget {
                depth: None,
                ..node.budget
            } != unbounded
        };
        self.lock().iter().any(bounds)
    }

    /// Every budget that was exceeded.
    pub(crate) fn overruns(&self) -> Vec<Overrun> {
        self.lock().iter().flat_map(Node::overruns).collect()
    }

    /// How many workers did not say what they used.
    pub(crate) fn unknown(&self) -> u64 {
        self.lock()[0].unknown
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Node>> {
        self.purses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Node {
    /// `amount`, or what the closing step has left where that is less and not nothing: it runs on what there is.
    fn as_far_as_there_is(&self, amount: Amount) -> Amount {
        let fit = |what: Resource| {
            let wanted = amount.of(what);
            let left = self
                .closing_limit(what)
                .map(|limit| limit.saturating_sub(self.closing.taken().of(what)));
            left.filter(|left| *left > 0)
                .map_or(wanted, |left| wanted.min(left))
        };
        Amount {
            tokens: fit(Resource::Tokens),
            micro_usd: fit(Resource::Cost),
            workers: amount.workers,
        }
    }
}

/// A purse and all above it.
fn chain(nodes: &[Node], from: usize) -> impl Iterator<Item = usize> + '_ {
    std::iter::successors(Some(from), |&at| nodes[at].parent)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Reservation {
    /// Says that the worker is about to start: from now on it may use what was reserved.
    pub(super) fn start(&mut self) {
        self.started = true;
    }

    pub(super) fn is_started(&self) -> bool {
        self.started
    }

    /// Puts what was used in the place of what was reserved; what is not known counts as the estimate. Returns the
    /// budgets that are exceeded and were less so before.
    pub(super) fn settle(mut self, tokens: Option<u64>, micro_usd: Option<u64>) -> Vec<Overrun> {
        self.settled = true;
        self.settle_with(tokens, micro_usd)
    }

    fn settle_with(&self, tokens: Option<u64>, micro_usd: Option<u64>) -> Vec<Overrun> {
        let used = Amount {
            tokens: tokens.unwrap_or(self.amount.tokens),
            micro_usd: micro_usd.unwrap_or(self.amount.micro_usd),
            workers: self.amount.workers,
        };
        let mut nodes = self.ledger.lock();
        let way: Vec<usize> = chain(&nodes, self.purse.node).collect();
        let mut grown = Vec::new();
        for at in way {
            let node = &mut nodes[at];
            let before: Vec<Overrun> = node.overruns().collect();
            let side = node.side(self.purse.closing == Some(at));
            side.reserved = side.reserved.minus(self.amount);
            if self.started {
                side.spent = side.spent.plus(used);
                let bounded_unknown = (tokens.is_none() && node.budget.tokens.is_some())
                    || (micro_usd.is_none() && node.budget.micro_usd.is_some());
                node.unknown += u64::from(bounded_unknown || (at == 0 && tokens.is_none()));
            }
            grown.extend(node.overruns().filter(|over| !before.contains(over)));
        }
        grown
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if !self.settled {
            self.settle_with(None, None);
        }
    }
}

#[cfg(test)]
mod tests;
