//! The four steps: propose, check, judge, refine.

use async_trait::async_trait;
use orch_core::{Covered, Cx, Error, Missing, Needs, Pattern, Quorum, Result, Verdict, plain};
use orch_prompts::Artefact;

use super::judging::{Judged, judge_all, reasons};
use super::pattern::LABEL;
use super::ranking::{Place, mark_out, rank};
use super::{Bias, Candidate, OptionsSelection, Question, Refinement, Refining, Selection, Standing, Tally};
use crate::combinator::{Branch, Gathered, gather};
use crate::deliverable::Proposal;

impl OptionsSelection {
    /// All proposals, each with its place among equals, and who did not make one.
    async fn propose(&self, cx: &Cx, question: &Question) -> Result<(Vec<(Place, Standing)>, Vec<Missing>)> {
        let of = self.proposers.len();
        let lanes: Vec<Cx> = self.proposers.iter().map(|one| cx.child(one.name())).collect();
        let mut readings = Vec::with_capacity(of);
        for (index, (proposer, lane)) in self.proposers.iter().zip(&lanes).enumerate() {
            let worker = proposer.worker(index + 1, of, &self.staff);
            readings.push(Branch::new(proposer.name(), lane.read(&worker, question)));
        }
        let Gathered { done, missing } = gather(readings, self.at_most).await?;
        let covered = Covered::new((), done.len(), missing.clone());
        covered.clone().require(self.quorum)?;
        covered.require(Quorum::AtLeast(1))?;
        let standing = |(index, proposal): (usize, Proposal)| {
            let proposer = &self.proposers[index];
            let standing = Standing {
                name: proposer.name().to_owned(),
                proposal,
                evidence: None,
                unchecked: None,
                tally: Tally::default(),
                out: false,
            };
            (proposer.place(), standing)
        };
        Ok((done.into_iter().map(standing).collect(), missing))
    }

    /// The chosen option as it is in the end, what became of its refinement, and who did not refine it.
    async fn refined(&self, cx: &Cx, refining: Refining) -> Result<(Proposal, Refinement, Option<Missing>)> {
        let before = refining.chosen.clone();
        let lane = cx.child("refine").closing_step();
        let after = match self.refine.run(&lane, refining).await {
            Ok(after) => after,
            Err(Error::Unfinished(why)) => {
                let told = Refinement::Unfinished(plain::line(&why.to_string(), 300));
                let label = "refine".to_owned();
                return Ok((before.proposal, told, Some(Missing { label, why })));
            }
            Err(halt) => return Err(halt),
        };
        if after == before.proposal {
            return Ok((after, Refinement::Unchanged, None));
        }
        let (evidence, unchecked) = self.measure.run(cx, &after).await?;
        let verdict = before.verdict();
        match evidence {
            None if verdict == Verdict::Confirmed => {
                let why = unchecked.unwrap_or_else(|| "there is no check for it".to_owned());
                Ok((before.proposal, Refinement::Unmeasured(why), None))
            }
            Some(worse) if worse.verdict < verdict => Ok((before.proposal, Refinement::Dropped(worse), None)),
            evidence => Ok((after, Refinement::Refined(evidence), None)),
        }
    }
}

#[async_trait]
impl Pattern for OptionsSelection {
    type In = Question;
    type Out = Covered<Selection>;

    async fn run(&self, cx: &Cx, question: Question) -> Result<Covered<Selection>> {
        self.check(&question)?;
        cx.meets(self)?;
        let mut cx = cx.child(LABEL);
        cx.publish(self.plan()).await?;
        cx.begin_step(0).await?;
        if !question.paths.is_empty() {
            (cx, _) = cx
                .look_at(&Artefact::paths(question.paths.iter().cloned()))
                .await?;
        }
        let (mut standings, not_proposed) = self.propose(&cx, &question).await?;
        let done = standings.len();

        cx.begin_step(1).await?;
        for (_, standing) in &mut standings {
            (standing.evidence, standing.unchecked) = self.measure.run(&cx, &standing.proposal).await?;
        }
        mark_out(&mut standings);

        cx.begin_step(2).await?;
        let lane = cx.child("judge").closing_step();
        let Judged { comparisons, missing } =
            judge_all(&*self.judge, &lane, &question, &standings, self.at_most).await?;
        let (ranking, decided) = rank(standings, &comparisons);

        cx.begin_step(3).await?;
        let [first, others @ ..] = ranking.as_slice() else {
            return Err(Error::failed("no option was left to choose from"));
        };
        let refining = Refining {
            question: question.clone(),
            chosen: Candidate::new(first.proposal.clone(), first.evidence.clone()),
            others: others.iter().map(|other| other.proposal.clone()).collect(),
            reasons: reasons(first, others, &comparisons),
        };
        let (chosen, refinement, unrefined) = self.refined(&cx, refining).await?;
        cx.finish_plan().await?;
        let selection = Selection {
            question: plain::line(&question.text, 1_000),
            chosen,
            decided,
            refinement,
            bias: Bias::of(&comparisons),
            ranking,
            comparisons,
            not_proposed: not_proposed.clone(),
            not_closed: missing.into_iter().chain(unrefined).collect(),
        };
        Ok(Covered::new(selection, done, not_proposed))
    }

    fn needs(&self, needs: &mut Needs) {
        let of = self.proposers.len();
        for (index, proposer) in self.proposers.iter().enumerate() {
            needs.worker(&proposer.worker(index + 1, of, &self.staff));
        }
        self.judge.needs(needs);
        self.refine.needs(needs);
    }
}
