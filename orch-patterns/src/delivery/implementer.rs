//! Who writes: the one worker of a delivery that may change anything, and only what it was given.
//!
//! What it is asked is the [`Assignment`]'s business; whether it did it, the verifier's.

use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use orch_core::{Cx, DeskRequest, Halt, Isolation, Limits, Result, Retry, Worker, Writer};
use orch_prompts::{Brief, Pack, implementer, implementer_of_findings};

use super::Assignment;
use crate::deliverable::Fix;
use crate::staff::Staff;

type BriefFor = Arc<dyn Fn(&Assignment) -> Brief + Send + Sync>;

/// The one writer of a [`Funnel`](crate::Funnel), a `ContextPack` or a loop of
/// [`Rounds`](super::Rounds): what it may change, where it stands, and who it is.
///
/// ```
/// use orch_patterns::{Implementer, Isolation, Retry};
///
/// let implementer = Implementer::new().writes(["net/src"]).isolation(Isolation::Clone).retry(Retry::transient(2));
/// ```
#[derive(Clone, Default)]
#[must_use = "an implementer does nothing until a pattern puts it to work"]
pub struct Implementer {
    paths: Vec<PathBuf>,
    isolation: Option<Isolation>,
    staff: Staff,
    brief: Option<BriefFor>,
}

impl Implementer {
    /// An implementer that may write nothing yet, done by the orchestrator's first agent.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says what it may change: these files, and everything beneath these folders, relative to the work tree. It has to be
    /// said; nothing that is looked at and nothing that a worker names is writable by itself.
    pub fn writes<P: Into<PathBuf>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.paths = paths.into_iter().map(Into::into).collect();
        self
    }

    /// Says where it stands. Without it the [desk](orch_core::Desk) chooses.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.isolation = Some(isolation);
        self
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

    /// Sets its own limits; they hold for each round.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.staff.limits = Some(limits);
        self
    }

    /// Names its role; `Implement` unless set. It is part of its step keys.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.staff.label = Some(label.into());
        self
    }

    /// Says when it is tried again after a failure.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.staff.retry = Some(retry);
        self
    }

    /// Makes its brief in your own way. Its scope is set to what it [writes](Self::writes), whatever the brief says; the
    /// findings, the pack and the complaint of the assignment are other workers' words and belong in a
    /// [`Material`](orch_prompts::Material).
    pub fn brief(mut self, brief: impl Fn(&Assignment) -> Brief + Send + Sync + 'static) -> Self {
        self.brief = Some(Arc::new(brief));
        self
    }

    /// What it may change.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// The worker that it is.
    pub fn worker(&self) -> Worker<Assignment, Fix, Writer> {
        let own = self.brief.clone();
        let paths = self.paths.clone();
        let worker = Worker::new(move |assignment: &Assignment| match &own {
            Some(brief) => brief(assignment),
            None => brief_for(assignment, &paths),
        });
        self.staff.hire(worker, "Implement").writes(self.paths.clone())
    }

    /// The desk of its paths, asked for at this handle.
    pub fn desk(&self, cx: &Cx) -> DeskRequest {
        let request = cx.desk(self.paths.iter().cloned());
        match self.isolation {
            Some(isolation) => request.isolation(isolation),
            None => request,
        }
    }

    /// What is wrong with it, before anything is started. What only the work tree can say, the desk says.
    pub(crate) fn fit(&self, pattern: &str) -> Result<()> {
        if self.paths.is_empty() {
            return Err(Halt::Misuse(format!(
                "implementer of {pattern} may write nothing: name its files and folders with `Implementer::writes`"
            ))
            .into());
        }
        match self.paths.iter().find(|path| !stays_inside(path)) {
            Some(path) => Err(Halt::Misuse(format!(
                "implementer of {pattern} cannot write {}: give paths relative to the work tree, without `..`",
                orch_core::plain::line(&path.to_string_lossy(), 200)
            ))
            .into()),
            None => Ok(()),
        }
    }
}

fn stays_inside(path: &Path) -> bool {
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    !path.as_os_str().is_empty() && path.components().all(inside)
}

fn brief_for(assignment: &Assignment, paths: &[PathBuf]) -> Brief {
    let paths = paths.iter().cloned();
    let mut brief = match &assignment.findings {
        Some(findings) => implementer_of_findings(findings.clone(), None, paths),
        None => implementer(&assignment.task, paths),
    };
    if let Some(artefact) = &assignment.artefact {
        brief = brief.artefact(artefact.clone());
    }
    if assignment.own != Pack::default() {
        brief = brief.pack(assignment.own.clone());
    }
    if let Some((pack, provenance)) = &assignment.pack {
        brief = brief.fenced_pack(pack, provenance);
    }
    match &assignment.complaint {
        Some(complaint) => brief.further_round(complaint.clone()),
        None => brief,
    }
}

impl fmt::Debug for Implementer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Implementer")
            .field("paths", &self.paths)
            .field("isolation", &self.isolation)
            .field("staff", &self.staff)
            .field("own_brief", &self.brief.is_some())
            .finish()
    }
}
