//! The synthesis by a worker. What its answer must hold is said in its brief; the sources it may cite are checked by the
//! pattern, whoever made it.

use async_trait::async_trait;
use orch_core::{Cx, Error, Limits, Needs, Pattern, Result, Worker};
use orch_prompts::{Brief, Material, synthesiser};

use super::Researched;
use crate::deliverable::Synthesis;
use crate::staff::Staff;

/// A worker that makes the synthesis: what a [`Research`](crate::Research) uses unless told otherwise.
///
/// It is asked once more, with what was wrong, when its answer has fewer points than the notes would give, or more than
/// ten. When the second answer does not come, the first one stands.
#[derive(Debug, Clone, Default)]
#[must_use = "a synthesiser does nothing until a research runs it"]
pub struct Synthesiser {
    staff: Staff,
}

/// What the worker gets: the notes, and what was wrong with its answer before.
type Asked = (Researched, Option<String>);

impl Synthesiser {
    /// A synthesis by the orchestrator's first agent.
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

    /// Sets the worker's own limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.staff.limits = Some(limits);
        self
    }

    fn worker(&self) -> Worker<Asked, Synthesis> {
        self.staff.hire(Worker::new(brief_for), "Synthesise")
    }
}

#[async_trait]
impl Pattern for Synthesiser {
    type In = Researched;
    type Out = Synthesis;

    async fn run(&self, cx: &Cx, researched: Researched) -> Result<Synthesis> {
        let claims = researched.claims();
        let mut asked = (researched, None);
        let first = self.worker().run(cx, asked.clone()).await?;
        asked.1 = first.complaint(claims);
        if asked.1.is_none() {
            return Ok(first);
        }
        match self.worker().run(&cx.child("again"), asked).await {
            Ok(second) => Ok(second),
            Err(Error::Unfinished(_)) => Ok(first),
            Err(halt) => Err(halt),
        }
    }

    fn needs(&self, needs: &mut Needs) {
        needs.worker(&self.worker());
    }
}

fn brief_for((researched, complaint): &Asked) -> Brief {
    let missing = researched.notes.missing().iter().map(|missing| &missing.label);
    let notes = researched.notes.clone().accept_partial();
    let mut materials: Vec<Material> = notes
        .into_iter()
        .map(|angled| {
            let label = format!("notes from the angle \"{}\"", angled.angle);
            Material::new(label, "a researcher", angled.notes.to_string())
        })
        .collect();
    materials.push(Material::new(
        "all sources, each once",
        "the researchers, collected by the orchestrator",
        researched.sources.to_string(),
    ));
    let topic = &researched.topic;
    let mut brief = topic.told(synthesiser(&topic.question, materials, missing));
    if let Some(style) = researched.style {
        brief = brief.style(style);
    }
    match complaint {
        None => brief,
        Some(complaint) => brief.instruct(format!(
            "Another synthesis of these notes was not to the contract: {complaint}. Make one that is."
        )),
    }
}
