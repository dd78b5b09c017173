//! A pack out of scouts' notes by a worker, who also chooses the approach.

use async_trait::async_trait;
use orch_core::{Cx, Limits, Needs, Pattern, Result, Worker, plain};
use orch_prompts::{Brief, Material, Pack, condenser};

use super::Scouted;
use crate::deliverable::Condensed;
use crate::staff::Staff;

/// Condenses by a worker: one that reads, weighs the notes against each other, and chooses the approach. For
/// [`ContextPack::condense`](crate::ContextPack::condense).
///
/// The task's own success check stays, whatever the worker says.
#[derive(Debug, Clone, Default)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct PackByWorker {
    staff: Staff,
}

impl PackByWorker {
    /// A condenser, done by the orchestrator's first agent.
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses the agent by name.
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.staff.agent = Some(name.into());
        self
    }

    /// Chooses the model, in the agent's own words.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.staff.model = Some(model.into());
        self
    }

    /// Sets its own limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.staff.limits = Some(limits);
        self
    }

    /// The worker that it is.
    pub fn worker(&self) -> Worker<Scouted, Condensed> {
        self.staff.hire(Worker::new(brief_for), "Condense")
    }
}

#[async_trait]
impl Pattern for PackByWorker {
    type In = Scouted;
    type Out = Pack;

    async fn run(&self, cx: &Cx, scouted: Scouted) -> Result<Pack> {
        let own = scouted.task.own.success_check.clone();
        let mut pack = Pack::from(self.worker().run(cx, scouted).await?);
        if own.is_some() {
            pack.success_check = own;
        }
        Ok(pack)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.worker(&self.worker());
    }
}

fn brief_for(scouted: &Scouted) -> Brief {
    let notes = scouted.notes.clone().accept_partial();
    let label = |question: &String| format!("notes on: {}", plain::line(question, 200));
    let labels = scouted.questions.iter().map(label);
    let materials = labels
        .zip(&notes)
        .map(|(label, notes)| Material::new(label, "a scout", notes.to_string()));
    let missing = scouted.notes.missing().iter().map(|missing| &missing.label);
    let mut brief = condenser(scouted.task.goal(), materials, missing).pack(scouted.task.beside());
    if let Some(before) = &scouted.before {
        brief = brief.material(before.to_material("a condenser, before"));
    }
    if let Some(note) = &scouted.note {
        brief = brief
            .material(Material::new("note on the pack", "whoever decides on the pack", note))
            .instruct(
                "This is a revision. The block \"context pack\" under MATERIAL is the pack as it was, and the last block says \
                 what whoever decides on it wants changed in it. Make the pack anew, with that change and as little other as \
                 can be.",
            );
    }
    brief
}
