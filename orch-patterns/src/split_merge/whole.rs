//! What a split-merge returns: one patch for everything, and what became of each slice.

use std::sync::Arc;

use orch_core::{Coverage, Evidence, Missing, Outcome, Patch, Unfinished, Verdict, plain};
use orch_prompts::Slice;
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::conflict::{SliceConflict, path_line};
use super::part::{Part, patch_shown};
use crate::deliverable::Fix;

/// What several workers did apart, as one patch. Nothing of it is in the user's work tree until
/// [`Patch::apply`].
///
/// Every slice is in [`items`](Whole::items), whatever became of it. As JSON it has the parts, the patch as its files
/// and diff (made plain), the conflicts, the checks, and the next step.
#[derive(Debug, Clone)]
#[must_use = "what was merged is nowhere until its patch is applied, or put on a branch"]
pub struct Whole {
    pub(super) parts: Vec<Part>,
    pub(super) patch: Arc<Patch>,
    pub(super) apart: Option<Unfinished>,
    pub(super) conflicts: Vec<SliceConflict>,
    pub(super) merger: Option<Outcome<Fix>>,
    pub(super) check: Option<Outcome<Evidence>>,
    pub(super) changed_meanwhile: Vec<String>,
}

impl Whole {
    /// Every slice and what became of it, in the order of the slices.
    pub fn items(&self) -> impl ExactSizeIterator<Item = (&Slice, &Part)> {
        self.parts.iter().map(|part| (&part.slice, part))
    }

    /// All that could be brought together, as one patch: empty when nothing could.
    pub fn patch(&self) -> &Patch {
        &self.patch
    }

    /// Why the parts could not be brought together, or nothing more be done to the whole: the disk was full, say. None as
    /// a rule. What was delivered is in its [part](Whole::items) all the same.
    pub fn left_apart(&self) -> Option<&Unfinished> {
        self.apart.as_ref()
    }

    /// What was delivered and is not in the patch, in slice order: none when everything fitted.
    pub fn conflicts(&self) -> &[SliceConflict] {
        &self.conflicts
    }

    /// How many slices of how many are in the whole. That a slice's file conflicts takes it not out of the count: see
    /// [`conflicts`](Whole::conflicts).
    pub fn coverage(&self) -> Coverage {
        let done = self.parts.iter().filter(|part| part.outcome.is_done()).count();
        let asked = self.parts.len();
        Coverage { done, asked }
    }

    /// What the merging worker reported, or why it did not; none when none was asked for or there was nothing to merge.
    /// Where it did not deliver, nothing that it did is in the patch.
    pub fn merger(&self) -> Option<&Outcome<Fix>> {
        self.merger.as_ref()
    }

    /// What the check of the whole showed, or why it was not run; none when none was asked for or there was nothing to
    /// check.
    pub fn check(&self) -> Option<&Outcome<Evidence>> {
        self.check.as_ref()
    }

    /// What is known of the whole by its check: [`Unverified`](Verdict::Unverified) where there was none. It is a word on
    /// what is in the patch, not on what is missing.
    pub fn verdict(&self) -> Verdict {
        match &self.check {
            Some(check) => Verdict::of(check, |evidence| evidence.verdict),
            None => Verdict::Unverified,
        }
    }

    /// Files that changed while readers of sections were at work, and that none of them is known to have changed:
    /// somebody saved them. Made plain.
    pub fn changed_meanwhile(&self) -> &[String] {
        &self.changed_meanwhile
    }

    /// The slices that are not in the whole, with the reasons.
    pub(super) fn missing(&self) -> Vec<Missing> {
        let missing = |part: &Part| match &part.outcome {
            Outcome::Done(_) => None,
            Outcome::Unfinished(why) => Some((part.slice.label.clone(), why.clone())),
        };
        let missing = self.parts.iter().filter_map(missing);
        missing.map(|(label, why)| Missing { label, why }).collect()
    }

    /// The one thing to do next.
    pub fn next_step(&self) -> String {
        let missing = self.missing();
        let refused = missing.iter().map(|missing| &missing.why);
        if let Some(refusal) = self.apart.iter().chain(refused).find_map(Unfinished::refusal) {
            return refusal.next_step();
        }
        if missing.len() == self.parts.len() {
            let rehearsed = missing.iter().all(|missing| {
                matches!(
                    missing.why,
                    Unfinished::NotStarted(orch_core::NotStarted::Rehearsal)
                )
            });
            return if rehearsed {
                "run it for real: this was a rehearsal, and no worker was started".to_owned()
            } else {
                "see why no worker delivered, and run it again: there is nothing to apply".to_owned()
            };
        }
        if let Some(Outcome::Done(evidence)) = &self.check
            && evidence.verdict == Verdict::Refuted
        {
            return format!(
                "see why {} fails on the whole, before anything is applied",
                evidence.command
            );
        }
        let open = self.conflicts.iter().find(|conflict| !conflict.taken_up);
        if let Some(SliceConflict { slice, path, .. }) = open {
            return format!(
                "settle what slice {} wanted of {}, by hand or by a merging worker",
                plain::line(slice, 200),
                path_line(path)
            );
        }
        if let Some(Outcome::Unfinished(why)) = &self.merger {
            return format!(
                "see why the merging worker did not deliver ({}): nobody made the parts consistent",
                plain::line(&why.to_string(), 300)
            );
        }
        if let [first, more @ ..] = missing.as_slice() {
            let and = if more.is_empty() {
                String::new()
            } else {
                format!(" and {} more", more.len())
            };
            return format!(
                "run slice {}{and} again, or go on without",
                plain::line(&first.label, 200)
            );
        }
        if self.patch.is_empty() {
            return "nothing: no file had to change".to_owned();
        }
        if self.check.is_some() && self.verdict() == Verdict::Unverified {
            return "find out why the check of the whole showed nothing, then apply the patch".to_owned();
        }
        "look at the patch, and apply it or put it on a branch".to_owned()
    }
}

impl Serialize for Whole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// The patch in its written form.
        struct Shown<'p>(&'p Patch);
        impl Serialize for Shown<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                patch_shown(self.0, serializer)
            }
        }
        let mut whole = serializer.serialize_struct("Whole", 7)?;
        whole.serialize_field("parts", &self.parts)?;
        whole.serialize_field("patch", &Shown(&self.patch))?;
        whole.serialize_field("conflicts", &self.conflicts)?;
        whole.serialize_field("merger", &self.merger)?;
        whole.serialize_field("check", &self.check)?;
        whole.serialize_field("changed_meanwhile", &self.changed_meanwhile)?;
        whole.serialize_field("next_step", &self.next_step())?;
        whole.end()
    }
}
