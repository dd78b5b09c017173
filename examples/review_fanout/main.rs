//! Several reviewers with different lenses look at the same thing in parallel, each in a real terminal; one ranked
//! list comes back, with duplicates removed.
//!
//! ```text
//! cargo run --example review_fanout                                  # a small sample with known defects
//! cargo run --example review_fanout -- src docs                      # your own files
//! cargo run --example review_fanout -- --diff origin/main            # what changed
//! cargo run --example review_fanout -- --agent codex --lens security --lens correctness src
//! ```
//!
//! Without `--agent` the reviewers are ordinary programs: no account, no network, no model, and real findings.

#![forbid(unsafe_code)]

mod args;
mod lineup;
mod output;
mod target;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use orch_examples::{exit, flags::Format, rehearsed, scan, signals};
use orch_patterns::engine::Rehearsal;
use orch_patterns::{Covered, Error, Halt, Lines, Orchestrator, Review, ReviewFanout, Roster, RunId, plain};

use args::{Args, Call};
use lineup::Lineup;
use output::Report;
use target::Target;

/// What is known only once the reviewers have answered.
const LATER: [&str; 2] = [
    "a repair turn for each reviewer whose answer is not to the contract, in the same conversation",
    "merge the findings, rank them, recommend the next step (done here, by no worker)",
];

fn main() -> ExitCode {
    let call = match Call::parse() {
        Ok(call) => call,
        Err(code) => return code,
    };
    let done = match call {
        Call::Scan { lens, root, paths } => scan_as(lens, &root, &paths),
        Call::Review(args) => review(&args),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(wrong) => {
            say(&format!("{wrong:#}"));
            ExitCode::from(exit::USAGE)
        }
    }
}

/// A line on standard error, without control characters; a standard error that is gone does not matter.
fn say(words: &str) {
    let _ = writeln!(io::stderr(), "review_fanout: {}", plain::line(words, 2_000));
}

/// One scanner, started by this program itself as a worker.
fn scan_as(lens: scan::ScanLens, root: &std::path::Path, paths: &[PathBuf]) -> anyhow::Result<u8> {
    scan::run(lens, root, paths, &mut io::stdout().lock())?;
    Ok(exit::DONE)
}

#[tokio::main]
async fn review(args: &Args) -> anyhow::Result<u8> {
    let told = signals::listen().context("setting the signal handlers failed")?;
    let target = tokio::select! {
        biased;
        () = told.heard() => return Ok(told.exit_code().unwrap_or(exit::PARTIAL)),
        target = Target::of(args) => target?,
    };
    if target.is_empty(args.common.agent) {
        eprintln!(
            "{} changes no file that is still there: nothing to review",
            target.artefact
        );
        return Ok(exit::DONE);
    }
    let lineup = Lineup::of(args, &target)?;
    // A standard error that is gone does not matter.
    let _ = lineup.introduce(&mut io::stderr());
    if args.common.dry_run {
        return dry_run(args, &target, lineup).await;
    }
    let pattern = ReviewFanout::new(lineup.reviewers);
    let mut builder = Orchestrator::builder(&target.work_tree)
        .limits(args.common.limits())
        .max_parallel(args.common.max_parallel)
        .observe(Lines::stderr());
    for agent in lineup.agents {
        builder = builder.agent_arc(agent);
    }
    for name in &args.common.pass_env {
        builder = builder.pass_env(name);
    }
    let orch = builder.build()?;
    told.pass_on(orch.canceller());
    let run = RunId::fresh();
    let result = orch.run_as(run, &pattern, target.artefact.clone()).await;
    let roster = Roster::of(&orch.events(run).await?);
    let review: Covered<Review> = match result {
        Ok(review) => review,
        Err(Error::Halt(Halt::Cancelled)) => pattern.so_far(&roster, orch.work_tree()),
        Err(Error::Halt(Halt::Misuse(wrong))) => anyhow::bail!(wrong),
        Err(error) => {
            say(&error.to_string());
            return Ok(exit::PARTIAL);
        }
    };
    let report = Report {
        run,
        args,
        target: &target,
        roster: &roster,
        review,
    };
    if let Err(error) = report.print(&mut io::stdout().lock()) {
        // The call was right and the work is done: only nobody sees it.
        say(&format!("printing the review failed: {error}"));
        return Ok(exit::PARTIAL);
    }
    Ok(told.exit_code().unwrap_or(if report.is_full() {
        exit::DONE
    } else {
        exit::PARTIAL
    }))
}

async fn dry_run(args: &Args, target: &Target, lineup: Lineup) -> anyhow::Result<u8> {
    let rehearsal = Rehearsal::new(lineup.agents.iter().cloned());
    let mut builder = Orchestrator::builder(&target.work_tree)
        .limits(args.common.limits())
        .max_parallel(args.common.max_parallel)
        .engine(rehearsal.clone());
    for agent in lineup.agents {
        builder = builder.agent_arc(agent);
    }
    let pattern = ReviewFanout::new(lineup.reviewers);
    match builder.build()?.run(&pattern, target.artefact.clone()).await {
        Ok(nobody_ran) => drop(nobody_ran.accept_partial()),
        Err(error) => anyhow::bail!(error),
    }
    let mut out = io::stdout().lock();
    match args.common.format {
        Format::Text => write!(out, "{}", rehearsed::text(&rehearsal, &LATER))?,
        Format::Json => writeln!(out, "{}", rehearsed::json(&rehearsal, &LATER))?,
    }
    Ok(exit::DONE)
}
