//! Each worker owns a slice of the documents, apart from the others; one patch comes out of it.
//!
//! ```text
//! cargo run --example split_docs                                     # a sample: three chapters and their contents
//! cargo run --example split_docs -- 'docs/*.md'                      # your own, tidied; nothing changes without --apply
//! cargo run --example split_docs -- --agent codex --task 'Say it in plain English.' --check 'mdbook test' 'docs/*.md'
//! ```
//!
//! Without `--agent` the workers are a program that tidies Markdown: no account, no network, no model, and real changes.

#![forbid(unsafe_code)]

mod sample;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use orch_examples::flags::{Common, command};
use orch_examples::program::{self, Cast, Landing, Program, Ran, Setting, Shown, against};
use orch_examples::roles::Roles;
use orch_examples::tidy::{NAME, tidy};
use orch_patterns::prelude::*;
use orch_patterns::split_merge::{Merge, Merger, slices_of};
use orch_patterns::{Check, Missing, plain};
use serde_json::json;

/// What is known only once the workers have answered.
const LATER: [&str; 2] = [
    "bring the patches together in the order of the slices, splice the sections (done here; a conflict is data)",
    "the check of the whole, where there is one",
];

/// What every worker is told, unless it is told otherwise.
const TASK: &str =
    "Copy-edit your part: mend spelling, grammar and layout; keep its meaning, its links and its code.";

/// Splits documents into slices by path, lets one worker own each, and merges what they did to one patch.
///
/// The pattern is `SplitMerge`: one slice for each file or folder that a PATTERN names, or one section of a file, which a
/// reader writes and the program splices; overlapping slices are refused before anything starts; every writer works in a
/// copy of its own; the patches become one, and what does not fit together is told as a conflict. Your files change only
/// with --apply. Progress goes to standard error, the result with its diff to standard output.
///
/// Exit code: 0 when every slice is in the whole, nothing conflicts and the check holds, 1 otherwise (what there is
/// is printed), 2 when the call is wrong, 130 after Ctrl-C.
#[derive(Debug, Parser)]
#[command(
    name = "split_docs",
    version,
    after_help = "Without a PATTERN a sample is tidied: three chapters, and a list of contents that one more worker writes.\n\n\
                  Examples:\n  split_docs\n  split_docs 'docs/*.md'\n  split_docs --contents docs/contents.md --apply 'docs/*.md'\n  \
                  split_docs --agent codex --task 'Say it in plain English.' 'docs/*.md'"
)]
struct Args {
    /// What the slices are: in each part `*` stands for any letters and `?` for one, from the work tree's root.
    #[arg(value_name = "PATTERN")]
    pattern: Option<String>,

    /// What every worker is to do with its slice. It needs a coding agent.
    #[arg(long, value_name = "WORDS", requires = "pattern")]
    task: Option<String>,

    /// Lets one more worker write this file: the contents of the documents.
    #[arg(long, value_name = "FILE", requires = "pattern")]
    contents: Option<PathBuf>,

    /// Lets one more worker make the parts consistent, after they were brought together. It needs a coding agent.
    #[arg(long, requires = "pattern")]
    merger: bool,

    /// A command that ends with 0 when the whole is well; its words are split at spaces, no shell is in between.
    #[arg(long, value_name = "COMMAND", value_parser = command, requires = "pattern")]
    check: Option<Check>,

    /// Brings the patch into the work tree when every slice is in it and nothing speaks against it.
    #[arg(long, requires = "pattern")]
    apply: bool,

    #[command(flatten)]
    common: Common,
}

fn main() -> ExitCode {
    program::main(split)
}

async fn split(program: &Program, args: Args) -> anyhow::Result<u8> {
    let roles = Roles::of(&args.common, [tidy()]);
    if roles.are_tools() && (args.task.is_some() || args.merger) {
        anyhow::bail!(
            "--task and --merger need a coding agent: the program of --agent tools tidies, and nothing else"
        );
    }
    let (setting, pattern) = match &args.pattern {
        None => (Setting::sample(&sample::FILES)?, "docs/*.md"),
        Some(pattern) => (Setting::here()?, pattern.as_str()),
    };
    let mut slices = slices_of(setting.work_tree(), pattern)?;
    let is_sample = setting.is_sample();
    let contents = args
        .contents
        .clone()
        .or_else(|| is_sample.then(|| PathBuf::from("docs/contents.md")));
    let mut merge = Merge::git();
    if let Some(file) = &contents {
        slices = slices.and(Slice::section("contents"));
        merge = Merge::text(file);
    }
    let task = args.task.clone().unwrap_or_else(|| TASK.to_owned());
    if args.merger {
        merge = merge.worker(Merger::new(&task));
    }
    let mut pattern = SplitMerge::new(move |slice: &Slice| {
        if slice.is_section() {
            Brief::new(
                "Write the contents of the documents: a title, and one line with a link for each of them.",
            )
        } else {
            Brief::new(&task)
        }
    })
    .agent(roles.agent(NAME))
    .at_most(args.common.max_parallel)
    .merge(merge);
    let whole = args.check.clone();
    if let Some(check) = whole.or_else(|| is_sample.then(|| check("sh", ["check.sh"]))) {
        pattern = pattern.check_whole(check);
    }
    let cast = Cast {
        common: &args.common,
        setting: &setting,
        agents: roles.agents(),
        later: &LATER,
    };
    if args.common.dry_run {
        return program.rehearse(&cast, &pattern, slices).await;
    }
    let Ran { run, roster, end } = program.run(&cast, &pattern, slices).await?;
    let end = match end {
        Ok(covered) => Ok(shown(covered, &setting, args.apply).await),
        Err(why) => Err(why),
    };
    Ok(program.show(&cast, Ran { run, roster, end }))
}

async fn shown(covered: Covered<Whole>, setting: &Setting, apply: bool) -> Shown {
    let missing: Vec<Missing> = covered.missing().to_vec();
    let coverage = covered.coverage();
    let whole = covered.accept_partial();
    let against = against(&whole, missing.is_empty());
    let apply = apply || setting.is_sample();
    let landing = Landing::of_whole(&whole, against.as_deref(), setting, apply).await;
    Shown {
        text: format!("{}\n{landing}", plain::block(&whole.to_string())),
        is_full: against.is_none() && landing.failed.is_none(),
        json: json!({"whole": whole, "coverage": coverage, "missing": missing, "landing": landing}),
    }
}
