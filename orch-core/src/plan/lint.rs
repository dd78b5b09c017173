//! What is unwise in a plan, and yet allowed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use super::Plan;

/// The fewest and the most steps that are advised: fewer say nothing, more are no overview.
const ADVISED: std::ops::RangeInclusive<usize> = 3..=6;

/// Advice on a plan: a value, not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanLint {
    /// It has no step or one: trivial work needs no plan.
    Trivial {
        /// How many steps it has.
        steps: usize,
    },
    /// It has other than 3 to 6 steps.
    StepCount {
        /// How many steps it has.
        steps: usize,
    },
    /// A step is not one sentence on one line.
    NotOneSentence {
        /// The step, from 0.
        index: usize,
    },
    /// A step has the same words as one before it.
    Duplicate {
        /// The step, from 0.
        index: usize,
        /// The first step of these words.
        of: usize,
    },
}

impl Plan {
    /// What is unwise in it. None for a plan of 3 to 6 different steps of one sentence each.
    pub fn lints(&self) -> Vec<PlanLint> {
        let mut lints = Vec::new();
        match self.steps().len() {
            steps @ 0..=1 => lints.push(PlanLint::Trivial { steps }),
            steps if !ADVISED.contains(&steps) => lints.push(PlanLint::StepCount { steps }),
            _ => {}
        }
        let mut first = HashMap::new();
        for (index, step) in self.steps().iter().enumerate() {
            if !is_one_sentence(&step.text) {
                lints.push(PlanLint::NotOneSentence { index });
            }
            match first.entry(step.id.first()) {
                Entry::Occupied(of) => lints.push(PlanLint::Duplicate { index, of: *of.get() }),
                Entry::Vacant(none) => {
                    none.insert(index);
                }
            }
        }
        lints
    }
}

/// Words on one line, without the end of one sentence before the start of another. A short step needs no full stop.
fn is_one_sentence(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text.contains(['\n', '\r']) {
        return false;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    !words.windows(2).any(|pair| {
        let ended = pair[0].trim_end_matches(['"', '\'', ')', '”', '»']);
        let Some(word) = ended.strip_suffix(['.', '!', '?']) else {
            return false;
        };
        // "e.g." and "J." end no sentence.
        let abbreviated = word.contains('.') || word.chars().count() < 2;
        !abbreviated && pair[1].starts_with(char::is_uppercase)
    })
}

impl fmt::Display for PlanLint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trivial { steps: 0 } => write!(f, "plan has no step: trivial work needs no plan"),
            Self::Trivial { .. } => write!(f, "plan has one step: trivial work needs no plan"),
            Self::StepCount { steps } => {
                let (least, most) = (ADVISED.start(), ADVISED.end());
                write!(f, "plan has {steps} steps: {least} to {most} give an overview")
            }
            Self::NotOneSentence { index } => {
                write!(f, "step {index} of the plan is not one sentence: say it in one")
            }
            Self::Duplicate { index, of } => {
                write!(
                    f,
                    "step {index} of the plan has the words of step {of}: join them or say how they differ"
                )
            }
        }
    }
}
