//! The pattern itself.

use std::sync::Arc;

use async_trait::async_trait;
use orch_core::{Covered, Cx, Halt, Needs, Pattern, Plan, Quorum, Result};
use orch_prompts::Artefact;

use super::Fixed;
use super::brief::as_material;
use crate::delivery::{Assignment, Implementer, Rounds, Verifier};
use crate::review_fanout::{Review, ReviewFanout};

/// The label of this pattern on step keys.
const LABEL: &str = "funnel";

/// How many findings are addressed unless set.
const TOP: usize = 5;

/// How many rounds there are at most unless set.
const ROUNDS: usize = 3;

type Reviewing = Arc<dyn Pattern<In = Artefact, Out = Covered<Review>>>;

/// Review, fix, verify, and once more with what remains. See the [module](self::super).
///
/// ```no_run
/// use orch_patterns::prelude::*;
/// use orch_patterns::check;
///
/// # async fn program(orch: Orchestrator) -> Result<(), Box<dyn std::error::Error>> {
/// let funnel = Funnel::new(ReviewFanout::new([Lens::Correctness, Lens::Security]))
///     .top(3)
///     .implement(Implementer::new().writes(["net/src"]))
///     .verify(check("cargo", ["test", "-p", "net"]))
///     .rounds(2);
/// let fixed = orch.run(&funnel, Artefact::diff("origin/main")).await?;
/// println!("{fixed}");
/// match (fixed.verdict(), fixed.patch()) {
///     (Verdict::Confirmed, Some(patch)) => patch.apply().await?,
///     (_, Some(patch)) => drop(patch.branch("orch/attempt").await?),
///     (_, None) => {} // nothing was found
/// }
/// # Ok(())
/// # }
/// ```
///
/// - **Step keys**: the review's stand under `funnel`, `review`; the implementer's under `funnel`; the verifying
///   reader's under `funnel`, `round 1`, `verify`.
/// - **Failure**: a dead reviewer is missing coverage; too few of them, by [`Funnel::require`], make it unfinished before
///   anybody writes. An implementer or verifier that fails, or has no desk to stand at, is in the result, which is unverified then.
/// - **Cancel**: dropping it cancels what runs and gives the desk back. What was written is lost then, unless the
///   implementer worked in place.
/// - **Budget**: the verification is the closing step, so it has the budget's share for that.
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Funnel {
    review: Reviewing,
    top: usize,
    rounds: usize,
    quorum: Quorum,
    implementer: Implementer,
    verifier: Verifier,
}

impl Funnel {
    /// A funnel that begins with this review: a [`ReviewFanout`], or any pattern that ranks findings about an artefact. It
    /// has to be told what the implementer may write.
    pub fn new(review: impl Pattern<In = Artefact, Out = Covered<Review>> + 'static) -> Self {
        Self {
            review: Arc::new(review),
            top: TOP,
            rounds: ROUNDS,
            quorum: Quorum::at_least(1),
            implementer: Implementer::new(),
            verifier: Verifier::reader().into(),
        }
    }

    /// How many findings are addressed, the first ones of the review; 5 unless set. The others are in the result.
    pub fn top(mut self, findings: usize) -> Self {
        self.top = findings;
        self
    }

    /// How many rounds of writing and verifying there are at most; 3 unless set.
    pub fn rounds(mut self, at_most: usize) -> Self {
        self.rounds = at_most;
        self
    }

    /// How many reviewers must deliver before anybody writes; one unless set.
    pub fn require(mut self, quorum: Quorum) -> Self {
        self.quorum = quorum;
        self
    }

    /// Says who writes, and what.
    pub fn implement(mut self, implementer: Implementer) -> Self {
        self.implementer = implementer;
        self
    }

    /// Says who verifies. Without it a reader does, by looking for each of the defects.
    pub fn verify(mut self, verifier: impl Into<Verifier>) -> Self {
        self.verifier = verifier.into();
        self
    }

    /// The steps of its plan.
    pub fn plan(&self) -> Plan {
        let (top, rounds) = (self.top, self.rounds);
        Plan::new([
            "Review it, and rank what is found by impact.".to_owned(),
            format!("Fix the {top} most important findings and verify the fix, in at most {rounds} rounds."),
            "Say what was fixed, what is known of it, and what remains.".to_owned(),
        ])
    }

    fn delivering(&self) -> Rounds {
        Rounds::new(self.implementer.clone(), self.verifier.clone()).at_most(self.rounds)
    }
}

impl Default for Funnel {
    /// Three reviewers, the five most important findings, three rounds, and a reader that verifies.
    fn default() -> Self {
        Self::new(ReviewFanout::default())
    }
}

#[async_trait]
impl Pattern for Funnel {
    type In = Artefact;
    type Out = Fixed;

    async fn run(&self, cx: &Cx, artefact: Artefact) -> Result<Fixed> {
        if self.top == 0 {
            let why = "funnel addresses no finding: let it address at least the first".to_owned();
            return Err(Halt::Misuse(why).into());
        }
        let delivering = self.delivering();
        delivering.fit("funnel")?;
        cx.meets(self)?;
        let cx = cx.child(LABEL);
        cx.publish(self.plan()).await?;
        cx.begin_step(0).await?;
        let (cx, snapshot) = cx.look_at(&artefact).await?;
        let covered = self.review.run(&cx.child("review"), artefact).await?;
        let (coverage, missing) = (covered.coverage(), covered.missing().to_vec());
        let review = covered.require(self.quorum)?;

        cx.begin_step(1).await?;
        let addressed = review.items.len().min(self.top);
        let delivery = if addressed == 0 {
            None
        } else {
            let findings = as_material(&review.items[..addressed]);
            let assignment = Assignment::of_findings(findings).artefact(snapshot.artefact);
            Some(delivering.run(&cx, assignment).await?)
        };
        cx.begin_step(2).await?;
        cx.finish_plan().await?;
        Ok(Fixed {
            review,
            coverage,
            missing,
            addressed,
            delivery,
        })
    }

    fn needs(&self, needs: &mut Needs) {
        self.review.needs(needs);
        self.delivering().needs(needs);
    }
}
