//! The result, for people and for programs.

use std::io::{self, Write};

use orch_examples::flags::Format;
use orch_examples::program::{Worker, seconds, workers};
use orch_patterns::finding::Merged;
use orch_patterns::{Coverage, Covered, Missing, Plan, Review, Roster, RunId, plain};
use serde::Serialize;

use crate::args::Args;
use crate::target::Target;

/// Everything that is printed.
pub(crate) struct Report<'a> {
    pub(crate) run: RunId,
    pub(crate) args: &'a Args,
    pub(crate) target: &'a Target,
    pub(crate) roster: &'a Roster,
    pub(crate) review: Covered<Review>,
}

/// The JSON form.
#[derive(Serialize)]
struct Json<'a> {
    run: RunId,
    agent: &'static str,
    work_tree: String,
    artefact: String,
    sample: bool,
    plan: Option<&'a Plan>,
    findings: &'a [Merged],
    next_step: Option<&'a str>,
    coverage: Coverage,
    missing: &'a [Missing],
    workers: Vec<Worker<'a>>,
    seconds: f64,
}

impl Report<'_> {
    /// Whether every reviewer delivered.
    pub(crate) fn is_full(&self) -> bool {
        self.review.coverage().is_full()
    }

    pub(crate) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        match self.args.common.format {
            Format::Text => self.print_text(out),
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, &self.json())?;
                writeln!(out)
            }
        }
    }

    fn print_text(&self, out: &mut impl Write) -> io::Result<()> {
        let what = if self.target.setting.is_sample() {
            "the sample".to_owned()
        } else {
            self.target.artefact.to_string()
        };
        writeln!(
            out,
            "Review of {}\nRanked by how bad it is times how likely it is right.\n",
            plain::line(&what, 200)
        )?;
        write!(out, "{}", self.review.clone().accept_partial())?;
        let coverage = self.review.coverage();
        writeln!(
            out,
            "\nCoverage: {coverage} reviewers delivered, in {:.1} s.",
            seconds(self.roster)
        )?;
        for missing in self.review.missing() {
            let why = plain::line(&missing.why.to_string(), 500);
            writeln!(out, "Missing: {}: {why}", plain::line(&missing.label, 100))?;
        }
        Ok(())
    }

    fn json(&self) -> impl Serialize + '_ {
        let review = self.review.clone().accept_partial();
        // The review is owned here and borrowed by the form, so the form is made into a value at once.
        let form = Json {
            run: self.run,
            agent: self.args.common.agent.name(),
            work_tree: self.target.setting.work_tree().display().to_string(),
            artefact: self.target.artefact.to_string(),
            sample: self.target.setting.is_sample(),
            plan: self.roster.plans.outermost(),
            findings: &review.items,
            next_step: review.next_step.as_deref(),
            coverage: self.review.coverage(),
            missing: self.review.missing(),
            workers: workers(self.roster),
            seconds: seconds(self.roster),
        };
        serde_json::json!(form)
    }
}
