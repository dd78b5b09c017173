//! What a context pack's work returns.

use std::fmt;

use orch_core::{Coverage, Missing, Patch, Verdict};
use orch_prompts::{Pack, Skipped};
use serde::Serialize;

use super::Task;
use crate::deliverable::sheet;
use crate::delivery::Delivery;

/// What was done, by which pack, and what is known of it.
#[derive(Debug, Serialize)]
#[must_use = "the result says whether the work holds, and brings nothing into the work tree by itself"]
#[non_exhaustive]
pub struct Executed {
    /// The task.
    pub task: Task,
    /// Why there is no pack; none when there is one.
    pub skipped: Option<Skipped>,
    /// How many scouts delivered; nobody was asked when the pack was skipped.
    pub coverage: Coverage,
    /// The scouts that did not, and why.
    pub missing: Vec<Missing>,
    /// What was written and how it was verified.
    pub delivery: Delivery,
    pub(super) pack: Option<Pack>,
}

impl Executed {
    /// Whether the work holds.
    pub fn verdict(&self) -> Verdict {
        self.delivery.verdict()
    }

    /// What was written.
    pub fn patch(&self) -> &Patch {
        self.delivery.patch()
    }

    /// The pack under which it was done; none when it was skipped by rule.
    pub fn pack(&self) -> Option<&Pack> {
        self.pack.as_ref()
    }

    /// What is not shown to hold, a line each.
    pub fn remaining(&self) -> Vec<String> {
        self.delivery.remaining()
    }
}

impl fmt::Display for Executed {
    /// The task, the pack, what was done, what is known of it, and what to do next, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Task: {}", self.task.goal().trim())?;
        match (self.skipped, &self.pack) {
            (Some(why), _) => writeln!(f, "No context pack: {why}.")?,
            (None, Some(pack)) => {
                writeln!(f, "Scouts: {} delivered", self.coverage)?;
                for missing in &self.missing {
                    writeln!(f, "- missing: {}: {}", missing.label, missing.why)?;
                }
                let lines = pack.to_material("").text;
                sheet::rows(f, "\nContext pack", &[orch_core::plain::block(&lines)])?;
            }
            (None, None) => {}
        }
        writeln!(f, "\n{}", self.delivery)?;
        writeln!(f, "Next step: {}", self.delivery.next_step())
    }
}
