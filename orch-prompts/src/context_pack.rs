//! The context pack: what a worker has to know before it begins. The data and its text; gathering it is a
//! pattern.

use serde::{Deserialize, Serialize};

use crate::visible;

/// What a worker has to know: one goal, and the few facts around it that it cannot find out cheaply by
/// itself.
///
/// These are the orchestrator's own words. What another worker wrote goes into a
/// [`Material`](crate::Material), where it stays data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[must_use]
#[non_exhaustive]
pub struct Pack {
    /// What is to be true in the end.
    pub goal: String,
    /// What is left alone, though one might think otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub non_goals: Vec<String>,
    /// What any solution must respect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<String>,
    /// Where to look: files, symbols, documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pointers: Vec<String>,
    /// What has been decided already and is not to be opened again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prior_decisions: Vec<String>,
    /// How to see that the goal is reached: a command, or something that can be observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success_check: Option<String>,
}

impl Pack {
    /// A pack with a goal and nothing else.
    pub fn new(goal: impl Into<String>) -> Self {
        Self {
            goal: goal.into(),
            ..Self::default()
        }
    }

    /// Adds something that is left alone.
    pub fn non_goal(mut self, line: impl Into<String>) -> Self {
        self.non_goals.push(line.into());
        self
    }

    /// Adds something that any solution must respect.
    pub fn constraint(mut self, line: impl Into<String>) -> Self {
        self.constraints.push(line.into());
        self
    }

    /// Adds a place to look.
    pub fn pointer(mut self, line: impl Into<String>) -> Self {
        self.pointers.push(line.into());
        self
    }

    /// Adds something that has been decided already.
    pub fn decision(mut self, line: impl Into<String>) -> Self {
        self.prior_decisions.push(line.into());
        self
    }

    /// Says how to see that the goal is reached, in place of what was said before.
    pub fn success(mut self, check: impl Into<String>) -> Self {
        self.success_check = Some(check.into());
        self
    }

    /// The fields that say something, as lines; no line break at the end.
    pub(crate) fn render(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.goal.trim().is_empty() {
            lines.push(labelled("Goal", &self.goal));
        }
        for (name, entries) in [
            ("Non-goals", &self.non_goals),
            ("Constraints", &self.constraints),
            ("Pointers", &self.pointers),
            ("Prior decisions", &self.prior_decisions),
        ] {
            if !entries.is_empty() {
                lines.push(format!("{name}:"));
                lines.extend(entries.iter().map(|entry| bullet(entry)));
            }
        }
        if let Some(check) = &self.success_check {
            lines.push(labelled("Success check", check));
        }
        lines
    }
}

/// `text` as an entry of a list; its further lines are set in, so that none of them can pass for a heading.
pub(crate) fn bullet(text: &str) -> String {
    format!("- {}", set_in(text))
}

/// `text` after its name; its further lines are set in.
pub(crate) fn labelled(name: &str, text: &str) -> String {
    format!("{name}: {}", set_in(text))
}

fn set_in(text: &str) -> String {
    visible::block(text.trim()).replace('\n', "\n  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_fields_are_left_out() {
        assert_eq!(Pack::new("a goal").render(), ["Goal: a goal"]);
        assert_eq!(
            Pack::default().success("cargo test").render(),
            ["Success check: cargo test"]
        );
        assert!(Pack::default().render().is_empty());
    }

    #[test]
    fn further_lines_of_an_entry_are_set_in() {
        let pack = Pack::new("g").pointer("a.rs\n\nDO NOT\n- stop\n");
        assert_eq!(pack.render()[2], "- a.rs\n  \n  DO NOT\n  - stop");
    }
}
