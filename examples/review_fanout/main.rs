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
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use orch_examples::program::{self, Cast, Program};
use orch_examples::{exit, scan};
use orch_patterns::{Covered, Error, Halt, Review, ReviewFanout, plain};

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
    match Call::parse() {
        Ok(Call::Scan { lens, root, paths }) => scan_as(lens, &root, &paths),
        Ok(Call::Review(args)) => program::run(*args, review),
        Err(code) => code,
    }
}

/// One scanner, started by this program itself as a worker.
fn scan_as(lens: scan::ScanLens, root: &Path, paths: &[PathBuf]) -> ExitCode {
    match scan::run(lens, root, paths, &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let why = plain::line(&format!("{error:#}"), 2_000);
            // A standard error that is gone does not matter.
            let _ = writeln!(io::stderr(), "review_fanout: {why}");
            ExitCode::from(exit::USAGE)
        }
    }
}

async fn review(program: &Program, args: Args) -> anyhow::Result<u8> {
    let target = tokio::select! {
        biased;
        code = program.told() => return Ok(code),
        target = Target::of(&args) => target?,
    };
    if target.is_empty(args.common.agent) {
        program.say(&format!(
            "{} changes no file that is still there: nothing to review",
            target.artefact
        ));
        return Ok(exit::DONE);
    }
    let lineup = Lineup::of(&args, &target)?;
    // A standard error that is gone does not matter.
    let _ = lineup.introduce(&mut io::stderr());
    let cast = Cast {
        common: &args.common,
        setting: &target.setting,
        agents: lineup.agents,
        later: &LATER,
    };
    let pattern = ReviewFanout::new(lineup.reviewers);
    if args.common.dry_run {
        return program.rehearse(&cast, &pattern, target.artefact.clone()).await;
    }
    let ran = program.run(&cast, &pattern, target.artefact.clone()).await?;
    let review: Covered<Review> = match ran.end {
        Ok(review) => review,
        Err(Error::Halt(Halt::Cancelled)) => pattern.so_far(&ran.roster, target.setting.work_tree()),
        Err(error) => {
            program.say(&error.to_string());
            return Ok(exit::PARTIAL);
        }
    };
    let report = Report {
        run: ran.run,
        args: &args,
        target: &target,
        roster: &ran.roster,
        review,
    };
    if let Err(error) = report.print(&mut io::stdout().lock()) {
        // The call was right and the work is done: only nobody sees it.
        program.say(&format!("printing the review failed: {error}"));
        return Ok(exit::PARTIAL);
    }
    Ok(program.exit_code(if report.is_full() {
        exit::DONE
    } else {
        exit::PARTIAL
    }))
}
