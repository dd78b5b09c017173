//! The closing part: one desk over everything that was handed out, where the parts become one.
//!
//! It works on what there is. What of a part cannot be brought in is a conflict, and leaves the file as the user has it.

use orch_core::{Check, Cx, Desk, Evidence, Isolation, Outcome, Patch, Result, Unfinished, plain};
use orch_prompts::{Material, Slice};

use super::conflict::SliceConflict;
use super::lane::{checked, outcome_of};
use super::merge::{Merge, Merger, Merging, Text};
use super::ownership::Ownership;
use super::part::{Part, Report};
use crate::deliverable::{Fix, Section};

/// The parts at one desk.
pub(super) struct Together {
    cx: Cx,
    ownership: Ownership,
    /// Where they are; or why there is no such place.
    desk: Outcome<Desk>,
    pub(super) patch: Patch,
    pub(super) conflicts: Vec<SliceConflict>,
    pub(super) merger: Option<Outcome<Fix>>,
}

impl Together {
    /// Brings the parts together by code, in their order.
    pub(super) async fn bring(cx: &Cx, ownership: Ownership, merge: &Merge, parts: &[Part]) -> Result<Self> {
        let mut desk = match outcome_of(take(cx, &ownership).await)? {
            Outcome::Done(desk) => desk,
            Outcome::Unfinished(why) => return Self::left_apart(cx, ownership, merge, parts, why),
        };
        let mut conflicts = Vec::new();
        for part in parts.iter().filter(|part| part.outcome.is_done()) {
            if let Some(patch) = &part.patch {
                conflicts.extend(brought(&mut desk, part, patch).await?);
            }
        }
        if let Some(text) = &merge.text {
            conflicts.extend(spliced(cx, &mut desk, text, parts).await?);
        }
        let patch = match outcome_of(desk.patch().await)? {
            Outcome::Done(patch) => patch,
            Outcome::Unfinished(why) => return Self::left_apart(cx, ownership, merge, parts, why),
        };
        Ok(Self {
            cx: cx.clone(),
            ownership,
            desk: Outcome::Done(desk),
            patch,
            conflicts,
            merger: None,
        })
    }

    /// There was no place to bring them together at. What was delivered is in its part, and nothing of it in the patch.
    fn left_apart(
        cx: &Cx,
        ownership: Ownership,
        merge: &Merge,
        parts: &[Part],
        why: Unfinished,
    ) -> Result<Self> {
        let patch = cx.desk(ownership.named()).nothing()?;
        let mut conflicts = Vec::new();
        for part in parts.iter().filter(|part| part.outcome.is_done()) {
            let slice = &part.slice.label;
            let text = merge.text.as_ref().filter(|_| part.slice.is_section());
            let files = part.patch.iter().flat_map(|patch| patch.files());
            let files = files.chain(text.map(|text| text.path.as_path()));
            conflicts.extend(files.map(|file| SliceConflict::new(slice, file, &why)));
        }
        Ok(Self {
            cx: cx.clone(),
            ownership,
            desk: Outcome::Unfinished(why),
            patch,
            conflicts,
            merger: None,
        })
    }

    /// Why the parts could not be brought together, or nothing more be done to them there.
    pub(super) fn apart(&self) -> Option<&Unfinished> {
        match &self.desk {
            Outcome::Done(_) => None,
            Outcome::Unfinished(why) => Some(why),
        }
    }

    /// Lets one more worker make the parts one whole. Where it does not deliver, the whole stays as code made it.
    pub(super) async fn made_consistent(mut self, merger: &Merger, parts: &[Part]) -> Result<Self> {
        let merging = Merging {
            materials: materials(parts, &self.conflicts),
            paths: self.ownership.named(),
        };
        let mut desk = match self.desk {
            Outcome::Done(desk) => desk,
            Outcome::Unfinished(why) => {
                self.merger = Some(Outcome::Unfinished(why.clone()));
                self.desk = Outcome::Unfinished(why);
                return Ok(self);
            }
        };
        let mut report = outcome_of(desk.write(&merger.writer(&merging), &merging).await)?;
        if report.is_done() {
            match outcome_of(desk.patch().await)? {
                Outcome::Done(patch) => self.patch = patch,
                // What it did cannot be had: the whole is what it was before.
                Outcome::Unfinished(why) => report = Outcome::Unfinished(why),
            }
        }
        self.desk = if report.is_done() {
            for conflict in &mut self.conflicts {
                conflict.taken_up = self.patch.files().any(|file| file == conflict.path);
            }
            Outcome::Done(desk)
        } else {
            // What it left half done is at its desk: another one has the patch from before.
            drop(desk);
            let (cx, ownership) = (&self.cx, &self.ownership);
            outcome_of(brought_again(cx, ownership, &mut self.patch, &mut self.conflicts).await)?
        };
        self.merger = Some(report);
        Ok(self)
    }

    /// Runs the check of the whole, on what would be applied.
    pub(super) async fn checked(&mut self, check: &Check) -> Result<Outcome<Evidence>> {
        match &mut self.desk {
            Outcome::Done(desk) => outcome_of(checked(desk, &self.patch, check).await),
            Outcome::Unfinished(why) => Ok(Outcome::Unfinished(why.clone())),
        }
    }
}

async fn take(cx: &Cx, ownership: &Ownership) -> Result<Desk> {
    cx.desk(ownership.named()).isolation(Isolation::Clone).await
}

/// A fresh desk with the whole as it was brought together before.
async fn brought_again(
    cx: &Cx,
    ownership: &Ownership,
    patch: &mut Patch,
    conflicts: &mut Vec<SliceConflict>,
) -> Result<Desk> {
    let mut desk = take(cx, ownership).await?;
    let left = desk.bring(patch).await?;
    let again = desk.patch().await?;
    let left = left
        .iter()
        .map(|conflict| SliceConflict::new("the whole", &conflict.path, &conflict.why));
    conflicts.extend(left);
    *patch = again;
    Ok(desk)
}

/// Brings one part's patch to the desk; what cannot be is returned.
async fn brought(desk: &mut Desk, part: &Part, patch: &Patch) -> Result<Vec<SliceConflict>> {
    let slice = &part.slice.label;
    Ok(match outcome_of(desk.bring(patch).await)? {
        Outcome::Done(conflicts) => conflicts
            .iter()
            .map(|conflict| SliceConflict::new(slice, &conflict.path, &conflict.why))
            .collect(),
        // Nothing of it is there.
        Outcome::Unfinished(why) => patch
            .files()
            .map(|file| SliceConflict::new(slice, file, &why))
            .collect(),
    })
}

/// Splices the sections that were delivered into their file.
async fn spliced(cx: &Cx, desk: &mut Desk, text: &Text, parts: &[Part]) -> Result<Vec<SliceConflict>> {
    let sections: Vec<(Slice, Section)> = parts
        .iter()
        .filter_map(|part| match &part.outcome {
            Outcome::Done(Report::Section(section)) => Some((part.slice.clone(), section.clone())),
            _ => None,
        })
        .collect();
    if sections.is_empty() {
        return Ok(Vec::new());
    }
    let labels: Vec<String> = sections.iter().map(|(slice, _)| slice.label.clone()).collect();
    let splicing = async {
        let whole = text.splice.run(&cx.child("splice"), sections).await?;
        desk.put(&text.path, whole).await
    };
    let Outcome::Unfinished(why) = outcome_of(splicing.await)? else {
        return Ok(Vec::new());
    };
    let conflict = |label: &String| SliceConflict::new(label, &text.path, &why);
    Ok(labels.iter().map(conflict).collect())
}

/// What the merging worker gets to see: other workers' words, each with who said it.
fn materials(parts: &[Part], conflicts: &[SliceConflict]) -> Vec<Material> {
    let mut materials = Vec::new();
    let mut missing = Vec::new();
    for part in parts {
        let label = plain::line(&part.slice.label, 200);
        let who = format!("the worker of slice {label}");
        match &part.outcome {
            Outcome::Done(Report::Fix(fix)) => {
                materials.push(Material::new(
                    format!("report on slice {label}"),
                    who,
                    fix.to_string(),
                ));
            }
            Outcome::Done(Report::Section(section)) => {
                let left_open: Vec<String> = section
                    .left_open
                    .iter()
                    .map(|line| format!("- {line}\n"))
                    .collect();
                if !left_open.is_empty() {
                    let what = format!("left open in section {label}");
                    materials.push(Material::new(what, who, left_open.concat()));
                }
            }
            Outcome::Unfinished(why) => {
                missing.push(format!("- {label}: {}\n", plain::line(&why.to_string(), 300)));
            }
        }
    }
    if !missing.is_empty() {
        let what = "slices that are missing: nothing of theirs is here";
        materials.push(Material::new(what, "the orchestrator", missing.concat()));
    }
    if conflicts.is_empty() {
        return materials;
    }
    let list: Vec<String> = conflicts
        .iter()
        .map(|conflict| format!("- {conflict}\n"))
        .collect();
    let what =
        "conflicts: these files are as they were before the slice was worked on, or as others changed them";
    materials.push(Material::new(
        what,
        "the orchestrator, while merging",
        list.concat(),
    ));
    for part in parts {
        let conflicted = conflicts
            .iter()
            .any(|conflict| conflict.slice == part.slice.label);
        if let Some(patch) = part.patch.as_ref().filter(|_| conflicted) {
            let label = plain::line(&part.slice.label, 200);
            materials.push(Material::new(
                format!("what the worker of slice {label} changed, conflicts included"),
                format!("the worker of slice {label}"),
                patch.diff(),
            ));
        }
    }
    materials
}
