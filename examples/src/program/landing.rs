//! What is done with a patch.

use std::fmt;

use orch_patterns::split_merge::Whole;
use orch_patterns::{Outcome, Patch, Verdict, plain};
use serde::Serialize;

use super::Setting;

/// What was done with a patch: only shown, or brought into the work tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Landing {
    /// The files that it changes, made plain.
    pub files: Vec<String>,
    /// The diff, made plain.
    pub diff: String,
    /// Whether it is in the user's work tree now.
    pub applied: bool,
    /// Why it is not, when it was to be.
    pub failed: Option<String>,
    /// Whether it stands in a sample, which is gone when the program ends.
    pub in_sample: bool,
}

/// What speaks against bringing a whole into the work tree; none when everything was found good that was asked for.
/// A check that was asked for and did not confirm it speaks against it, also where it never ran.
pub fn against(whole: &Whole, is_complete: bool) -> Option<String> {
    let why = if !is_complete {
        "not every slice is in it"
    } else if !whole.conflicts().is_empty() {
        "it has conflicts"
    } else if matches!(whole.merger(), Some(Outcome::Unfinished(_))) {
        "the merging worker did not deliver"
    } else {
        match (whole.check(), whole.verdict()) {
            (None, _) | (Some(_), Verdict::Confirmed) => return None,
            (Some(Outcome::Unfinished(_)), _) => "the check of the whole was not run",
            (Some(_), Verdict::Refuted) => "the check of the whole failed",
            (Some(_), _) => "the check of the whole showed nothing",
        }
    };
    Some(why.to_owned())
}

impl Landing {
    /// Brings the patch of `whole` into the work tree when `apply` says so and nothing speaks `against` it.
    ///
    /// # Cancel safety
    /// As [`Patch::apply`].
    pub async fn of_whole(whole: &Whole, against: Option<&str>, setting: &Setting, apply: bool) -> Self {
        let mut landing = Self::of(whole.patch(), setting, apply && against.is_none()).await;
        if apply && let Some(why) = against {
            landing.failed = Some(why.to_owned());
        }
        landing
    }

    /// Brings `patch` into the work tree when `apply` says so, and tells what was done.
    ///
    /// # Cancel safety
    /// As [`Patch::apply`].
    pub async fn of(patch: &Patch, setting: &Setting, apply: bool) -> Self {
        let failed = if apply && !patch.is_empty() {
            let applied = patch.apply().await;
            applied.err().map(|error| plain::block(&error.to_string()))
        } else {
            None
        };
        let file = |path: &std::path::Path| plain::line(&path.to_string_lossy(), 300);
        Self {
            files: patch.files().map(file).collect(),
            diff: plain::block(patch.diff()),
            applied: apply && failed.is_none() && !patch.is_empty(),
            failed,
            in_sample: setting.is_sample(),
        }
    }
}

impl fmt::Display for Landing {
    /// The diff, and what was done with it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.files.is_empty() {
            return writeln!(f, "No file was changed.");
        }
        writeln!(f, "{}\n", self.diff.trim_end())?;
        let files = self.files.join(", ");
        match &self.failed {
            Some(why) => writeln!(f, "Not applied: {why}"),
            None if self.applied && self.in_sample => {
                writeln!(f, "Changed in the sample, which goes with this program: {files}")
            }
            None if self.applied => writeln!(f, "Changed in the work tree: {files}"),
            None if self.in_sample => writeln!(f, "Nothing was changed, not even in the sample."),
            None => writeln!(
                f,
                "Nothing was changed in the work tree; --apply brings in what holds: {files}"
            ),
        }
    }
}
