//! The result, for people and for programs.

use std::io::{self, Write};

use jiff::Timestamp;
use orch_examples::flags::Format;
use orch_patterns::finding::Merged;
use orch_patterns::orch_core::{Entry, Process};
use orch_patterns::{Coverage, Covered, Missing, Outcome, Plan, Review, Roster, RunId, engine, plain};
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

/// One worker in the JSON form: what became of it, not what it said.
#[derive(Serialize)]
struct Worker<'a> {
    label: &'a str,
    agent: &'a str,
    pid: Option<u32>,
    terminal: Option<&'a str>,
    processes: &'a [Process],
    started: Option<Timestamp>,
    finished: Option<Timestamp>,
    repairs: u32,
    usage: Option<engine::Usage>,
    outcome: &'static str,
    detail: Option<String>,
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
        let what = if self.target.is_sample {
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
            self.seconds()
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
            work_tree: self.target.work_tree.display().to_string(),
            artefact: self.target.artefact.to_string(),
            sample: self.target.is_sample,
            plan: self.roster.plans.outermost(),
            findings: &review.items,
            next_step: review.next_step.as_deref(),
            coverage: self.review.coverage(),
            missing: self.review.missing(),
            workers: self.roster.workers.iter().map(worker).collect(),
            seconds: self.seconds(),
        };
        serde_json::json!(form)
    }

    /// From the first start of a worker to the last end.
    fn seconds(&self) -> f64 {
        let started = self.roster.workers.iter().filter_map(|entry| entry.started).min();
        let finished = self
            .roster
            .workers
            .iter()
            .filter_map(|entry| entry.finished)
            .max();
        match (started, finished) {
            (Some(started), Some(finished)) => finished.duration_since(started).as_secs_f64(),
            _ => 0.0,
        }
    }
}

fn worker(entry: &Entry) -> Worker<'_> {
    let last = entry.processes.last();
    let (outcome, detail) = match &entry.outcome {
        Some(Outcome::Done(_)) => ("done", None),
        Some(Outcome::Unfinished(why)) => (why.word(), Some(plain::block(&why.to_string()))),
        None => ("cancelled", None),
    };
    Worker {
        label: &entry.label,
        agent: &entry.agent,
        pid: last.map(|process| process.pid),
        terminal: last.and_then(|process| process.terminal.as_deref()),
        processes: &entry.processes,
        started: entry.started,
        finished: entry.finished,
        repairs: entry.repairs,
        usage: entry.usage,
        outcome,
        detail,
    }
}
