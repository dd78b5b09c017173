//! Several patterns as one: a review by two reviewers, a gate, and a split-merge that is built from what was approved.
//!
//! ```text
//! cargo run --example compose                                        # a sample; the reviewers and the writers are programs
//! cargo run --example compose -- --ask                               # you approve the review before anybody writes
//! cargo run --example compose -- --apply docs                        # your own Markdown
//! cargo run --example compose -- --agent codex --check 'cargo test' --ask src
//! ```
//!
//! `pipeline.rs` is the composition; this file is the program around it.

#![forbid(unsafe_code)]

mod pipeline;
mod reviewers;
mod sample;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use orch_examples::flags::{Common, command};
use orch_examples::program::{self, Cast, Landing, Program, Ran, Setting, Shown, against};
use orch_examples::roles::Roles;
use orch_examples::tidy::{NAME, tidy};
use orch_patterns::prelude::*;
use orch_patterns::{Check, plain};
use serde_json::json;

use pipeline::{Mended, Parts, Request, mend};

/// What is known only once the reviewers have answered.
const LATER: [&str; 3] = [
    "merge and rank the findings, and have them approved with --ask (done here, by no worker)",
    "one writer for each file with a finding, in a copy of its own; their patches become one",
    "the check of the whole, where there is one",
];

/// Reviews files, has the review approved, lets one writer mend each file, and merges what they did to one patch.
///
/// It composes `ReviewFanout`, a gate and `SplitMerge`: what comes out of one goes into the next, a person may stand between
/// them with --ask, and the last one is built from what was found. Your files change only with --apply. Progress goes to
/// standard error, the result with its diff to standard output.
///
/// Exit code: 0 when every reviewer and every writer delivered and the check holds, 1 otherwise or when the gate
/// rejected (what there is is printed), 2 when the call is wrong, 130 after Ctrl-C.
#[derive(Debug, Parser)]
#[command(
    name = "compose",
    version,
    after_help = "Without PATHS a sample is mended. With --agent tools the reviewers and writers are programs that know Markdown.\n\n\
                  Examples:\n  compose\n  compose --ask                    # y, n WHY, or what should be different\n  \
                  compose --apply docs\n  compose --agent codex --check 'cargo test' --ask src"
)]
struct Args {
    /// What is reviewed and may be mended: files and folders inside the work tree.
    #[arg(value_name = "PATHS")]
    paths: Vec<PathBuf>,

    /// A command that ends with 0 when the whole is well; its words are split at spaces, no shell is in between.
    #[arg(long, value_name = "COMMAND", value_parser = command, requires = "paths")]
    check: Option<Check>,

    /// Shows the review and asks before anybody writes.
    #[arg(long)]
    ask: bool,

    /// Brings the patch into the work tree when everybody delivered and nothing speaks against it.
    #[arg(long, requires = "paths")]
    apply: bool,

    #[command(flatten)]
    common: Common,
}

fn main() -> ExitCode {
    program::main(compose)
}

async fn compose(program: &Program, args: Args) -> anyhow::Result<u8> {
    let (setting, paths) = if args.paths.is_empty() {
        (Setting::sample(&sample::FILES)?, vec![PathBuf::from("notes")])
    } else {
        let setting = Setting::here()?;
        let paths = setting.inside(&args.paths)?;
        (setting, paths)
    };
    let roles = Roles::of(
        &args.common,
        [reviewers::twice(), reviewers::unfinished(), tidy()],
    );
    let lenses = if roles.are_tools() {
        vec![
            Lens::custom(reviewers::TWICE, "words that stand twice"),
            Lens::custom(reviewers::UNFINISHED, "what somebody meant to come back to"),
        ]
    } else {
        vec![Lens::Correctness, Lens::Clarity]
    };
    let reviewers = lenses.into_iter().map(|lens| {
        let name = lens.name().to_owned();
        Reviewer::new(lens).agent(roles.agent(&name))
    });
    let parts = Parts {
        reviewers: reviewers.collect(),
        writer: roles.agent(NAME).to_owned(),
        at_most: args.common.max_parallel,
        check: args
            .check
            .clone()
            .or_else(|| setting.is_sample().then(|| check("sh", ["check.sh"]))),
        asks: args.ask,
    };
    let cast = Cast {
        common: &args.common,
        setting: &setting,
        agents: roles.agents(),
        later: &LATER,
    };
    let pattern = mend(parts);
    let request = Request {
        paths,
        notes: Vec::new(),
    };
    if args.common.dry_run {
        return program.rehearse(&cast, &pattern, request).await;
    }
    let Ran { run, roster, end } = program.run(&cast, &pattern, request).await?;
    let end = match end {
        Ok(mended) => Ok(shown(mended, &setting, args.apply).await),
        Err(why) => Err(why),
    };
    Ok(program.show(&cast, Ran { run, roster, end }))
}

async fn shown(mended: Mended, setting: &Setting, apply: bool) -> Shown {
    let Mended { agreed, whole } = mended;
    let reviewed = agreed.coverage.is_full();
    let mut text = plain::block(&agreed.review.to_string());
    for missing in &agreed.missing {
        text = format!(
            "{text}Missing: {}\n",
            plain::line(&format!("{}: {}", missing.label, missing.why), 500)
        );
    }
    let Some(covered) = whole else {
        return Shown {
            text: format!("{text}\nNothing to mend in any file: nobody was asked to write.\n"),
            json: json!({"review": agreed.review, "coverage": agreed.coverage, "whole": null, "landing": null}),
            is_full: reviewed,
        };
    };
    let complete = covered.coverage().is_full();
    let whole = covered.accept_partial();
    let against = against(&whole, complete);
    let apply = apply || setting.is_sample();
    let landing = Landing::of_whole(&whole, against.as_deref(), setting, apply).await;
    Shown {
        text: format!("{text}\n{}\n{landing}", plain::block(&whole.to_string())),
        is_full: reviewed && against.is_none() && landing.failed.is_none(),
        json: json!({"review": agreed.review, "coverage": agreed.coverage, "whole": whole, "landing": landing}),
    }
}
