//! The pattern as a value: what it is made of, and what makes no sense. Its steps are in `run`.

use std::sync::Arc;

use orch_core::{Check, Halt, Limits, Pattern, Plan, Quorum};
use orch_prompts::Stance;

use super::evidence::Measure;
use super::{Pairing, Proposer, Question, Refining, judge, refiner};
use crate::deliverable::{Choice, Proposal};
use crate::staff::Staff;

/// The label of this pattern on step keys.
pub(super) const LABEL: &str = "options-selection";

/// How many workers are at work at a time unless set.
const AT_MOST: usize = 4;

/// Several proposals, one choice. See the [module](self::super).
///
/// ```no_run
/// use orch_patterns::prelude::*;
/// use orch_patterns::{OptionsSelection, Question, check};
///
/// # async fn program(orch: Orchestrator) -> Result<(), Box<dyn std::error::Error>> {
/// let selection = OptionsSelection::new(3).evidence(|proposal| {
///     // Commands of our own: what a proposal says chooses one of them at most, and is never part of one.
///     let cached = proposal.approach.contains("cache");
///     cached.then(|| check("cargo", ["bench", "--bench", "cached_start"]))
/// });
/// let question = Question::new("How do we shorten the start?").criterion("measured start time");
/// let chosen = orch.run(&selection, question).await?.require(Quorum::at_least(2))?;
/// println!("{chosen}");
/// # Ok(())
/// # }
/// ```
///
/// - **Judgement**: [`judge`](Self::judge) and [`refine`](Self::refine) take any pattern: a worker, the default; code
///   ([`EvidenceAlone`](super::EvidenceAlone), [`AsProposed`](super::AsProposed)); or your own.
/// - **Step keys**: a proposer stands under its name; a comparison under `judge` and both names in the order in which
///   they were shown; the refinement under `refine`.
/// - **Failure**: a proposer that is unfinished is missing coverage. With fewer than the [quorum](Self::quorum) the
///   whole is unfinished, before anybody judges. A judge that fails leaves its pair unjudged, which is no tie, and a
///   refinement that fails leaves the option as it was proposed: the coverage counts proposers alone, and these two
///   stand in [`Selection::not_closed`](super::Selection::not_closed). So does it stay where it was confirmed and
///   nothing was measured of the refined one. A halt ends all.
/// - **Cancel**: dropping it cancels every worker and check under it.
/// - **Cost**: `n` workers to propose, at most `n * (n - 1)` to judge and one to refine; judging and refining out of what
///   the budget has [set apart](orch_core::Budget::reserve_for_closing). Checks run one after the other.
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct OptionsSelection {
    pub(super) proposers: Vec<Proposer>,
    pub(super) staff: Staff,
    pub(super) at_most: usize,
    pub(super) quorum: Quorum,
    pub(super) measure: Measure,
    pub(super) judge: Arc<dyn Pattern<In = Pairing, Out = Choice>>,
    pub(super) refine: Arc<dyn Pattern<In = Refining, Out = Proposal>>,
}

impl OptionsSelection {
    /// A selection from `n` proposals, from stances that lie apart. Two or three are what can be weighed; more are
    /// allowed, and cost two comparisons a pair.
    pub fn new(n: usize) -> Self {
        Self::from_proposers(Stance::spread(n))
    }

    /// A selection from the proposals of these proposers, or from these stances.
    pub fn from_proposers(proposers: impl IntoIterator<Item = impl Into<Proposer>>) -> Self {
        Self {
            proposers: proposers.into_iter().map(Into::into).collect(),
            staff: Staff::default(),
            at_most: AT_MOST,
            quorum: Quorum::AtLeast(1),
            measure: Measure::default(),
            judge: Arc::new(judge()),
            refine: Arc::new(refiner()),
        }
    }

    /// Chooses the agent of the proposers that have none of their own.
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.staff.agent = Some(name.into());
        self
    }

    /// Chooses the model of the proposers that have none of their own.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.staff.model = Some(model.into());
        self
    }

    /// Sets the limits of the proposers that have none of their own.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.staff.limits = Some(limits);
        self
    }

    /// Lets at most so many proposers, or judges, be at work at a time; 4 unless set. The orchestrator's own limit holds
    /// besides.
    pub fn at_most(mut self, at_most: usize) -> Self {
        self.at_most = at_most;
        self
    }

    /// How many proposers must have delivered before anything is judged; one unless set.
    pub fn quorum(mut self, quorum: Quorum) -> Self {
        self.quorum = quorum;
        self
    }

    /// Says by which command a proposal is measured: exit code 0 confirms it, any other refutes it. It runs where the
    /// pattern runs, one after the other.
    ///
    /// A proposal is a worker's words. It may choose among commands of yours; no word of it belongs into one.
    pub fn evidence(mut self, check: impl Fn(&Proposal) -> Option<Check> + Send + Sync + 'static) -> Self {
        self.measure = Measure::by(check);
        self
    }

    /// Sets who compares two options: a worker, or code of your own. It is asked twice for each pair, once in each order.
    pub fn judge(mut self, by: impl Pattern<In = Pairing, Out = Choice> + 'static) -> Self {
        self.judge = Arc::new(by);
        self
    }

    /// Sets who refines the chosen option: a worker, or code of your own.
    pub fn refine(mut self, by: impl Pattern<In = Refining, Out = Proposal> + 'static) -> Self {
        self.refine = Arc::new(by);
        self
    }

    /// The steps of its plan.
    pub fn plan(&self) -> Plan {
        let names: Vec<&str> = self.proposers.iter().map(Proposer::name).collect();
        Plan::new([
            format!(
                "Propose {} answers in parallel: {}.",
                names.len(),
                names.join(", ")
            ),
            "Run the checks that tell them apart, where there are some.".to_owned(),
            "Judge the pairs that are left in both orders, and rank.".to_owned(),
            "Refine the chosen one, and keep the others with the reasons.".to_owned(),
        ])
    }

    /// What makes no sense is said before anybody is paid.
    pub(super) fn check(&self, question: &Question) -> Result<(), Halt> {
        let misuse = |what: String| Err(Halt::Misuse(what));
        if question.text.trim().is_empty() {
            return misuse("options selection has a blank question: say what is to be decided".to_owned());
        }
        if self.proposers.is_empty() {
            return misuse("options selection has no proposer: give it two or three".to_owned());
        }
        if self.at_most == 0 {
            return misuse(
                "options selection may have nobody at work: allow at least one at a time".to_owned(),
            );
        }
        let needed = self.quorum.needed(self.proposers.len());
        if needed > self.proposers.len() {
            return misuse(format!(
                "options selection needs {needed} proposals of {} proposers: ask for fewer, or add proposers",
                self.proposers.len()
            ));
        }
        for (index, proposer) in self.proposers.iter().enumerate() {
            let name = proposer.name();
            if name.trim().is_empty() {
                return misuse(format!("proposer {} has a blank name: give it one", index + 1));
            }
            if self.proposers[..index].iter().any(|other| other.name() == name) {
                return misuse(format!(
                    "options selection has two proposers named {name}: give one of them another name"
                ));
            }
        }
        Ok(())
    }
}

impl Default for OptionsSelection {
    /// Three proposers.
    fn default() -> Self {
        Self::new(3)
    }
}
