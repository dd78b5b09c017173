//! The plan of a run: a few steps, one of them in progress.
//!
//! It is data with checked transitions. Patterns publish theirs through [`Cx`](crate::Cx); showing it is the
//! observers' work.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A few steps, in order.
///
/// Its JSON form is that of codex's `update_plan` arguments: `{"explanation": …, "plan": [{"step", "status"}]}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Plan {
    /// Why the plan is what it is; needed when it changes direction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
    /// The steps.
    #[serde(rename = "plan")]
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Step {
    /// One sentence.
    #[serde(rename = "step")]
    pub text: String,
    /// How far it is.
    pub status: StepStatus,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Not begun.
    Pending,
    /// Under way.
    InProgress,
    /// Done.
    Completed,
}

/// A change that a plan does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// There is no such step.
    #[error("plan has {steps} steps, there is no step {index}")]
    NoSuchStep {
        /// The index that was named, from 0.
        index: usize,
        /// How many steps there are.
        steps: usize,
    },
    /// Completed steps stay completed.
    #[error("step {index} of the plan is completed: state a change of direction in a new plan")]
    Completed {
        /// The index, from 0.
        index: usize,
    },
}

impl Plan {
    /// A plan of these steps, none begun.
    pub fn new(steps: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let step = |text: String| Step {
            text,
            status: StepStatus::Pending,
        };
        Self {
            explanation: None,
            steps: steps.into_iter().map(Into::into).map(step).collect(),
        }
    }

    /// Begins a step. Every step before it is completed, so that exactly one is in progress.
    ///
    /// # Errors
    /// When there is no such step, or it is completed.
    pub fn begin(&mut self, index: usize) -> Result<(), PlanError> {
        let steps = self.steps.len();
        let step = self
            .steps
            .get(index)
            .ok_or(PlanError::NoSuchStep { index, steps })?;
        if step.status == StepStatus::Completed {
            return Err(PlanError::Completed { index });
        }
        for step in &mut self.steps[..index] {
            step.status = StepStatus::Completed;
        }
        self.steps[index].status = StepStatus::InProgress;
        Ok(())
    }

    /// Completes every step.
    pub fn finish(&mut self) {
        self.steps
            .iter_mut()
            .for_each(|step| step.status = StepStatus::Completed);
    }

    /// The step in progress.
    pub fn current(&self) -> Option<&Step> {
        self.steps
            .iter()
            .find(|step| step.status == StepStatus::InProgress)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            let mark = match step.status {
                StepStatus::Pending => ' ',
                StepStatus::InProgress => '>',
                StepStatus::Completed => 'x',
            };
            writeln!(f, "[{mark}] {}", step.text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_step_is_in_progress_and_none_goes_back() {
        let mut plan = Plan::new(["look", "merge", "report"]);
        plan.begin(0).expect("the first step");
        plan.begin(1).expect("the second step");
        assert_eq!(plan.to_string(), "[x] look\n[>] merge\n[ ] report\n");
        assert_eq!(plan.begin(0), Err(PlanError::Completed { index: 0 }));
        assert_eq!(plan.begin(3), Err(PlanError::NoSuchStep { index: 3, steps: 3 }));
        plan.finish();
        assert_eq!(plan.current(), None);
    }

    #[test]
    fn its_json_is_that_of_update_plan() {
        let mut plan = Plan::new(["look", "merge"]);
        plan.begin(1).expect("the second step");
        let json = serde_json::json!({"plan": [
            {"step": "look", "status": "completed"},
            {"step": "merge", "status": "in_progress"},
        ]});
        assert_eq!(serde_json::to_value(&plan).expect("JSON"), json);
        assert_eq!(serde_json::from_value::<Plan>(json).expect("a plan"), plan);
    }
}
