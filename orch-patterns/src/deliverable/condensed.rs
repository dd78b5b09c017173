//! What a condenser returns: a context pack, in another worker's words.
//!
//! It becomes a [`Pack`], which then belongs in a fence: no word of it is the orchestrator's.

use std::fmt;

use orch_prompts::Pack;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{said, sheet};

/// A context pack as a worker condensed it.
///
/// A blank `goal` is an error when read; everything else may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Condensed {
    /// What is to be true in the end, in one or two sentences.
    pub goal: String,
    /// What is left alone, though one might think otherwise.
    pub non_goals: Vec<String>,
    /// What any solution must respect, and what has to be found out first.
    pub constraints: Vec<String>,
    /// Where to look, the most important first: path and line, then what is there and why it matters.
    pub pointers: Vec<String>,
    /// What is decided and not to be opened again, the approach first, each with its reason.
    pub prior_decisions: Vec<String>,
    /// How to see that the goal is reached: a command that only checks, or something that can be observed. Null when
    /// there is none.
    pub success_check: Option<String>,
}

impl<'de> Deserialize<'de> for Condensed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        said::read(deserializer, |said| {
            Ok(Self {
                goal: said.needed(
                    "goal",
                    "say in one or two sentences what is to be true in the end",
                )?,
                non_goals: said.lines("non_goals")?,
                constraints: said.lines("constraints")?,
                pointers: said.lines("pointers")?,
                prior_decisions: said.lines("prior_decisions")?,
                success_check: said.some_line("success_check"),
            })
        })
    }
}

impl From<Condensed> for Pack {
    fn from(condensed: Condensed) -> Self {
        let mut pack = Self::new(condensed.goal);
        pack.non_goals = condensed.non_goals;
        pack.constraints = condensed.constraints;
        pack.pointers = condensed.pointers;
        pack.prior_decisions = condensed.prior_decisions;
        pack.success_check = condensed.success_check;
        pack
    }
}

impl fmt::Display for Condensed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.goal)?;
        sheet::list(f, "Non-goals", &self.non_goals)?;
        sheet::list(f, "Constraints", &self.constraints)?;
        sheet::list(f, "Pointers", &self.pointers)?;
        sheet::list(f, "Prior decisions", &self.prior_decisions)?;
        match &self.success_check {
            Some(check) => writeln!(f, "Success check: {check}"),
            None => Ok(()),
        }
    }
}
