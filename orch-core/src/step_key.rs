//! The identity of a worker's work: equal keys mean that the same question was asked of the same thing.
//!
//! In it: the labels on the path, the structured brief before fencing, scope, agent and model, schema, the base and
//! the ordinal among equals. Not in it: run id, time, randomness, arrival order, the live tree.

use std::fmt;

use orch_prompts::Brief;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::Digest;

/// The identity of one worker's work within a run, and across runs of the same program on the same base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepKey(Digest);

/// What a step key is made from.
#[derive(Debug, Serialize)]
pub(crate) struct StepIdentity<'a> {
    /// Raised when the meaning of a field changes, so that old keys match nothing.
    pub(crate) version: u32,
    pub(crate) path: &'a [String],
    pub(crate) label: &'a str,
    pub(crate) brief: &'a Brief,
    pub(crate) agent: &'a str,
    pub(crate) model: Option<&'a str>,
    pub(crate) schema: Option<&'a Value>,
    pub(crate) base: Option<Digest>,
}

impl StepIdentity<'_> {
    /// The key of the first such step under its path.
    ///
    /// # Errors
    /// When a path in the brief is not UTF-8.
    pub(crate) fn key(&self) -> Result<StepKey, serde_json::Error> {
        Digest::of_json(self).map(StepKey)
    }
}

impl StepKey {
    /// The key of the `ordinal`-th further step that is equal in everything else; 0 is the step itself.
    pub(crate) fn nth(self, ordinal: u32) -> Self {
        if ordinal == 0 {
            self
        } else {
            Self(Digest::of(format!("{}#{ordinal}", self.0)))
        }
    }

    /// The first twelve hexadecimal digits.
    pub fn short(&self) -> String {
        self.0.short()
    }
}

impl fmt::Display for StepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(path: &[String], task: &str, base: &str) -> StepKey {
        let brief = Brief::new(task);
        StepIdentity {
            version: 1,
            path,
            label: "Scout",
            brief: &brief,
            agent: "codex",
            model: None,
            schema: None,
            base: Some(Digest::of(base)),
        }
        .key()
        .expect("a brief of plain text")
    }

    #[test]
    fn a_key_depends_on_what_was_asked_and_of_what() {
        let path = ["review".to_owned()];
        assert_eq!(key(&path, "look", "tree"), key(&path, "look", "tree"));
        assert_ne!(
            key(&path, "look", "tree"),
            key(&path, "look", "tree with one byte more")
        );
        assert_ne!(key(&path, "look", "tree"), key(&path, "look again", "tree"));
        assert_ne!(key(&path, "look", "tree"), key(&[], "look", "tree"));
    }

    #[test]
    fn equals_under_one_path_are_told_apart_by_their_ordinal() {
        let first = key(&[], "look", "tree");
        assert_eq!(first.nth(0), first);
        assert_ne!(first.nth(1), first);
        assert_ne!(first.nth(1), first.nth(2));
    }
}
