//! What is other between a plan and the one that takes its place.

use std::collections::{HashMap, HashSet};

use super::{Plan, Step, StepId, StepStatus};

/// What a change of a plan did, by the ids of its steps. Nothing in it: the plan is as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanChange {
    /// The step that is in progress now and was not.
    pub begun: Option<StepId>,
    /// Steps that are completed now and were not.
    pub completed: Vec<StepId>,
    /// Steps that were completed and are not any more: a step back.
    pub reopened: Vec<StepId>,
    /// Steps that are new.
    pub added: Vec<StepId>,
    /// Steps that are gone. One that was completed is a step back.
    pub dropped: Vec<StepId>,
    /// Steps not yet completed whose words are new, in the same place: the id before, the id now.
    pub reworded: Vec<(StepId, StepId)>,
    /// Whether something else is other: the order, the explanation, a step that is pending again.
    pub otherwise: bool,
}

impl PlanChange {
    /// What is other in `now` than in `before`.
    pub fn between(before: &Plan, now: &Plan) -> Self {
        let old: HashMap<StepId, StepStatus> = statuses(before);
        let new: HashSet<StepId> = now.steps().iter().map(|step| step.id).collect();
        let mut change = Self::default();
        let mut moved = HashSet::new();
        for (was, is) in before.steps().iter().zip(now.steps()) {
            if was.status != StepStatus::Completed && !new.contains(&was.id) && !old.contains_key(&is.id) {
                change.reworded.push((was.id, is.id));
                moved.extend([was.id, is.id]);
            }
        }
        let reworded: HashMap<StepId, StepId> = change.reworded.iter().map(|&(was, is)| (is, was)).collect();
        for step in now.steps() {
            let was = old.get(reworded.get(&step.id).unwrap_or(&step.id));
            if was.is_none() {
                change.added.push(step.id);
            }
            match (was, step.status) {
                (Some(was), now) if *was == now => {}
                (_, StepStatus::InProgress) => change.begun = Some(step.id),
                (_, StepStatus::Completed) => change.completed.push(step.id),
                (_, StepStatus::Pending) => {}
            }
            if was == Some(&StepStatus::Completed) && step.status != StepStatus::Completed {
                change.reopened.push(step.id);
            }
        }
        let gone = |step: &&Step| !new.contains(&step.id) && !moved.contains(&step.id);
        change.dropped = before.steps().iter().filter(gone).map(|step| step.id).collect();
        change.otherwise = change == Self::default() && before != now;
        change
    }

    /// Whether nothing is other.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn statuses(plan: &Plan) -> HashMap<StepId, StepStatus> {
    plan.steps().iter().map(|step| (step.id, step.status)).collect()
}
