//! One slice, and what became of it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use orch_core::{Evidence, Outcome, Patch, Verdict, plain};
use orch_prompts::Slice;
use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

use super::conflict::path_lines;
use crate::deliverable::{Fix, Section};

/// What a slice's worker reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Report {
    /// A writer's own account of what it changed. What really changed is in [`Part::patch`].
    Fix(Fix),
    /// A section's text.
    Section(Section),
}

/// One slice, and what became of it.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Part {
    /// The slice.
    pub slice: Slice,
    /// What its worker reported, or why this slice is not in the whole: its worker did not deliver, or its own check
    /// refuted what it wrote.
    pub outcome: Outcome<Report>,
    /// What its own check showed, or why it was not run; none where none was asked for, or nothing was delivered.
    pub check: Option<Outcome<Evidence>>,
    /// What was done at its desk. It is there for a slice that is not in the whole too, so that half of the work can be
    /// looked at; none for a section, and for a slice that never had a desk.
    #[serde(serialize_with = "shown")]
    pub patch: Option<Arc<Patch>>,
}

impl Part {
    pub(super) fn new(slice: &Slice, outcome: Outcome<Report>) -> Self {
        Self {
            slice: slice.clone(),
            outcome,
            check: None,
            patch: None,
        }
    }

    /// What is known of it by its own check.
    pub fn verdict(&self) -> Verdict {
        match &self.check {
            Some(check) => Verdict::of(check, |evidence| evidence.verdict),
            None => Verdict::Unverified,
        }
    }

    /// What its worker changed beside the slice's paths. It is in no patch.
    pub fn left_out(&self) -> &[PathBuf] {
        self.patch.as_deref().map_or(&[], Patch::left_out)
    }
}

impl fmt::Display for Part {
    /// One line: what became of it, and what its check showed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Outcome::Unfinished(why) => f.write_str(&plain::line(&why.to_string(), 500))?,
            Outcome::Done(Report::Fix(fix)) => {
                write!(f, "done: {}", plain::line(&fix.summary, 500))?;
                if self.patch.as_deref().is_some_and(Patch::is_empty) {
                    f.write_str(" (it changed no file)")?;
                }
            }
            Outcome::Done(Report::Section(section)) => {
                write!(f, "done: {} bytes of text", section.text.len())?;
            }
        }
        match &self.check {
            Some(Outcome::Done(evidence)) if self.outcome.is_done() => write!(f, "; {evidence}"),
            Some(Outcome::Unfinished(why)) => {
                write!(
                    f,
                    "; its check was not run: {}",
                    plain::line(&why.to_string(), 200)
                )
            }
            _ => Ok(()),
        }
    }
}

/// A patch as JSON: its files, its diff, and what is not part of it.
pub(super) fn patch_shown<S: Serializer>(patch: &Patch, serializer: S) -> Result<S::Ok, S::Error> {
    let mut shown = serializer.serialize_struct("Patch", 3)?;
    shown.serialize_field("files", &path_lines(patch.files()))?;
    shown.serialize_field("diff", &plain::block(patch.diff()))?;
    let left_out = patch.left_out().iter().map(PathBuf::as_path);
    shown.serialize_field("left_out", &path_lines(left_out))?;
    shown.end()
}

#[expect(clippy::ref_option, reason = "serde calls it so")]
fn shown<S: Serializer>(patch: &Option<Arc<Patch>>, serializer: S) -> Result<S::Ok, S::Error> {
    match patch {
        Some(patch) => patch_shown(patch, serializer),
        None => serializer.serialize_none(),
    }
}
