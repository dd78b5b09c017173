//! What a worker is told, as data. How it is laid out as text is in `render`.

use serde::{Deserialize, Serialize};

use crate::{Artefact, Lens, Material, Pack, Scope};

/// What a worker is told: task, scope, lens, context, and what to do, to hand back and to leave alone.
///
/// A brief is plain data. Equal briefs serialise to equal bytes, fields that say nothing are not written, and
/// no nonce is in it, so that its JSON is fit to be part of a step key.
///
/// Every line of it but the materials is taken as the orchestrator's own word. What another worker wrote
/// belongs in [`material`](Brief::material), or in an artefact's text: there it is fenced.
///
/// ```
/// use orch_prompts::{Brief, Nonce, Pack, Scope};
///
/// let brief = Brief::new("Make retries honour Retry-After.")
///     .scope(Scope::write(["net/src"]))
///     .pack(Pack::new("a 429 is retried no earlier than the server says").success("cargo test -p net"))
///     .instruct("Change the smallest number of lines that does it.")
///     .output("One paragraph: what changed, and how you checked it.")
///     .forbid("Change the public interface.");
/// let prompt = brief.render(&Nonce::from_bytes([7; 16]));
/// assert!(prompt.contains("\nDO NOT\n- Change the public interface.\n"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[must_use]
pub struct Brief {
    task: String,
    #[serde(default)]
    scope: Scope,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    web: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lens: Option<Lens>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pack: Option<Pack>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    artefact: Option<Artefact>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    materials: Vec<Material>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    instructions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    outputs: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    prohibitions: Vec<String>,
}

impl Brief {
    /// A read-only brief with a task and nothing else.
    pub fn new(task: impl Into<String>) -> Self {
        Self {
            task: task.into(),
            scope: Scope::ReadOnly,
            web: false,
            lens: None,
            pack: None,
            artefact: None,
            materials: Vec::new(),
            instructions: Vec::new(),
            outputs: Vec::new(),
            prohibitions: Vec::new(),
        }
    }

    /// Says what may be changed; read-only when nothing is said.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Lets the worker search the web. An agent that has no search is not started then.
    pub fn web(mut self) -> Self {
        self.web = true;
        self
    }

    /// Gives the worker a point of view.
    pub fn lens(mut self, lens: Lens) -> Self {
        self.lens = Some(lens);
        self
    }

    /// Gives the worker its context pack.
    pub fn pack(mut self, pack: Pack) -> Self {
        self.pack = Some(pack);
        self
    }

    /// Says what to look at.
    pub fn artefact(mut self, artefact: Artefact) -> Self {
        self.artefact = Some(artefact);
        self
    }

    /// Adds text that is data; it is shown in a fence, after all else.
    pub fn material(mut self, material: Material) -> Self {
        self.materials.push(material);
        self
    }

    /// Adds a line under DO.
    pub fn instruct(mut self, line: impl Into<String>) -> Self {
        self.instructions.push(line.into());
        self
    }

    /// Adds a line under OUTPUT.
    pub fn output(mut self, line: impl Into<String>) -> Self {
        self.outputs.push(line.into());
        self
    }

    /// Adds a line under DO NOT.
    pub fn forbid(mut self, line: impl Into<String>) -> Self {
        self.prohibitions.push(line.into());
        self
    }

    /// The task.
    pub fn task(&self) -> &str {
        &self.task
    }

    /// What may be changed.
    pub fn scope_ref(&self) -> &Scope {
        &self.scope
    }

    /// Whether the worker may search the web.
    pub fn searches_web(&self) -> bool {
        self.web
    }

    /// The point of view, where there is one.
    pub fn lens_ref(&self) -> Option<&Lens> {
        self.lens.as_ref()
    }

    /// The context pack, where there is one.
    pub fn pack_ref(&self) -> Option<&Pack> {
        self.pack.as_ref()
    }

    /// What to look at, where it was said.
    pub fn artefact_ref(&self) -> Option<&Artefact> {
        self.artefact.as_ref()
    }

    /// The materials, in the order in which they were added.
    pub fn materials(&self) -> &[Material] {
        &self.materials
    }

    /// The lines under DO.
    pub fn instructions(&self) -> &[String] {
        &self.instructions
    }

    /// The lines under OUTPUT.
    pub fn outputs(&self) -> &[String] {
        &self.outputs
    }

    /// The lines under DO NOT.
    pub fn prohibitions(&self) -> &[String] {
        &self.prohibitions
    }
}
