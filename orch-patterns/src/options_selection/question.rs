//! What is to be decided. The words are the orchestrator's own; what others wrote goes in as material.

use std::path::PathBuf;

use orch_prompts::{Artefact, Brief, Material, Pack};

/// A question with several workable answers, and what makes one better than another.
///
/// ```
/// use orch_patterns::Question;
///
/// let question = Question::new("How do we shorten the start?")
///     .criterion("measured start time")
///     .criterion("no new dependency");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Question {
    /// The question.
    pub text: String,
    /// What makes an answer better, the weightiest first. With none the judge is given three general ones.
    pub criteria: Vec<String>,
    /// What bounds every answer.
    pub pack: Option<Pack>,
    /// Where in the work tree to begin; fixed as the base of the selection.
    pub paths: Vec<PathBuf>,
    /// What others wrote about it: data, each in a fence.
    pub materials: Vec<Material>,
}

impl Question {
    /// A question and nothing else.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            criteria: Vec::new(),
            pack: None,
            paths: Vec::new(),
            materials: Vec::new(),
        }
    }

    /// Adds what makes an answer better; weightier ones first.
    pub fn criterion(mut self, criterion: impl Into<String>) -> Self {
        self.criteria.push(criterion.into());
        self
    }

    /// Says what bounds every answer.
    pub fn pack(mut self, pack: Pack) -> Self {
        self.pack = Some(pack);
        self
    }

    /// Says where in the work tree to begin, relative to it. When one byte of it changes, all is proposed anew.
    pub fn paths<P: Into<PathBuf>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.paths = paths.into_iter().map(Into::into).collect();
        self
    }

    /// Adds what others wrote about it.
    pub fn material(mut self, material: Material) -> Self {
        self.materials.push(material);
        self
    }

    /// The brief, told of everything but the question and the criteria.
    pub(super) fn told(&self, mut brief: Brief) -> Brief {
        if let Some(pack) = &self.pack {
            brief = brief.pack(pack.clone());
        }
        if !self.paths.is_empty() {
            brief = brief.artefact(Artefact::paths(self.paths.iter().cloned()));
        }
        self.materials.iter().cloned().fold(brief, Brief::material)
    }
}

impl<S: Into<String>> From<S> for Question {
    fn from(text: S) -> Self {
        Self::new(text)
    }
}
