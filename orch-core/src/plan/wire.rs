//! The wire form of a plan: the arguments of codex's `update_plan`.
//!
//! It is plain data that anybody may have written; [`Plan`](super::Plan) is what keeps the rules.

use serde::{Deserialize, Serialize};

use super::StepStatus;

/// A whole plan, as codex's `update_plan` takes it: `{"explanation": …, "plan": [{"step": …, "status": …}]}`.
///
/// Fields that are not known are refused, as codex refuses them (`protocol/src/plan_tool.rs`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdatePlan {
    /// Why the plan is other than before. Needed when a completed step is reopened or left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
    /// All steps, in order.
    pub plan: Vec<PlannedStep>,
}

/// One step of the wire form. It has no id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// One sentence.
    pub step: String,
    /// How far it is.
    pub status: StepStatus,
}

impl UpdatePlan {
    /// An update to these steps, without an explanation.
    pub fn new(steps: impl IntoIterator<Item = (impl Into<String>, StepStatus)>) -> Self {
        let planned = |(step, status): (_, StepStatus)| PlannedStep {
            step: Into::into(step),
            status,
        };
        Self {
            explanation: None,
            plan: steps.into_iter().map(planned).collect(),
        }
    }

    /// States why the plan is other than before.
    pub fn explained(mut self, explanation: impl Into<String>) -> Self {
        self.explanation = Some(explanation.into());
        self
    }
}
