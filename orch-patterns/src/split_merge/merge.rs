//! How the slices' results become one: by code, by code and a worker, or by the program's own pattern.

use std::path::PathBuf;
use std::sync::Arc;

use crate::staff::Staff;
use orch_core::{Limits, Needs, Pattern, Worker, Writer};
use orch_prompts::{Material, Slice, merger};

use super::splice::InOrder;
use crate::deliverable::{Fix, Section};

/// Makes one text of the sections that were delivered, in slice order.
pub(super) type Splice = dyn Pattern<In = Vec<(Slice, Section)>, Out = String>;

/// How the slices' results become one. By default patches are brought together in slice order, as by git.
///
/// ```
/// use orch_patterns::split_merge::{Merge, Merger};
///
/// let code = Merge::git().worker(Merger::new("Port the workspace to edition 2024."));
/// let chapter = Merge::text("docs/guide.md");
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a merge does nothing until a split-merge has it"]
pub struct Merge {
    pub(super) text: Option<Text>,
    pub(super) merger: Option<Merger>,
}

/// Where the sections go, and how they become one text.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) path: PathBuf,
    pub(super) splice: Arc<Splice>,
}

impl Merge {
    /// Patches alone, brought together in slice order: files that the user changed meanwhile are merged line by line.
    pub fn git() -> Self {
        Self::default()
    }

    /// Sections become the file `path`, relative to the work tree, in slice order with one blank line between; what
    /// stands in the file is replaced. Patches of other slices are brought together as by [`Merge::git`].
    ///
    /// A section that is missing is missing in the file: see who is, before the patch is applied.
    pub fn text(path: impl Into<PathBuf>) -> Self {
        let text = Text {
            path: path.into(),
            splice: Arc::new(InOrder),
        };
        Self {
            text: Some(text),
            merger: None,
        }
    }

    /// Lets `splice` make the text of the sections: a [`step`](crate::step()) of your own, or a worker. It gets those
    /// that were delivered, in slice order. It changes nothing where no text was asked for.
    pub fn splice(
        mut self,
        splice: impl Pattern<In = Vec<(Slice, Section)>, Out = String> + 'static,
    ) -> Self {
        if let Some(text) = &mut self.text {
            text.splice = Arc::new(splice);
        }
        self
    }

    /// Lets one more worker make the parts consistent, after they were brought together by code. It may write all
    /// paths of the slices, and is told the workers' reports and the conflicts, inside fences.
    pub fn worker(mut self, merger: impl Into<Merger>) -> Self {
        self.merger = Some(merger.into());
        self
    }
}

/// The worker that makes the parts one whole, after they were brought together.
#[derive(Debug, Clone)]
#[must_use = "a merger does nothing until a merge has it"]
pub struct Merger {
    task: String,
    staff: Staff,
}

/// What a merger gets to see and may write.
#[derive(Debug)]
pub(super) struct Merging {
    pub(super) materials: Vec<Material>,
    pub(super) paths: Vec<PathBuf>,
}

impl Merger {
    /// A merger of work that was done for `task`, in the orchestrator's own words.
    pub fn new(task: impl Into<String>) -> Self {
        Self {
            task: task.into(),
            staff: Staff::default(),
        }
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

    pub(super) fn writer(&self, merging: &Merging) -> Worker<Merging, Fix, Writer> {
        let task = self.task.clone();
        let worker = Worker::new(move |merging: &Merging| {
            merger(&task, merging.materials.iter().cloned(), &merging.paths)
        });
        self.staff.hire(worker, "Merge").writes(&merging.paths)
    }

    /// Says whom it names.
    pub(super) fn needs(&self, needs: &mut Needs) {
        self.staff.needs("Merge", needs);
    }
}

impl From<&str> for Merger {
    fn from(task: &str) -> Self {
        Self::new(task)
    }
}

impl From<String> for Merger {
    fn from(task: String) -> Self {
        Self::new(task)
    }
}
