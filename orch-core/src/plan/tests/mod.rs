//! The rules of a plan.

mod laws;
mod linting;
mod rules;

use super::{Plan, StepId, StepStatus, UpdatePlan};

/// Steps from `"x done", "> doing", "  to do"`.
fn update(steps: &[&str]) -> UpdatePlan {
    UpdatePlan::new(steps.iter().map(|step| {
        let (mark, text) = step.split_at(2);
        let status = match mark {
            "x " => StepStatus::Completed,
            "> " => StepStatus::InProgress,
            _ => StepStatus::Pending,
        };
        (text, status)
    }))
}

fn plan(steps: &[&str]) -> Plan {
    Plan::try_from(update(steps)).expect("a plan")
}

fn id(plan: &Plan, index: usize) -> StepId {
    plan.steps()[index].id
}
