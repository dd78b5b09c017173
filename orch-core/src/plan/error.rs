//! Why a plan does not take a change.

use crate::plain;

/// A change that a plan does not take. The plan is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// There is no such step.
    #[error("plan has {steps} steps, there is no step {index}: count from 0")]
    NoSuchStep {
        /// The index that was named, from 0.
        index: usize,
        /// How many steps there are.
        steps: usize,
    },
    /// Completed steps stay completed.
    #[error(
        "step {index} of the plan is completed and cannot be begun again: revise the plan with an explanation"
    )]
    Completed {
        /// The index, from 0.
        index: usize,
    },
    /// One thing is done at a time.
    #[error("plan has {} steps in progress ({}): let exactly one be in progress", .indices.len(), places(.indices))]
    SeveralInProgress {
        /// Their indices, from 0.
        indices: Vec<usize>,
    },
    /// It was begun and is not finished, and nobody says what is being done.
    #[error(
        "plan has completed {completed} of {steps} steps and none is in progress: let exactly one be in progress, or complete all"
    )]
    NoneInProgress {
        /// How many are completed.
        completed: usize,
        /// How many there are.
        steps: usize,
    },
    /// The update reopens or leaves out completed steps and does not say why.
    #[error(
        "plan update takes back completed work ({}): keep these steps completed, or state the change of direction in its explanation",
        quoted(.steps)
    )]
    StepBack {
        /// The texts of the completed steps that it reopens or leaves out.
        steps: Vec<String>,
    },
    /// A revision says why; this one was given no reason.
    #[error("plan revision has an empty explanation: state the change of direction")]
    NoExplanation,
}

fn places(indices: &[usize]) -> String {
    let places: Vec<String> = indices.iter().take(6).map(ToString::to_string).collect();
    places.join(", ")
}

fn quoted(steps: &[String]) -> String {
    let quoted: Vec<String> = steps
        .iter()
        .take(6)
        .map(|text| format!("\"{}\"", plain::line(text, 80)))
        .collect();
    quoted.join(", ")
}
