//! The pattern itself.

use std::sync::Arc;

use async_trait::async_trait;
use orch_core::{Covered, Cx, Needs, Pattern, Plan, Quorum, Result};
use orch_prompts::{Pack, PackChoice, PackRule};

use super::approval::Approval;
use super::prepare::Prepared;
use super::{Executed, PackByRule, Scout, Scouted, Task};
use crate::combinator::Decision;
use crate::delivery::{Implementer, Rounds, Verifier};

/// The label of this pattern on step keys.
const LABEL: &str = "context-pack";

/// How many rounds there are at most unless set.
const ROUNDS: usize = 3;

type Condensing = Arc<dyn Pattern<In = Scouted, Out = Pack>>;

/// Scout, condense, agree, implement, verify. See the [module](self::super).
///
/// ```no_run
/// use std::sync::Arc;
/// use orch_patterns::prelude::*;
/// use orch_patterns::PackByWorker;
///
/// # async fn ask(_: &orch_patterns::Pack) -> Decision { Decision::Approve }
/// # async fn program(orch: Orchestrator) -> Result<(), Box<dyn std::error::Error>> {
/// let fix = ContextPack::new()
///     .scouts(["Where is it decided when a retry happens?", "Which tests cover that?"])
///     .condense(PackByWorker::new())
///     .approve(|pack: Arc<orch_patterns::Pack>| async move { ask(&pack).await })
///     .implement(Implementer::new().writes(["net/src"]))
///     .verify(check("cargo", ["test", "-p", "net"]))
///     .rounds(2);
/// let done = orch.run(&fix, Task::new("Retries honour Retry-After.")).await?;
/// println!("{done}");
/// match done.verdict() {
///     Verdict::Confirmed => done.patch().apply().await?,
///     _ => drop(done.patch().branch("orch/retry").await?),
/// }
/// # Ok(())
/// # }
/// ```
///
/// - **Step keys**: a scout's stand under `context-pack`, `scout` and its question; the condenser's under `condense`, of a
///   revision under `revision 1` before that; the implementer's under `context-pack`, the verifying reader's under
///   `round 1`, `verify`.
/// - **Failure**: a dead scout is missing coverage, and the pack says so; too few of them, by
///   [`ContextPack::require`], make it unfinished before anybody writes. An implementer or verifier that fails is in the
///   result, which is unverified then. A rejection is [`Halt::Rejected`](orch_core::Halt::Rejected).
/// - **Cancel**: dropping it cancels what runs, whoever decides included, and gives the desk back.
/// - **Budget**: the verification is the closing step, so it has the budget's share for that.
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct ContextPack {
    pub(super) scouts: Vec<Scout>,
    pub(super) quorum: Quorum,
    pub(super) condense: Condensing,
    pub(super) approval: Approval,
    pub(super) implementer: Implementer,
    pub(super) verifier: Verifier,
    pub(super) rounds: usize,
    pub(super) rule: PackRule,
}

impl ContextPack {
    /// A context pack that is condensed by rule, approved by nobody, and verified by a reader. It has to be told what its
    /// scouts look for, and what the implementer may write.
    pub fn new() -> Self {
        Self {
            scouts: Vec::new(),
            quorum: Quorum::at_least(1),
            condense: Arc::new(PackByRule::new()),
            approval: Approval::default(),
            implementer: Implementer::new(),
            verifier: Verifier::reader().into(),
            rounds: ROUNDS,
            rule: PackRule::default(),
        }
    }

    /// Sends these scouts, or one for each of these questions, at once. Two or three good questions find more than ten.
    pub fn scouts(mut self, scouts: impl IntoIterator<Item = impl Into<Scout>>) -> Self {
        self.scouts = scouts.into_iter().map(Into::into).collect();
        self
    }

    /// How many scouts must deliver before it goes on; one unless set.
    pub fn require(mut self, quorum: Quorum) -> Self {
        self.quorum = quorum;
        self
    }

    /// Says how the notes become a pack: [`PackByRule`] unless set, [`PackByWorker`](super::PackByWorker), or your own.
    ///
    /// ```
    /// use orch_patterns::prelude::*;
    /// use orch_patterns::{Pack, Scouted};
    ///
    /// let pattern = ContextPack::new().condense(step(|_cx: Cx, scouted: Scouted| async move {
    ///     let notes = scouted.notes.require(Quorum::All)?;
    ///     let first = notes.iter().filter_map(|notes| notes.pointers.first());
    ///     Ok(first.fold(scouted.task.own, |pack: Pack, pointer| pack.pointer(pointer.to_string())))
    /// }));
    /// ```
    pub fn condense(mut self, condense: impl Pattern<In = Scouted, Out = Pack> + 'static) -> Self {
        self.condense = Arc::new(condense);
        self
    }

    /// Asks somebody before anybody writes: approved, condensed again with a note (at most 3 times), or rejected, which
    /// ends the run with [`Halt::Rejected`](orch_core::Halt::Rejected). Where the pack is skipped, the task itself is what
    /// is decided on, and a note becomes one of its constraints.
    ///
    /// A decision is not stored: a run that is taken up again asks again.
    pub fn approve<F, Fut>(mut self, decide: F) -> Self
    where
        F: Fn(Arc<Pack>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Decision> + Send + 'static,
    {
        self.approval = Approval::by(decide);
        self
    }

    /// Says who writes, and what.
    pub fn implement(mut self, implementer: Implementer) -> Self {
        self.implementer = implementer;
        self
    }

    /// Says who verifies. Without it a reader does, by the success check.
    pub fn verify(mut self, verifier: impl Into<Verifier>) -> Self {
        self.verifier = verifier.into();
        self
    }

    /// How many rounds of writing and verifying there are at most; 3 unless set.
    pub fn rounds(mut self, at_most: usize) -> Self {
        self.rounds = at_most;
        self
    }

    /// Says up to which [size](Task::size) no pack is made.
    pub fn skip_rule(mut self, rule: PackRule) -> Self {
        self.rule = rule;
        self
    }

    /// The steps of its plan for this task.
    pub fn plan(&self, task: &Task) -> Plan {
        let asked = if self.approval.is_asked() {
            ", and have it approved"
        } else {
            ""
        };
        let rounds = self.rounds;
        match self.rule.decide(&task.size) {
            PackChoice::Worth => Plan::new([
                format!(
                    "Scout for what matters: {} questions in parallel, read-only.",
                    self.scouts.len()
                ),
                format!("Condense it to a context pack{asked}."),
                format!("Implement it under that pack and verify it, in at most {rounds} rounds."),
            ]),
            PackChoice::Skipped(why) => Plan::new([
                format!("Take the task as it is{asked}: {why}."),
                format!("Implement it and verify it, in at most {rounds} rounds."),
            ]),
        }
    }

    pub(super) fn delivering(&self) -> Rounds {
        Rounds::new(self.implementer.clone(), self.verifier.clone()).at_most(self.rounds)
    }
}

impl Default for ContextPack {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Pattern for ContextPack {
    type In = Task;
    type Out = Executed;

    async fn run(&self, cx: &Cx, task: Task) -> Result<Executed> {
        self.fit(&task)?;
        cx.meets(self)?;
        let mut cx = cx.child(LABEL);
        cx.publish(self.plan(&task)).await?;
        cx.begin_step(0).await?;
        if let Some(artefact) = &task.about {
            cx = cx.look_at(artefact).await?.0;
        }
        let prepared = self.prepare(&cx, task).await?;
        let delivery = self.delivering().run(&cx, prepared.assignment()).await?;
        cx.finish_plan().await?;
        let Prepared {
            task,
            pack,
            skipped,
            delivered,
            missing,
        } = prepared;
        let coverage = Covered::new((), delivered, missing.clone()).coverage();
        Ok(Executed {
            task,
            skipped,
            coverage,
            missing,
            delivery,
            pack,
        })
    }

    fn needs(&self, needs: &mut Needs) {
        for scout in &self.scouts {
            needs.worker(&scout.worker());
        }
        self.condense.needs(needs);
        self.delivering().needs(needs);
    }
}
