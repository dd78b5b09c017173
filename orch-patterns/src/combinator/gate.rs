//! Somebody's word between a pattern's output and what comes next.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use orch_core::{Cx, Error, Halt, Needs, Pattern, Result, plain};
use orch_prompts::Pack;

/// What a gate says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Go on with it.
    Approve,
    /// Do it again, with this note.
    Revise(String),
    /// Do not go on, for this reason. It ends the run.
    Reject(String),
}

impl Decision {
    /// Do it again, with this note.
    pub fn revise(note: impl Into<String>) -> Self {
        Self::Revise(note.into())
    }

    /// Do not go on, for this reason. It ends the run.
    pub fn reject(why: impl Into<String>) -> Self {
        Self::Reject(why.into())
    }
}

/// An input that takes a note on what came of it.
///
/// The note becomes words of the orchestrator's. Where it may come from another worker, implement this for an input of
/// your own that keeps notes apart, and put them into the brief as a [`Material`](orch_prompts::Material).
#[diagnostic::on_unimplemented(
    message = "a gate cannot give a note to `{Self}`",
    label = "this input takes no note for a revision",
    note = "implement `Revise` for an input type of your own that holds `{Self}` and its notes",
    note = "where there is nothing to revise, decide in a `step` that returns `Halt::Rejected`, put after the pattern with `then`"
)]
pub trait Revise {
    /// The input with the note added; those of earlier revisions stay.
    fn revise(self, note: &str) -> Self;
}

impl Revise for String {
    /// Adds a paragraph.
    fn revise(self, note: &str) -> Self {
        format!("{self}\n\nRevise: {note}")
    }
}

impl Revise for Pack {
    /// Adds a constraint.
    fn revise(self, note: &str) -> Self {
        self.constraint(note)
    }
}

/// How often a gate may ask for a revision unless set.
const REVISIONS: usize = 3;

/// The pattern, and somebody's decision on its output. See [`PatternExt::gate`](crate::PatternExt::gate).
///
/// When to use it: before something that is dear or cannot be taken back: a person who looks at the approach, a rule, a
/// judging worker. Where there is nothing to revise, a [`step`](crate::step()) that returns
/// [`Halt::Rejected`] is gate enough.
///
/// ```
/// use std::sync::Arc;
/// use orch_patterns::prelude::*;
///
/// let plan: Worker<String, String> = Worker::new(|task: &String| Brief::new(format!("Plan this: {task}")));
/// let agreed = plan.gate(|_cx: Cx, plan: Arc<String>| async move {
///     Ok(if plan.contains("rm -rf") {
///         Decision::reject("it deletes")
///     } else if plan.lines().count() > 20 {
///         Decision::revise("Make it shorter.")
///     } else {
///         Decision::Approve
///     })
/// });
/// ```
///
/// - **Step keys**: the first attempt's are those of the pattern alone, so that adding a gate changes no finished work;
///   the revisions stand under `revision 1`, `revision 2` and so on. What the gate itself reads stands under `gate`
///   beneath each. A decision is not stored: a run that is taken up again asks the gate again.
/// - **Failure**: a rejection is [`Halt::Rejected`]: nothing retries it or falls back from it. A gate that still asks
///   for changes when there are no more revisions makes the pattern unfinished, and so does a gate that fails itself.
///   Unfinished is what [`fallback`](crate::PatternExt::fallback) acts on: a way behind it runs though nobody approved
///   of it. Gate the other way too, or reject.
/// - **Cancel**: dropping it cancels the pattern, or the gate that decides.
/// - **Cost**: the workers of the pattern, and of the gate, for the first attempt and each revision.
#[derive(Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Gate<P, F> {
    inner: P,
    decide: F,
    revisions: usize,
}

impl<P, F> Gate<P, F> {
    pub(crate) fn new(inner: P, decide: F) -> Self {
        Self {
            inner,
            decide,
            revisions: REVISIONS,
        }
    }

    /// Sets how often the gate may ask for a revision; 3 unless set.
    pub fn revisions(mut self, at_most: usize) -> Self {
        self.revisions = at_most;
        self
    }
}

#[async_trait]
impl<P, F, Fut> Pattern for Gate<P, F>
where
    P: Pattern,
    P::In: Clone + Revise,
    P::Out: Clone + Sync,
    F: Fn(Cx, Arc<P::Out>) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Decision>> + Send,
{
    type In = P::In;
    type Out = P::Out;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<P::Out> {
        let mut input = input;
        let mut lane = cx.clone();
        let mut revision = 0;
        loop {
            let output = Arc::new(self.inner.run(&lane, input.clone()).await?);
            let note = match (self.decide)(lane.child("gate"), Arc::clone(&output)).await? {
                Decision::Approve => return Ok(Arc::unwrap_or_clone(output)),
                Decision::Reject(why) => return Err(Halt::Rejected(plain::block(&why)).into()),
                Decision::Revise(note) => note,
            };
            if revision == self.revisions {
                return Err(Error::failed(format!(
                    "gate still asks for changes after {revision} revisions: {note}; allow more revisions, or decide otherwise"
                )));
            }
            revision += 1;
            input = input.revise(&note);
            lane = cx.child(format!("revision {revision}"));
        }
    }

    fn needs(&self, needs: &mut Needs) {
        self.inner.needs(needs);
    }
}

impl<P: fmt::Debug, F> fmt::Debug for Gate<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("inner", &self.inner)
            .field("revisions", &self.revisions)
            .finish_non_exhaustive()
    }
}
