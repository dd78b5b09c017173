//! The pattern itself.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use orch_core::{
    Covered, Cx, Deliverable as _, Halt, Missing, Needs, Outcome, Pattern, Plan, Result, Roster, Unfinished,
};
use orch_prompts::Artefact;

use super::review::Said;
use super::{Review, Reviewer};
use crate::combinator::{Branch, Gathered, gather};
use crate::finding::{Doubt, Findings, MergeSettings, Ruled, aside, merge_with};

/// The label of this pattern on step keys.
const LABEL: &str = "review-fanout";

/// Several lenses, one ranked list. See the [module](self::super).
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let review = ReviewFanout::new([Lens::Correctness, Lens::Security, Lens::custom("semver", "public API breaks")]);
/// ```
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct ReviewFanout {
    reviewers: Vec<Reviewer>,
    merging: MergeSettings,
    adjudicator: Option<Adjudicator>,
}

/// Whoever is asked about pairs in doubt.
#[derive(Clone)]
struct Adjudicator(Arc<dyn Pattern<In = Vec<Doubt>, Out = Vec<Ruled>>>);

impl fmt::Debug for Adjudicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Adjudicator(..)")
    }
}

impl ReviewFanout {
    /// A fan-out to these reviewers or lenses. Two to four are what a reader can weigh; more are allowed.
    pub fn new(reviewers: impl IntoIterator<Item = impl Into<Reviewer>>) -> Self {
        Self {
            reviewers: reviewers.into_iter().map(Into::into).collect(),
            merging: MergeSettings::default(),
            adjudicator: None,
        }
    }

    /// Sets how findings are joined and ranked.
    pub fn merging(mut self, settings: MergeSettings) -> Self {
        self.merging = settings;
        self
    }

    /// Asks about the pairs of findings that words cannot decide: a worker
    /// ([`adjudicator`](crate::finding::adjudicator) is one) or a closure. It is asked once at most, and its failure
    /// changes nothing but [`Review::adjudication`].
    pub fn adjudicate(mut self, by: impl Pattern<In = Vec<Doubt>, Out = Vec<Ruled>> + 'static) -> Self {
        self.adjudicator = Some(Adjudicator(Arc::new(by)));
        self
    }

    /// The steps of its plan.
    pub fn plan(&self) -> Plan {
        let names: Vec<&str> = self.reviewers.iter().map(Reviewer::name).collect();
        Plan::new([
            "Read what is to be reviewed and fix it as the base.".to_owned(),
            format!(
                "Review it in parallel through {} {}: {}.",
                names.len(),
                if names.len() == 1 { "lens" } else { "lenses" },
                names.join(", ")
            ),
            "Merge the findings, rank them, and recommend the next step.".to_owned(),
        ])
    }

    /// What there is of a run that did not end: the findings of the reviewers that `roster` shows as done.
    ///
    /// This is how a program prints what there is after it cancelled a run.
    pub fn so_far(&self, roster: &Roster, work_tree: &Path) -> Covered<Review> {
        let mut answers = Vec::new();
        let mut missing = Vec::new();
        for reviewer in &self.reviewers {
            let mine = |path: &[String]| path.ends_with(&[LABEL.to_owned(), reviewer.name().to_owned()]);
            let entry = roster.workers.iter().rev().find(|entry| mine(&entry.path));
            let outcome = entry.and_then(|entry| entry.outcome.clone());
            let why = match outcome.unwrap_or(Outcome::Unfinished(Unfinished::Cancelled)) {
                Outcome::Done(message) => match Findings::parse(&message) {
                    Ok(findings) => {
                        answers.push((reviewer.name(), findings));
                        continue;
                    }
                    Err(complaint) => Unfinished::Invalid {
                        complaint,
                        raw: message,
                    },
                },
                Outcome::Unfinished(why) => why,
            };
            missing.push(Missing {
                label: reviewer.name().to_owned(),
                why,
            });
        }
        let done = answers.len();
        Covered::new(Review::merge(answers, work_tree, &self.merging), done, missing)
    }

    /// Two reviewers of one name could not be told apart in "seen by".
    fn check(&self) -> Result<(), Halt> {
        if self.reviewers.is_empty() {
            return Err(Halt::Misuse(
                "review fan-out has no reviewer: give it at least one lens".to_owned(),
            ));
        }
        for (index, reviewer) in self.reviewers.iter().enumerate() {
            if self.reviewers[..index]
                .iter()
                .any(|other| other.name() == reviewer.name())
            {
                return Err(Halt::Misuse(format!(
                    "review fan-out has two reviewers named {}",
                    reviewer.name()
                )));
            }
        }
        Ok(())
    }
}

impl Default for ReviewFanout {
    /// Correctness, risks and clarity: three points of view that suit code and prose alike.
    fn default() -> Self {
        use orch_prompts::Lens;
        Self::new([Lens::Correctness, Lens::Risks, Lens::Clarity])
    }
}

#[async_trait]
impl Pattern for ReviewFanout {
    type In = Artefact;
    type Out = Covered<Review>;

    async fn run(&self, cx: &Cx, artefact: Artefact) -> Result<Covered<Review>> {
        self.check()?;
        cx.meets(self)?;
        let cx = cx.child(LABEL);
        cx.publish(self.plan()).await?;
        cx.begin_step(0).await?;
        let (cx, snapshot) = cx.look_at(&artefact).await?;

        cx.begin_step(1).await?;
        let lanes: Vec<Cx> = self
            .reviewers
            .iter()
            .map(|reviewer| cx.child(reviewer.name()))
            .collect();
        let mut readings = Vec::with_capacity(lanes.len());
        for (reviewer, lane) in self.reviewers.iter().zip(&lanes) {
            readings.push(Branch::new(
                reviewer.name(),
                lane.read(&reviewer.worker(), &snapshot),
            ));
        }
        let Gathered { done, missing } = gather(readings, self.reviewers.len()).await?;

        cx.begin_step(2).await?;
        let answers: Vec<(String, Findings)> = done
            .into_iter()
            .map(|(index, findings)| (self.reviewers[index].name().to_owned(), findings))
            .collect();
        let count = answers.len();
        let review = match &self.adjudicator {
            None => {
                let (tree, merging) = (cx.work_tree().to_owned(), self.merging.clone());
                aside(move || Review::merge(answers, &tree, &merging)).await?
            }
            Some(Adjudicator(by)) => {
                let said = Said::of(answers, cx.work_tree());
                let settings = self.merging.clone().panel(said.panel);
                let (items, adjudication) = merge_with(&cx, said.reported, &settings, by).await?;
                Review::new(items, said.reviewers, Some(adjudication))
            }
        };
        let review = review.changed_meanwhile(&cx.changed_meanwhile());
        cx.finish_plan().await?;
        Ok(Covered::new(review, count, missing))
    }

    fn needs(&self, needs: &mut Needs) {
        for reviewer in &self.reviewers {
            needs.worker(&reviewer.worker());
        }
        if let Some(Adjudicator(by)) = &self.adjudicator {
            by.needs(needs);
        }
    }
}
