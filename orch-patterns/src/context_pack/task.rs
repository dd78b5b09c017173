//! What is to be done, in the orchestrator's own words, and how large it is.

use orch_prompts::{Artefact, Pack, Undertaking};
use serde::{Deserialize, Serialize};

use crate::combinator::Revise;

/// A task: the input of a [`ContextPack`](crate::ContextPack).
///
/// What the program knows already is said here: these are its own words, they reach the implementer as they are, whatever
/// a pack is condensed to, and the success check may be run by a verifying reader.
///
/// ```
/// use orch_patterns::{Task, Undertaking};
///
/// let task = Task::new("Retries honour Retry-After.")
///     .constraint("The public interface of net stays.")
///     .success("cargo test -p net");
/// let typo = Task::new("Spell receive right in README.md.")
///     .size(Undertaking::Edit { files: 1, lines: 1, isolated: true }); // no pack is made for this
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[must_use = "a task is done by nobody until a pattern is run on it"]
#[non_exhaustive]
pub struct Task {
    /// What the orchestrator itself knows of it: the goal at least.
    pub own: Pack,
    /// How large it is, as far as somebody said so.
    #[serde(default)]
    pub size: Undertaking,
    /// What it is about, where that can be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Artefact>,
}

impl Task {
    /// A task with this goal, that nobody has sized.
    pub fn new(goal: impl Into<String>) -> Self {
        Self {
            own: Pack::new(goal),
            size: Undertaking::default(),
            about: None,
        }
    }

    /// Says how large it is, for the [rule](crate::ContextPack::skip_rule) that skips packs.
    pub fn size(mut self, size: Undertaking) -> Self {
        self.size = size;
        self
    }

    /// Says what it is about. That is read once and becomes the base of the step keys: a run that is taken up again asks
    /// the scouts anew when a byte of it has changed. Without it what they said is taken as it was.
    pub fn about(mut self, artefact: Artefact) -> Self {
        self.about = Some(artefact);
        self
    }

    /// Adds something that is left alone.
    pub fn non_goal(mut self, line: impl Into<String>) -> Self {
        self.own = self.own.non_goal(line);
        self
    }

    /// Adds something that any solution must respect.
    pub fn constraint(mut self, line: impl Into<String>) -> Self {
        self.own = self.own.constraint(line);
        self
    }

    /// Adds a place to look.
    pub fn pointer(mut self, line: impl Into<String>) -> Self {
        self.own = self.own.pointer(line);
        self
    }

    /// Adds something that has been decided already.
    pub fn decision(mut self, line: impl Into<String>) -> Self {
        self.own = self.own.decision(line);
        self
    }

    /// Says how to see that it is done: a command that only checks, or something that can be observed.
    pub fn success(mut self, check: impl Into<String>) -> Self {
        self.own = self.own.success(check);
        self
    }

    /// What is to be true in the end.
    pub fn goal(&self) -> &str {
        &self.own.goal
    }

    /// What the orchestrator has to say beside the goal.
    pub(super) fn beside(&self) -> Pack {
        let mut own = self.own.clone();
        own.goal.clear();
        own
    }
}

impl From<&str> for Task {
    fn from(goal: &str) -> Self {
        Self::new(goal)
    }
}

impl From<String> for Task {
    fn from(goal: String) -> Self {
        Self::new(goal)
    }
}

impl Revise for Task {
    /// Adds a constraint.
    fn revise(self, note: &str) -> Self {
        self.constraint(note)
    }
}
