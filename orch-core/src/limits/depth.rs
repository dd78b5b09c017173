//! How deep workers stand below the program that a person started, handed on in every worker's environment.
//!
//! A worker that starts the program again finds itself there, and its own workers are counted one level deeper. This
//! holds programs that multiply by mistake; one that hides its environment from itself is held by the containment.

use serde::{Deserialize, Serialize};

use crate::ids::RunId;
use crate::outcome::NotStarted;

/// The variable with a worker's level: 1 for the workers of a program that a person started.
const DEPTH: &str = "ORCH_DEPTH";

/// The variable with the deepest level that may be started.
const DEPTH_LIMIT: &str = "ORCH_DEPTH_LIMIT";

/// The variable with the runs above, from the outermost on, divided by slashes.
const LINEAGE: &str = "ORCH_LINEAGE";

/// Workers start, workers of workers do not: every worker is told to start no others, and each level multiplies what
/// a run costs while nobody looks.
const LEVELS: u32 = 1;

/// The most bytes of inherited lineage that are handed on.
const LINEAGE_BYTES: usize = 4_096;

/// Where a program, or a worker, stands below the program that a person started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lineage {
    /// 0 for the program that a person started, 1 for its workers.
    pub depth: u32,
    /// The deepest level that may be started.
    pub limit: u32,
    /// The runs above, from the outermost on, divided by slashes.
    pub runs: String,
}

impl Default for Lineage {
    /// A program that a person started.
    fn default() -> Self {
        Self {
            depth: 0,
            limit: LEVELS,
            runs: String::new(),
        }
    }
}

impl Lineage {
    /// Where this process stands, by what `variable` says of its environment. What cannot be read is a level below
    /// which nothing starts.
    pub(crate) fn inherited(variable: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name| variable(name).map(|text| text.trim().parse::<u32>().ok());
        let depth = match number(DEPTH) {
            None => return Self::default(),
            Some(depth) => depth.unwrap_or(u32::MAX),
        };
        let runs = variable(LINEAGE).unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '/';
        Self {
            depth,
            limit: number(DEPTH_LIMIT).flatten().unwrap_or(LEVELS).min(u32::MAX - 1),
            runs: if runs.len() <= LINEAGE_BYTES && runs.chars().all(plain) {
                runs
            } else {
                String::new()
            },
        }
    }

    /// The same place with the levels that this program allows; what was inherited is never widened.
    pub(crate) fn allowing(mut self, levels: Option<u32>) -> Self {
        if let Some(levels) = levels {
            self.limit = if self.depth == 0 {
                levels
            } else {
                self.limit.min(self.depth.saturating_add(levels))
            };
        }
        self
    }

    /// The place of a worker of `run` in this program, whether it may start there or not.
    pub(crate) fn worker_of(&self, run: RunId) -> Self {
        let mut runs = self.runs.clone();
        if !runs.is_empty() {
            runs.push('/');
        }
        runs.push_str(&run.to_string());
        Self {
            depth: self.depth.saturating_add(1),
            limit: self.limit,
            runs,
        }
    }

    /// Why nobody starts in this place: it is deeper than may be.
    pub(crate) fn refusal(&self) -> Option<NotStarted> {
        (self.depth > self.limit).then_some(NotStarted::TooDeep {
            depth: self.depth,
            limit: self.limit,
        })
    }

    /// The variables that tell a worker of it.
    pub(crate) fn variables(&self) -> [(&'static str, String); 3] {
        [
            (DEPTH, self.depth.to_string()),
            (DEPTH_LIMIT, self.limit.to_string()),
            (LINEAGE, self.runs.clone()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lineage: &Lineage) -> Lineage {
        let variables = lineage.variables();
        Lineage::inherited(|name| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.clone())
        })
    }

    #[test]
    fn a_worker_inherits_its_place_and_starts_none_below_it() {
        let outer = RunId::fresh();
        let worker = Lineage::inherited(|_| None).worker_of(outer);
        assert_eq!(worker.refusal(), None);
        let inner = told(&worker);
        assert_eq!(inner, worker);
        assert_eq!((inner.depth, inner.runs.clone()), (1, outer.to_string()));
        let refused = inner.worker_of(RunId::fresh()).refusal();
        assert_eq!(refused, Some(NotStarted::TooDeep { depth: 2, limit: 1 }));
    }

    #[test]
    fn an_inner_program_does_not_widen_what_it_inherited() {
        let worker = Lineage::default().allowing(Some(2)).worker_of(RunId::fresh());
        let inner = told(&worker).allowing(Some(50));
        let second = inner.worker_of(RunId::fresh());
        assert_eq!((second.runs.split('/').count(), second.refusal()), (2, None));
        let third = |place: &Lineage, levels| told(place).allowing(Some(levels)).worker_of(RunId::fresh());
        assert!(third(&second, 50).refusal().is_some());
        assert!(third(&worker, 0).refusal().is_some());
    }

    #[test]
    fn a_level_that_cannot_be_read_lets_nothing_start() {
        for text in ["", "x", "-1", "99999999999"] {
            let lineage = Lineage::inherited(|name| (name == DEPTH).then(|| text.to_owned()));
            assert!(lineage.worker_of(RunId::fresh()).refusal().is_some(), "{text}");
        }
    }
}
