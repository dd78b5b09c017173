//! A plan, and the moves that it allows.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::step::named;
use super::{PlanChange, PlanError, PlannedStep, Step, StepId, StepStatus, UpdatePlan};
use crate::plain;

/// A few steps, in order. 3 to 6 are advised ([`Plan::lints`]); work of one step needs none.
///
/// Kept by every way in, also by reading JSON: at most one step is in progress, and exactly one from the first
/// completed step on until all are completed. No move takes a completed step back, unless it states a change of
/// direction.
///
/// Its JSON form is that of codex's `update_plan` arguments, see [`UpdatePlan`]; ids are derived anew
/// ([`StepId`](super::StepId)) and come out the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "UpdatePlan", into = "UpdatePlan")]
pub struct Plan {
    explanation: Option<String>,
    steps: Vec<Step>,
}

impl Plan {
    /// A plan of these steps, none begun.
    pub fn new(steps: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let pending = |text| (Into::into(text), StepStatus::Pending);
        Self {
            explanation: None,
            steps: named(steps.into_iter().map(pending)),
        }
    }

    /// The steps, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Why it is other than before, as its last update said. A move to another step takes it away.
    pub fn explanation(&self) -> Option<&str> {
        self.explanation.as_deref()
    }

    /// The step in progress. None before the first and after the last.
    pub fn current(&self) -> Option<&Step> {
        self.steps
            .iter()
            .find(|step| step.status == StepStatus::InProgress)
    }

    /// The step of this id.
    pub fn step(&self, id: StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// Whether every step is completed.
    pub fn is_finished(&self) -> bool {
        self.steps.iter().all(|step| step.status == StepStatus::Completed)
    }

    /// Begins a step, counted from 0. Every step before it is completed; one after it that was in progress is pending
    /// again, so that exactly one is in progress.
    ///
    /// # Errors
    /// [`PlanError::NoSuchStep`], or [`PlanError::Completed`]: a completed step is begun again by
    /// [`Plan::revise`] only.
    pub fn begin(&mut self, index: usize) -> Result<PlanChange, PlanError> {
        let steps = self.steps.len();
        let step = self
            .steps
            .get(index)
            .ok_or(PlanError::NoSuchStep { index, steps })?;
        match step.status {
            StepStatus::Completed => return Err(PlanError::Completed { index }),
            StepStatus::InProgress => return Ok(PlanChange::default()),
            StepStatus::Pending => {}
        }
        let mut next = self.clone();
        next.explanation = None;
        for (place, step) in next.steps.iter_mut().enumerate() {
            step.status = match step.status {
                _ if place < index => StepStatus::Completed,
                _ if place == index => StepStatus::InProgress,
                StepStatus::InProgress => StepStatus::Pending,
                other => other,
            };
        }
        Ok(self.turn_into(next))
    }

    /// Completes every step.
    pub fn finish(&mut self) -> PlanChange {
        let mut next = self.clone();
        next.explanation = None;
        next.steps
            .iter_mut()
            .for_each(|step| step.status = StepStatus::Completed);
        self.turn_into(next)
    }

    /// Replaces the whole plan, as codex's `update_plan` does.
    ///
    /// # Errors
    /// When more than one step is in progress, or none though the plan is begun and not finished; when a completed
    /// step is reopened or left out and the update has no explanation ([`PlanError::StepBack`]).
    pub fn update(&mut self, update: UpdatePlan) -> Result<PlanChange, PlanError> {
        let next = Self::try_from(update)?;
        if next.explanation().is_none_or(|why| why.trim().is_empty()) {
            let kept: HashSet<StepId> = next.completed().map(|step| step.id).collect();
            let lost = self.completed().filter(|step| !kept.contains(&step.id));
            let lost: Vec<String> = lost.map(|step| step.text.clone()).collect();
            if !lost.is_empty() {
                return Err(PlanError::StepBack { steps: lost });
            }
        }
        Ok(self.turn_into(next))
    }

    /// Changes direction: puts `plan` in the place of this one, and says why. Completed steps may be reopened or left
    /// out.
    ///
    /// # Errors
    /// [`PlanError::NoExplanation`] when `explanation` is blank.
    pub fn revise(&mut self, plan: Self, explanation: impl Into<String>) -> Result<PlanChange, PlanError> {
        let explanation = explanation.into();
        if explanation.trim().is_empty() {
            return Err(PlanError::NoExplanation);
        }
        Ok(self.turn_into(Self {
            explanation: Some(explanation),
            ..plan
        }))
    }

    fn completed(&self) -> impl Iterator<Item = &Step> {
        let steps = self.steps.iter();
        steps.filter(|step| step.status == StepStatus::Completed)
    }

    fn turn_into(&mut self, next: Self) -> PlanChange {
        let change = PlanChange::between(self, &next);
        *self = next;
        change
    }
}

impl TryFrom<UpdatePlan> for Plan {
    type Error = PlanError;

    /// # Errors
    /// When more than one step is in progress, or none though some are completed and some are not.
    fn try_from(update: UpdatePlan) -> Result<Self, PlanError> {
        let steps = named(
            update
                .plan
                .into_iter()
                .map(|planned| (planned.step, planned.status)),
        );
        let places = |status| {
            let step = steps.iter().enumerate();
            step.filter(move |(_, step)| step.status == status)
                .map(|(place, _)| place)
        };
        let indices: Vec<usize> = places(StepStatus::InProgress).collect();
        let completed = places(StepStatus::Completed).count();
        if indices.len() > 1 {
            return Err(PlanError::SeveralInProgress { indices });
        }
        if indices.is_empty() && completed > 0 && completed < steps.len() {
            let steps = steps.len();
            return Err(PlanError::NoneInProgress { completed, steps });
        }
        Ok(Self {
            explanation: update.explanation,
            steps,
        })
    }
}

impl From<Plan> for UpdatePlan {
    fn from(plan: Plan) -> Self {
        let planned = |step: Step| PlannedStep {
            step: step.text,
            status: step.status,
        };
        Self {
            explanation: plan.explanation,
            plan: plan.steps.into_iter().map(planned).collect(),
        }
    }
}

impl fmt::Display for Plan {
    /// A line for each step, its text made harmless and cut at 200 characters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "{} {}", step.status.mark(), plain::line(&step.text, 200))?;
        }
        Ok(())
    }
}
