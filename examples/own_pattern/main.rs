//! A pattern of one's own: a struct that implements `Pattern`, composed with the combinators like the ready-made ones.
//!
//! ```text
//! cargo run --example own_pattern                                     # a sample: eight versions of a guide
//! cargo run --example own_pattern -- --agent codex --claim 'The page says how to undo it.' v1.md v2.md v3.md
//! ```
//!
//! `bisect.rs` is the pattern; this file gives it a worker and runs it for several claims at once.

#![forbid(unsafe_code)]

mod bisect;
mod sample;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::Parser;
use orch_examples::flags::Common;
use orch_examples::program::{self, Cast, Program, Ran, Setting, Shown};
use orch_examples::roles::Roles;
use orch_examples::scripted;
use orch_patterns::orch_prompts::verifier;
use orch_patterns::prelude::*;
use orch_patterns::{Missing, Verification, plain};
use serde_json::json;

use bisect::{Bisect, Question, Search, Turn};

/// What is known only once the workers have answered.
const LATER: [&str; 2] = [
    "the first of the row, when the claim does not hold of the last",
    "the middle of what is left, again and again: about log2 of the row's length",
];

/// Finds the version of a text in which something was lost, by halving the row of versions.
///
/// The pattern `Bisect` is written in this example: it asks a read-only worker about one version at a time, as many times
/// as the row can be halved, and several claims are searched for side by side. Progress goes to standard error, the
/// result to standard output. Nothing is changed.
///
/// Exit code: 0 when every search ended, 1 when one did not (what there is is printed), 2 when the call is wrong, 130
/// after Ctrl-C.
#[derive(Debug, Parser)]
#[command(
    name = "own_pattern",
    version,
    after_help = "Without FILES a sample is searched: eight versions of a guide, by a scripted reader (sh and grep).\n\n\
                  Examples:\n  own_pattern\n  own_pattern --format json\n  own_pattern --agent codex --claim 'It says how to undo it.' v1.md v2.md v3.md v4.md"
)]
struct Args {
    /// The versions, the oldest first: files inside the work tree. They need a coding agent.
    #[arg(value_name = "FILES")]
    files: Vec<PathBuf>,

    /// What is to hold of a version; may be given several times.
    #[arg(long = "claim", value_name = "CLAIM", requires = "files")]
    claims: Vec<String>,

    #[command(flatten)]
    common: Common,
}

fn main() -> ExitCode {
    program::main(search)
}

async fn search(program: &Program, args: Args) -> anyhow::Result<u8> {
    scripted::only_the_sample(&args.common, !args.files.is_empty(), "a row of your own files")?;
    let (setting, searches) = if args.files.is_empty() {
        sample_row()?
    } else {
        own_row(&args)?
    };
    let reader = scripted::scripted("reader", include_str!("reader.sh"));
    let roles = Roles::of(&args.common, [reader]);
    let cast = Cast {
        common: &args.common,
        setting: &setting,
        agents: roles.agents(),
        later: &LATER,
    };
    // A worker's deliverable becomes the verdict that the pattern asks for; whatever is transient is tried once more.
    let reader: Worker<Question, Verification> = Worker::new(brief).label(if roles.are_tools() {
        "scripted reader"
    } else {
        "Reader"
    });
    let probe = reader
        .map(|verification: Verification| verification.verdict)
        .retry(orch_patterns::Retry::transient(1));
    // Our own pattern is used like any other: once for each claim, two at a time, missing ones are said.
    let pattern = Bisect::new(probe).for_each(2);
    if args.common.dry_run {
        return program.rehearse(&cast, &pattern, searches).await;
    }
    let Ran { run, roster, end } = program.run(&cast, &pattern, searches).await?;
    let end = end.map(shown);
    Ok(program.show(&cast, Ran { run, roster, end }))
}

fn brief(question: &Question) -> Brief {
    verifier(&question.claim, None)
        .artefact(Artefact::paths([&question.path]))
        .instruct("Judge by the artefact alone, not by other versions of it.")
}

fn sample_row() -> anyhow::Result<(Setting, Vec<Search>)> {
    let texts: Vec<(String, String)> = (1..=sample::VERSIONS)
        .map(|version| (sample::path(version), sample::text(version)))
        .collect();
    let files: Vec<(&str, &str)> = texts
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let setting = Setting::sample(&files)?;
    let row: Vec<String> = texts.iter().map(|(path, _)| path.clone()).collect();
    let search = |claim: &str| Search {
        claim: claim.to_owned(),
        row: row.clone(),
    };
    Ok((setting, sample::CLAIMS.map(search).to_vec()))
}

fn own_row(args: &Args) -> anyhow::Result<(Setting, Vec<Search>)> {
    if args.claims.is_empty() {
        bail!("nothing is asked of the files: say what is to hold of them with --claim");
    }
    let setting = Setting::here()?;
    let named = setting.inside(&args.files)?;
    let row = named.iter().map(|path| path.to_string_lossy().into_owned());
    let row: Vec<String> = row.collect();
    let search = |claim: &String| Search {
        claim: claim.clone(),
        row: row.clone(),
    };
    Ok((setting, args.claims.iter().map(search).collect()))
}

fn shown(turns: Covered<Vec<Turn>>) -> Shown {
    let missing: Vec<Missing> = turns.missing().to_vec();
    let is_full = turns.coverage().is_full();
    let turns = turns.accept_partial();
    let mut text: String = turns.iter().map(ToString::to_string).collect();
    for missing in &missing {
        let line = format!("Not found out: {}: {}", missing.label, missing.why);
        text.push_str(&plain::line(&line, 500));
        text.push('\n');
    }
    Shown {
        text,
        json: json!({"turns": turns, "missing": missing}),
        is_full,
    }
}
