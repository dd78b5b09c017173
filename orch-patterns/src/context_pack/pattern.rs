//! The pattern itself.

use std::sync::Arc;

use async_trait::async_trait;
use orch_core::{Covered, Cx, Halt, Missing, Pattern, Plan, Quorum, Result};
use orch_prompts::{Pack, PackChoice, PackRule, Skipped};

use super::approval::Approval;
use super::{Executed, PackByRule, Scout, Scouted, Task};
use crate::combinator::{Branch, Decision, Gathered, Revise as _, gather};
use crate::delivery::{Assignment, Implementer, Rounds, Verifier};

/// The label of this pattern on step keys.
const LABEL: &str = "context-pack";

/// How many rounds there are at most unless set.
const ROUNDS: usize = 3;

/// What has to hold of work that was done by a pack, beside the task itself.
const BY_THE_PACK: &str = "The goal of the context pack under MATERIAL is reached as its success check shows, where it \
                           has one; its non-goals are left alone and its constraints are respected.";

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
///   result, which is unverified then. A rejection is [`Halt::Rejected`].
/// - **Cancel**: dropping it cancels what runs, whoever decides included, and gives the desk back.
/// - **Budget**: the verification is the closing step, so it has the budget's share for that.
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct ContextPack {
    scouts: Vec<Scout>,
    quorum: Quorum,
    condense: Condensing,
    approval: Approval,
    implementer: Implementer,
    verifier: Verifier,
    rounds: usize,
    rule: PackRule,
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
    /// ends the run with [`Halt::Rejected`]. Where the pack is skipped, the task itself is what is decided on, and a note
    /// becomes one of its constraints.
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

    fn delivering(&self) -> Rounds {
        Rounds::new(self.implementer.clone(), self.verifier.clone()).at_most(self.rounds)
    }

    /// What cannot be right, before anything is started.
    fn fit(&self, task: &Task) -> Result<()> {
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

impl Default for ContextPack {
    fn default() -> Self {
        Self::new()
    }
}

/// What becomes of the task before anybody writes.
struct Prepared {
    task: Task,
    pack: Option<Pack>,
    skipped: Option<Skipped>,
    delivered: usize,
    missing: Vec<Missing>,
}

impl Prepared {
    fn assignment(&self) -> Assignment {
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

#[async_trait]
impl Pattern for ContextPack {
    type In = Task;
    type Out = Executed;

    async fn run(&self, cx: &Cx, task: Task) -> Result<Executed> {
        self.fit(&task)?;
        let mut cx = cx.child(LABEL);
        cx.publish(self.plan(&task)).await?;
        cx.begin_step(0).await?;
        if let Some(artefact) = &task.about {
            cx = cx.look_at(artefact).await?.0;
        }
        let prepared = match self.rule.decide(&task.size) {
            PackChoice::Worth => {
                let scouted = self.scout(&cx, &task).await?;
                let (delivered, missing) = (scouted.notes.coverage().done, scouted.notes.missing().to_vec());
                cx.begin_step(1).await?;
                let pack = Some(Arc::unwrap_or_clone(self.agreed(&cx, scouted).await?));
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
        };
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
}
