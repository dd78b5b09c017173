//! The pattern itself.

use std::sync::Arc;

use async_trait::async_trait;
use orch_core::{Covered, Cx, Error, Halt, Limits, Missing, Needs, Pattern, Plan, Result, plain};
use orch_prompts::{Artefact, Style};

use super::{Angled, Dossier, Researched, Researcher, Synthesiser, Topic, by_code};
use crate::combinator::{Branch, Gathered, gather};
use crate::deliverable::{Sources, Synthesis};
use crate::staff::Staff;

/// The label of this pattern on step keys.
const LABEL: &str = "research";

/// How many researchers are at work at a time unless set.
const AT_MOST: usize = 4;

/// Several angles, one synthesis. See the [module](self::super).
///
/// ```no_run
/// use orch_patterns::prelude::*;
/// use orch_patterns::{Research, Topic};
///
/// # async fn program(orch: Orchestrator) -> Result<(), Box<dyn std::error::Error>> {
/// let research = Research::new(["what operators report", "what the manuals promise", "licences"]).at_most(2);
/// let topic = Topic::new("Which connection pool for PostgreSQL?").audience("a team of three");
/// let dossier = orch.run(&research, topic).await?.require(Quorum::at_least(2))?;
/// println!("{dossier}");
/// # Ok(())
/// # }
/// ```
///
/// - **Judgement**: [`synthesise`](Self::synthesise) takes any pattern: a worker ([`Synthesiser`], the default), code
///   ([`InOrderOfSupport`](super::InOrderOfSupport)), or your own. Whoever it is cites only what researchers named.
/// - **Step keys**: a researcher stands under its angle, so that another order of the angles is the same work; the
///   synthesis under `synthesis`.
/// - **Failure**: a researcher that is unfinished is missing coverage, under its angle. The coverage
///   counts researchers alone: where a synthesis is unfinished, the researchers' own claims stand in its place, and
///   [`Dossier::not_closed`](super::Dossier::not_closed) says why.
///   When nobody delivered, nobody is asked for a synthesis. A halt ends all.
/// - **Cancel**: dropping it cancels every worker under it.
/// - **Cost**: one worker for each angle, and one or two for the synthesis, out of what the budget has
///   [set apart](orch_core::Budget::reserve_for_closing).
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Research {
    researchers: Vec<Researcher>,
    staff: Staff,
    at_most: usize,
    web: bool,
    style: Option<Style>,
    synthesise: Arc<dyn Pattern<In = Researched, Out = Synthesis>>,
}

impl Research {
    /// A research from these angles, or by these researchers.
    pub fn new(researchers: impl IntoIterator<Item = impl Into<Researcher>>) -> Self {
        Self {
            researchers: researchers.into_iter().map(Into::into).collect(),
            staff: Staff::default(),
            at_most: AT_MOST,
            web: true,
            style: None,
            synthesise: Arc::new(Synthesiser::new()),
        }
    }

    /// Chooses the agent of the researchers that have none of their own.
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.staff.agent = Some(name.into());
        self
    }

    /// Chooses the model of the researchers that have none of their own.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.staff.model = Some(model.into());
        self
    }

    /// Sets the limits of the researchers that have none of their own.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.staff.limits = Some(limits);
        self
    }

    /// Lets at most so many researchers be at work at a time; 4 unless set. The orchestrator's own limit holds besides.
    pub fn at_most(mut self, at_most: usize) -> Self {
        self.at_most = at_most;
        self
    }

    /// Researches what the work tree says, without the web: sources are its files. Agents that cannot search will do.
    pub fn without_web(mut self) -> Self {
        self.web = false;
        self
    }

    /// Asks for a synthesis in this style.
    pub fn style(mut self, style: Style) -> Self {
        self.style = Some(style);
        self
    }

    /// Sets who makes the synthesis: a worker, or code of your own.
    pub fn synthesise(mut self, by: impl Pattern<In = Researched, Out = Synthesis> + 'static) -> Self {
        self.synthesise = Arc::new(by);
        self
    }

    /// The steps of its plan.
    pub fn plan(&self) -> Plan {
        let angles: Vec<&str> = self.researchers.iter().map(Researcher::angle).collect();
        Plan::new([
            format!(
                "Research the topic in parallel from {} angles: {}.",
                angles.len(),
                angles.join(", ")
            ),
            "Collect the sources, each once.".to_owned(),
            "Make one synthesis that cites nothing else.".to_owned(),
        ])
    }

    /// What makes no sense is said before anybody is paid.
    fn check(&self, topic: &Topic) -> Result<(), Halt> {
        let misuse = |what: String| Err(Halt::Misuse(what));
        if topic.question.trim().is_empty() {
            return misuse("research has a blank topic: say what is to be found out".to_owned());
        }
        if self.researchers.is_empty() {
            return misuse("research has no angle: give it at least one".to_owned());
        }
        if self.at_most == 0 {
            return misuse(
                "research may have no researcher at work: allow at least one at a time".to_owned(),
            );
        }
        for (index, researcher) in self.researchers.iter().enumerate() {
            let angle = researcher.angle().trim();
            if angle.is_empty() {
                return misuse(format!(
                    "angle {} of the research is blank: say where from to look",
                    index + 1
                ));
            }
            let mut before = self.researchers[..index].iter();
            if before.any(|other| other.angle().trim() == angle) {
                return misuse(format!(
                    "research has the angle \"{angle}\" twice: name each once"
                ));
            }
        }
        Ok(())
    }

    async fn gather(&self, cx: &Cx, topic: &Topic) -> Result<Covered<Vec<Angled>>> {
        let lanes: Vec<Cx> = self.researchers.iter().map(|one| cx.child(one.angle())).collect();
        let mut readings = Vec::with_capacity(lanes.len());
        for (researcher, lane) in self.researchers.iter().zip(&lanes) {
            let worker = researcher.worker(self.web, &self.staff);
            readings.push(Branch::new(researcher.angle(), lane.read(&worker, topic)));
        }
        let Gathered { done, missing } = gather(readings, self.at_most).await?;
        let angled = done.into_iter().map(|(index, notes)| Angled {
            angle: self.researchers[index].angle().to_owned(),
            notes,
        });
        let angled: Vec<Angled> = angled.collect();
        let count = angled.len();
        Ok(Covered::new(angled, count, missing))
    }

    /// The synthesis, and who did not make it.
    async fn condense(&self, cx: &Cx, researched: Researched) -> Result<(Synthesis, Option<Missing>)> {
        if researched.notes.coverage().done == 0 {
            return Ok((Synthesis::default(), None));
        }
        let lane = cx.child("synthesis").closing_step();
        match self.synthesise.run(&lane, researched.clone()).await {
            Ok(synthesis) => Ok((synthesis, None)),
            Err(Error::Unfinished(why)) => {
                let label = "synthesis".to_owned();
                let claims = by_code::made(researched).await?;
                Ok((claims, Some(Missing { label, why })))
            }
            Err(halt) => Err(halt),
        }
    }
}

#[async_trait]
impl Pattern for Research {
    type In = Topic;
    type Out = Covered<Dossier>;

    async fn run(&self, cx: &Cx, topic: Topic) -> Result<Covered<Dossier>> {
        self.check(&topic)?;
        cx.meets(self)?;
        let mut cx = cx.child(LABEL);
        cx.publish(self.plan()).await?;
        cx.begin_step(0).await?;
        if !topic.paths.is_empty() {
            (cx, _) = cx.look_at(&Artefact::paths(topic.paths.iter().cloned())).await?;
        }
        let notes = self.gather(&cx, &topic).await?;

        cx.begin_step(1).await?;
        let named = notes.clone().accept_partial();
        let sources = Sources::collect(named.iter().map(|angled| (angled.angle.as_str(), &angled.notes)));
        let looked_at: Vec<String> = named
            .iter()
            .map(|angled| plain::line(&angled.angle, 200))
            .collect();
        let missing = notes.missing().to_vec();

        cx.begin_step(2).await?;
        let question = topic.question.clone();
        let style = self.style;
        let researched = Researched {
            topic,
            notes,
            sources: sources.clone(),
            style,
        };
        let (synthesis, unmade) = self.condense(&cx, researched).await?;
        let done = looked_at.len();
        let mut dossier = Dossier::checked(&question, synthesis, sources, looked_at, missing.clone());
        dossier = dossier.changed_meanwhile(&cx.changed_meanwhile());
        dossier.instead = unmade
            .as_ref()
            .map(|unmade| plain::line(&unmade.why.to_string(), 300));
        dossier.not_closed.extend(unmade);
        cx.finish_plan().await?;
        Ok(Covered::new(dossier, done, missing))
    }

    fn needs(&self, needs: &mut Needs) {
        for researcher in &self.researchers {
            needs.worker(&researcher.worker(self.web, &self.staff));
        }
        self.synthesise.needs(needs);
    }
}
