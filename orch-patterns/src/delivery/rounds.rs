//! The loop: write, look, and once more with what is still wrong.

use async_trait::async_trait;
use orch_core::{Cx, Desk, Error, Halt, Needs, Outcome, Patch, Pattern, Result, Verdict};

use super::showing::Showing;
use super::{Assignment, Delivery, Examination, Examined, Implementer, Round, Verifier};
use crate::deliverable::Fix;

/// How many rounds there are at most unless set.
const ROUNDS: usize = 3;

/// An implementer and its verifier, round by round at one desk, until it is confirmed. See the
/// [module](self::super).
///
/// It ends with what there is: when it is confirmed, when the rounds are used up, when the implementer fails, and when
/// there is nothing that a further round could be told, since nobody found anything out. What the implementer wrote is
/// in the [`Delivery`] in all cases. It ends as well when a check cannot be started: no implementer can repair that.
///
/// When to use it: for a task that needs no review and no scouts, as a part of a pattern of your own. It costs, for each
/// round, the implementer, and the reader where there is one; checks cost no worker.
///
/// ```
/// use orch_patterns::prelude::*;
/// use orch_patterns::{Assignment, Implementer, Rounds, check};
///
/// let port = Rounds::new(Implementer::new().writes(["src"]), check("cargo", ["check"])).at_most(2);
/// let task = Assignment::new("Port the crate to edition 2024.");
/// ```
///
/// - **Step keys**: the implementer's at the handle's own path, the reader's beneath `round 1`, `round 2` and so on. The
///   whole patch is in the reader's, so it is asked again when the work is another.
/// - **Failure**: a worker's is in the result, and so is it when the desk cannot be had: the implementer did not start
///   then, and the patch has nothing.
/// - **Cancel**: dropping it cancels the worker or check that runs, and gives the desk back.
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Rounds {
    implementer: Implementer,
    verifier: Verifier,
    at_most: usize,
}

impl Rounds {
    /// This implementer, verified so; 3 rounds at most.
    pub fn new(implementer: Implementer, verifier: impl Into<Verifier>) -> Self {
        Self {
            implementer,
            verifier: verifier.into(),
            at_most: ROUNDS,
        }
    }

    /// Sets how many rounds there are at most. None is misuse, said when it is run.
    pub fn at_most(mut self, rounds: usize) -> Self {
        self.at_most = rounds;
        self
    }

    /// What is wrong with it, before anything is started; `pattern` is who says so.
    pub(crate) fn fit(&self, pattern: &str) -> Result<()> {
        if self.at_most == 0 {
            return Err(Halt::Misuse(format!("{pattern} has no round: give it at least one")).into());
        }
        self.implementer.fit(pattern)?;
        self.verifier.fit(pattern)
    }

    /// Looks at what the patch makes of the user's tree, and at nothing else that the implementer left.
    ///
    /// The last round's examination is the closing step: it is done on what there is. An earlier one spends what the
    /// writers spend, and the closing part only where there is no more of that.
    async fn examine(
        &self,
        desk: &Desk,
        assignment: &Assignment,
        fix: &Fix,
        patch: &Patch,
        round: usize,
    ) -> Result<Examined> {
        let showing = Showing::new(desk, patch, round);
        let asked = Examination {
            holds: assignment.holds.clone(),
            check: assignment.check.clone(),
            artefact: assignment.artefact.clone(),
            claims: assignment.claims(),
            fix: fix.clone(),
            diff: patch.diff().to_owned(),
            evidence: Vec::new(),
            round,
        };
        let showing = if round < self.at_most {
            showing
        } else {
            showing.closing()
        };
        self.verifier.examine(showing, asked).await
    }
}

#[async_trait]
impl Pattern for Rounds {
    type In = Assignment;
    type Out = Delivery;

    async fn run(&self, cx: &Cx, assignment: Assignment) -> Result<Delivery> {
        self.fit("rounds")?;
        cx.meets(self)?;
        let worker = self.implementer.worker();
        let request = self.implementer.desk(cx);
        let nothing = request.nothing()?;
        let mut desk = match request.await {
            Ok(desk) => desk,
            // What led here, a review or notes, was paid for: it is not lost with the desk.
            Err(Error::Unfinished(why)) => {
                let round = Round {
                    fix: Outcome::Unfinished(why),
                    examined: None,
                };
                return Ok(Delivery::new(nothing, vec![round], Verdict::Unverified));
            }
            Err(halt) => return Err(halt),
        };
        let mut assignment = assignment;
        let mut rounds: Vec<Round> = Vec::new();
        let mut before: Option<(Patch, Verdict)> = None;
        loop {
            let round = rounds.len() + 1;
            let fix = match desk.write(&worker, &assignment).await {
                Ok(fix) => Outcome::Done(fix),
                Err(Error::Unfinished(why)) => Outcome::Unfinished(why),
                Err(halt) => return Err(halt),
            };
            // Taken before anybody looks: what a check builds is none of the implementer's work.
            let patch = match desk.patch().await {
                Ok(patch) => patch,
                // What it left cannot be read: what there was before is what there is.
                Err(Error::Unfinished(why)) => {
                    let Some((patch, _)) = before else {
                        return Err(why.into());
                    };
                    rounds.push(Round {
                        fix: Outcome::Unfinished(why),
                        examined: None,
                    });
                    return Ok(Delivery::new(patch, rounds, Verdict::Unverified));
                }
                Err(halt) => return Err(halt),
            };
            let Outcome::Done(said) = &fix else {
                let examined = None;
                rounds.push(Round { fix, examined });
                let as_before = before.filter(|(looked_at, _)| looked_at.digest() == patch.digest());
                let verdict = as_before.map_or(Verdict::Unverified, |(_, verdict)| verdict);
                return Ok(Delivery::new(patch, rounds, verdict));
            };
            let examined = self.examine(&desk, &assignment, said, &patch, round).await?;
            let verdict = examined.verdict;
            let hopeless = examined.not_started().is_some();
            let complaint = examined.complaint().filter(|_| round < self.at_most && !hopeless);
            let examined = Some(examined);
            rounds.push(Round { fix, examined });
            let Some(complaint) = complaint else {
                return Ok(Delivery::new(patch, rounds, verdict));
            };
            assignment = assignment.again(complaint);
            before = Some((patch, verdict));
        }
    }

    fn needs(&self, needs: &mut Needs) {
        needs.worker(&self.implementer.worker());
        self.verifier.needs(needs);
    }
}
