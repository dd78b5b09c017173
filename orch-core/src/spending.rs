//! A fold over events: which attempt of which worker used what, and what that comes to for each part of a run.
//!
//! What an agent did not report is counted as unknown and never as zero. It knows no
//! estimates, and of budgets only what the run's end tells.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::event::{Event, EventKind};
use crate::job::Usage;
use crate::limits::{Overrun, Resource};
use crate::outcome::{Outcome, Unfinished};

/// What the workers of a run used, attempt by attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Spending {
    /// One row for each attempt that was started, in the order in which they ended.
    pub charges: Vec<Charge>,
    /// The budgets that were exceeded by what was in flight, as the end of the run tells.
    pub overruns: Vec<Overrun>,
    /// The workers that are not done, by number.
    #[serde(skip)]
    queued: BTreeMap<u32, Charge>,
}

/// What one attempt of a worker used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Charge {
    /// The worker's number; a run that is taken up again counts anew.
    pub worker: u32,
    /// What a person calls it.
    pub label: String,
    /// The labels on the path to it.
    pub path: Vec<String>,
    /// Its agent.
    pub agent: String,
    /// What it used, as its agent reported it.
    pub usage: Option<Usage>,
}

/// What several attempts used together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Spent {
    /// How many attempts there were.
    pub attempts: u64,
    /// The tokens of those that told, in and out.
    pub tokens: u64,
    /// How many did not tell their tokens.
    pub unknown_tokens: u64,
    /// What those cost that told, in millionths of a US dollar.
    pub micro_usd: u64,
    /// How many did not tell their cost.
    pub unknown_cost: u64,
}

impl Spending {
    /// The spending of a whole run.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut spending = Self::default();
        events.into_iter().for_each(|event| spending.apply(event));
        spending
    }

    /// Takes one more event.
    pub fn apply(&mut self, event: &Event) {
        match &event.kind {
            EventKind::WorkerQueued {
                worker,
                label,
                path,
                agent,
                ..
            } => {
                let charge = Charge {
                    worker: *worker,
                    label: label.clone(),
                    path: path.clone(),
                    agent: agent.clone(),
                    usage: None,
                };
                self.queued.insert(*worker, charge);
            }
            EventKind::WorkerRetried { worker, usage, .. } => {
                let charge = self.queued.get(worker).cloned();
                self.charges.extend(charge.map(|charge| Charge {
                    usage: *usage,
                    ..charge
                }));
            }
            EventKind::WorkerFinished {
                worker,
                outcome,
                usage,
                ..
            } => {
                let charge = self.queued.remove(worker);
                // Who never ran used nothing.
                let ran = !matches!(outcome, Outcome::Unfinished(Unfinished::NotStarted(_)));
                let charge = charge.filter(|_| ran || usage.is_some());
                self.charges.extend(charge.map(|charge| Charge {
                    usage: *usage,
                    ..charge
                }));
            }
            EventKind::BudgetClosed { overruns, .. } => self.overruns.clone_from(overruns),
            _ => {}
        }
    }

    /// What all attempts used.
    pub fn total(&self) -> Spent {
        Spent::of(&self.charges)
    }

    /// What the workers at `path` itself used.
    pub fn at(&self, path: &[String]) -> Spent {
        Spent::of(self.charges.iter().filter(|charge| charge.path == path))
    }

    /// What the workers at `path` and beneath it used: those [at](Spending::at) it, and those
    /// [under](Spending::under) each of its [parts](Spending::parts).
    pub fn under(&self, path: &[String]) -> Spent {
        Spent::of(self.charges.iter().filter(|charge| charge.path.starts_with(path)))
    }

    /// The paths one level beneath `path` at or under which something was used.
    pub fn parts(&self, path: &[String]) -> BTreeSet<Vec<String>> {
        let beneath = self.charges.iter().filter(|charge| charge.path.starts_with(path));
        beneath
            .filter_map(|charge| charge.path.get(..=path.len()).map(<[String]>::to_vec))
            .collect()
    }
}

impl Spent {
    fn of<'a>(charges: impl IntoIterator<Item = &'a Charge>) -> Self {
        let one = |charge: &Charge| {
            let tokens = charge.usage.as_ref().and_then(Usage::tokens);
            let micro_usd = charge.usage.and_then(|usage| usage.cost_micro_usd);
            Self {
                attempts: 1,
                tokens: tokens.unwrap_or(0),
                unknown_tokens: u64::from(tokens.is_none()),
                micro_usd: micro_usd.unwrap_or(0),
                unknown_cost: u64::from(micro_usd.is_none()),
            }
        };
        charges.into_iter().map(one).fold(Self::default(), Self::plus)
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            attempts: self.attempts + other.attempts,
            tokens: self.tokens.saturating_add(other.tokens),
            unknown_tokens: self.unknown_tokens + other.unknown_tokens,
            micro_usd: self.micro_usd.saturating_add(other.micro_usd),
            unknown_cost: self.unknown_cost + other.unknown_cost,
        }
    }
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |what: Resource, count: u64, unknown: u64| match unknown {
            0 => what.show(count),
            unknown if unknown == self.attempts => format!("{what} unknown"),
            unknown => format!("{} and {unknown} unknown", what.show(count)),
        };
        let tokens = of(Resource::Tokens, self.tokens, self.unknown_tokens);
        let cost = of(Resource::Cost, self.micro_usd, self.unknown_cost);
        write!(f, "{} attempts: {tokens}; {cost}", self.attempts)
    }
}
