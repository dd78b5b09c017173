//! What scouts brought: the input of whoever condenses it.

use std::sync::Arc;

use orch_core::Covered;
use orch_prompts::Pack;

use super::Task;
use crate::deliverable::ContextNotes;

/// A task, the notes of its scouts, and what was said of the pack before, where there was one.
///
/// The notes are workers' words. A pack that is made of them stays inside a fence whoever makes it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scouted {
    /// The task.
    pub task: Task,
    /// The notes of the scouts that delivered, and who did not.
    pub notes: Covered<Vec<ContextNotes>>,
    /// What the scouts that delivered were asked, in the order of the notes.
    pub questions: Vec<String>,
    /// What whoever decides wants changed, all revisions so far; none the first time.
    pub note: Option<String>,
    /// The pack that the last note is about.
    pub before: Option<Arc<Pack>>,
}

impl Scouted {
    pub(super) fn new(task: Task, notes: Covered<Vec<ContextNotes>>, questions: Vec<String>) -> Self {
        Self {
            task,
            notes,
            questions,
            note: None,
            before: None,
        }
    }

    /// The same, to be condensed once more.
    pub(super) fn revised(&self, note: &str, before: Arc<Pack>) -> Self {
        let note = match &self.note {
            Some(earlier) => format!("{earlier}\n\n{note}"),
            None => note.to_owned(),
        };
        Self {
            note: Some(note),
            before: Some(before),
            ..self.clone()
        }
    }
}
