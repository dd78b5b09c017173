//! The pattern as it runs: apart, then together.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use orch_core::{Covered, Cx, Isolation, Needs, Pattern, Result};
use orch_prompts::{Artefact, Slices};

use super::conflict::path_lines;
use super::ownership::{Ownership, misuse};
use super::part::Part;
use super::pattern::SplitMerge;
use super::together::Together;
use super::whole::Whole;
use crate::combinator::{Branch, gather};

/// The label of this pattern on step keys.
const LABEL: &str = "split-merge";

#[async_trait]
impl Pattern for SplitMerge {
    type In = Slices;
    type Out = Covered<Whole>;

    async fn run(&self, cx: &Cx, slices: Slices) -> Result<Covered<Whole>> {
        let cx = cx.child(LABEL);
        let ownership = self.agreed(&cx, &slices)?;
        cx.meets(self)?;
        cx.publish(self.plan(&slices)).await?;
        cx.begin_step(0).await?;
        let slices = Arc::new(slices);
        let cx = based(&cx, &ownership).await?;

        cx.begin_step(1).await?;
        let parts = self.apart(&cx, &slices).await?;

        cx.begin_step(2).await?;
        let whole = self.together(&cx, ownership, parts).await?;
        cx.finish_plan().await?;
        let (done, missing) = (whole.coverage().done, whole.missing());
        Ok(Covered::new(whole, done, missing))
    }

    fn needs(&self, needs: &mut Needs) {
        self.lane.staff.needs("Slice", needs);
        if let Some(text) = &self.merge.text {
            text.splice.needs(needs);
        }
        if let Some(merger) = &self.merge.merger {
            merger.needs(needs);
        }
    }
}

impl SplitMerge {
    /// Whether it can be done as it was said.
    fn agreed(&self, cx: &Cx, slices: &Slices) -> Result<Ownership> {
        if self.at_most == 0 {
            return Err(misuse("it may work on 0 slices at once: allow at least one"));
        }
        if self.lane.isolation == Isolation::InPlace {
            return Err(misuse(
                "writers in place would leave half of the work in the user's tree: isolate them in a clone or a work tree",
            ));
        }
        Ownership::survey(cx, slices, &self.merge)
    }

    /// Every slice by its own worker. None is absent from what comes back.
    async fn apart(&self, cx: &Cx, slices: &Arc<Slices>) -> Result<Vec<Part>> {
        let lanes = cx.child("slice");
        let lanes: Vec<Cx> = slices.iter().map(|slice| lanes.child(&slice.label)).collect();
        let branches = slices.iter().zip(&lanes);
        let branches =
            branches.map(|(slice, lane)| Branch::new(&slice.label, self.lane.run(lane, slice, slices)));
        let gathered = gather(branches.collect(), self.at_most).await?;
        Ok(gathered.done.into_iter().map(|(_, part)| part).collect())
    }

    /// The closing part, on what there is.
    async fn together(&self, cx: &Cx, ownership: Ownership, parts: Vec<Part>) -> Result<Whole> {
        let closing = cx.closing_step().child("merge");
        let mut together = Together::bring(&closing, ownership, &self.merge, &parts).await?;
        let anything = parts.iter().any(|part| part.outcome.is_done());
        let mut step = 3;
        if let Some(merger) = &self.merge.merger {
            if anything {
                cx.begin_step(step).await?;
                together = together.made_consistent(merger, &parts).await?;
            }
            step += 1;
        }
        let mut check = None;
        if let Some(whole) = self.check_whole.as_ref().filter(|_| anything) {
            cx.begin_step(step).await?;
            check = Some(together.checked(whole).await?);
        }
        let changed_meanwhile = cx.changed_meanwhile();
        Ok(Whole {
            parts,
            apart: together.apart().cloned(),
            patch: Arc::new(together.patch),
            conflicts: together.conflicts,
            merger: together.merger,
            check,
            changed_meanwhile: path_lines(changed_meanwhile.iter().map(PathBuf::as_path)),
        })
    }
}

/// Fixes what the slices hold as the base. What is not there yet may be a slice all the same.
async fn based(cx: &Cx, ownership: &Ownership) -> Result<Cx> {
    let mut there = ownership.named();
    there.retain(|path| cx.work_tree().join(path).exists());
    if there.is_empty() {
        return Ok(cx.clone());
    }
    let (cx, _) = cx.look_at(&Artefact::paths(there)).await?;
    Ok(cx)
}
