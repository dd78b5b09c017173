//! What happens before anybody writes: who is asked, what their notes come to, and who agrees.

use std::sync::Arc;

use orch_core::{Covered, Cx, Halt, Missing, Result};
use orch_prompts::{Pack, PackChoice, Skipped};

use super::{ContextPack, Scouted, Task};
use crate::combinator::{Branch, Gathered, Revise as _, gather};
use crate::delivery::Assignment;

/// What has to hold of work that was done by a pack, beside the task itself.
const BY_THE_PACK: &str = "The goal of the context pack under MATERIAL is reached as its success check shows, where it \
                           has one; its non-goals are left alone and its constraints are respected.";

/// What becomes of the task before anybody writes.
pub(super) struct Prepared {
    pub(super) task: Task,
    pub(super) pack: Option<Pack>,
    pub(super) skipped: Option<Skipped>,
    pub(super) delivered: usize,
    pub(super) missing: Vec<Missing>,
}

impl Prepared {
    pub(super) fn assignment(&self) -> Assignment {
        let task = &self.task;
        let mut assignment = Assignment::new(task.goal()).own(task.beside());
        assignment.check.clone_from(&task.own.success_check);
        assignment.artefact.clone_from(&task.about);
        match &self.pack {
            Some(pack) => {
                let holds = format!("{}\n{BY_THE_PACK}", assignment.holds);
                assignment
                    .holds(holds)
                    .fenced_pack(pack.clone(), "condensed from what scouts found")
            }
            None => assignment,
        }
    }
}

impl ContextPack {
    /// Scouts, condenses and has it approved, or takes the task as it is where the rule says so.
    pub(super) async fn prepare(&self, cx: &Cx, task: Task) -> Result<Prepared> {
        Ok(match self.rule.decide(&task.size) {
            PackChoice::Worth => {
                let scouted = self.scout(cx, &task).await?;
                let (delivered, missing) = (scouted.notes.coverage().done, scouted.notes.missing().to_vec());
                cx.begin_step(1).await?;
                let pack = Some(Arc::unwrap_or_clone(self.agreed(cx, scouted).await?));
                cx.begin_step(2).await?;
                Prepared {
                    task,
                    pack,
                    skipped: None,
                    delivered,
                    missing,
                }
            }
            PackChoice::Skipped(why) => {
                let task = self.agreed_task(task).await?;
                cx.begin_step(1).await?;
                Prepared {
                    task,
                    pack: None,
                    skipped: Some(why),
                    delivered: 0,
                    missing: Vec::new(),
                }
            }
        })
    }

    /// What cannot be right, before anything is started.
    pub(super) fn fit(&self, task: &Task) -> Result<()> {
        self.delivering().fit("context pack")?;
        let misuse = |why: String| Err(Halt::Misuse(why).into());
        if task.goal().trim().is_empty() {
            return misuse(
                "task of the context pack has no goal: say what is to be true in the end".to_owned(),
            );
        }
        if !self.rule.decide(&task.size).is_worth() {
            return Ok(());
        }
        if self.scouts.is_empty() {
            return misuse(
                "context pack has no scout: give it at least one question, or skip it with `PackRule::never()`".to_owned(),
            );
        }
        for (index, scout) in self.scouts.iter().enumerate() {
            let name = scout.name();
            if name.is_empty() {
                return misuse(
                    "context pack has a scout without a question: say what it looks for".to_owned(),
                );
            }
            if self.scouts[..index].iter().any(|other| other.name() == name) {
                return misuse(format!("context pack has two scouts for one question: {name}"));
            }
        }
        Ok(())
    }

    async fn scout(&self, cx: &Cx, task: &Task) -> Result<Scouted> {
        let lanes: Vec<Cx> = self
            .scouts
            .iter()
            .map(|scout| cx.child("scout").child(scout.name()))
            .collect();
        let mut branches = Vec::with_capacity(lanes.len());
        for (scout, lane) in self.scouts.iter().zip(&lanes) {
            branches.push(Branch::new(scout.name(), lane.read(&scout.worker(), task)));
        }
        let Gathered { done, missing } = gather(branches, self.scouts.len()).await?;
        let question = |index: &usize| self.scouts[*index].question().to_owned();
        let questions = done.iter().map(|(index, _)| question(index)).collect();
        let notes: Vec<_> = done.into_iter().map(|(_, notes)| notes).collect();
        let count = notes.len();
        let notes = Covered::new(notes, count, missing);
        notes.clone().require(self.quorum)?;
        Ok(Scouted::new(task.clone(), notes, questions))
    }

    /// Condenses until whoever decides is content.
    async fn agreed(&self, cx: &Cx, mut scouted: Scouted) -> Result<Arc<Pack>> {
        let mut lane = cx.clone();
        let mut revisions = 0;
        loop {
            let condensed = self
                .condense
                .run(&lane.child("condense"), scouted.clone())
                .await?;
            let pack = Arc::new(condensed);
            let Some(note) = self.approval.note(&pack, revisions).await? else {
                return Ok(pack);
            };
            revisions += 1;
            scouted = scouted.revised(&note, pack);
            lane = cx.child(format!("revision {revisions}"));
        }
    }

    /// The task without a pack, as whoever decides wants it.
    async fn agreed_task(&self, mut task: Task) -> Result<Task> {
        let mut revisions = 0;
        while let Some(note) = self.approval.note(&Arc::new(task.own.clone()), revisions).await? {
            revisions += 1;
            task = task.revise(&note);
        }
        Ok(task)
    }
}
