//! What is researched. The words are the orchestrator's own; what others wrote goes in as material.

use std::path::PathBuf;

use orch_prompts::{Artefact, Brief, Material};

/// What somebody wants to know, and for whom.
///
/// ```
/// use orch_patterns::Topic;
///
/// let topic = Topic::new("Connection pools for PostgreSQL")
///     .audience("a team that runs one database on one machine")
///     .note("We cannot change the driver.");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Topic {
    /// The topic, or the question.
    pub question: String,
    /// Who has to decide, and what they know already.
    pub audience: Option<String>,
    /// What else bounds the answer.
    pub notes: Vec<String>,
    /// Where in the work tree to begin; fixed as the base of the research.
    pub paths: Vec<PathBuf>,
    /// What others wrote about it: data, each in a fence.
    pub materials: Vec<Material>,
}

impl Topic {
    /// A topic and nothing else.
    pub fn new(question: impl Into<String>) -> Self {
        Self {
            question: question.into(),
            audience: None,
            notes: Vec::new(),
            paths: Vec::new(),
            materials: Vec::new(),
        }
    }

    /// Says who has to decide.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Adds something that bounds the answer.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says where in the work tree to begin, relative to it. When one byte of it changes, all is researched anew.
    pub fn paths<P: Into<PathBuf>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.paths = paths.into_iter().map(Into::into).collect();
        self
    }

    /// Adds what others wrote about it.
    pub fn material(mut self, material: Material) -> Self {
        self.materials.push(material);
        self
    }

    /// The brief, told of everything but the question.
    pub(super) fn told(&self, mut brief: Brief) -> Brief {
        if let Some(audience) = &self.audience {
            brief = brief.instruct(format!("It is for: {}", audience.trim()));
        }
        for note in &self.notes {
            brief = brief.instruct(format!("Keep in mind: {}", note.trim()));
        }
        if !self.paths.is_empty() {
            brief = brief.artefact(Artefact::paths(self.paths.iter().cloned()));
        }
        self.materials.iter().cloned().fold(brief, Brief::material)
    }
}

impl<S: Into<String>> From<S> for Topic {
    fn from(question: S) -> Self {
        Self::new(question)
    }
}
