//! Review, fix, verify, and once more with what remains: one writer, and a check whose exit code decides.
//!
//! ```text
//! cargo run --example funnel_fix                                     # a sample with three defects, two rounds
//! cargo run --example funnel_fix -- --agent codex --check 'cargo test' src
//! cargo run --example funnel_fix -- --agent codex --check 'cargo test' --apply src
//! ```
//!
//! In the sample the reviewer sees two of the defects; the check sees the third, after the first round, and what it says
//! reaches the second.

#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use orch_examples::flags::{Common, command};
use orch_examples::program::{self, Cast, Landing, Program, Ran, Setting, Shown};
use orch_examples::roles::Roles;
use orch_examples::scripted::{only_the_sample, scripted};
use orch_patterns::funnel::Fixed;
use orch_patterns::prelude::*;
use orch_patterns::{Check, plain};
use serde_json::json;

/// What is known only once the reviewers have answered.
const LATER: [&str; 3] = [
    "merge and rank the findings (done here, by no worker)",
    "one implementer for the most important ones, at a desk of its own, in a copy of the work tree",
    "the check, or a verifying reader; where it fails, the implementer again with what was seen",
];

const REVIEWER: &str = "scripted reviewer";
const IMPLEMENTER: &str = "scripted implementer";

/// The files of the sample.
const SAMPLE: [(&str, &str); 7] = [
    ("README.md", include_str!("sample/README.md.sample")),
    ("total.sh", include_str!("sample/total.sh.sample")),
    ("check.sh", include_str!("sample/check.sh.sample")),
    ("cases/plain.txt", include_str!("sample/plain.txt.sample")),
    ("cases/comments.txt", include_str!("sample/comments.txt.sample")),
    ("cases/two words.txt", include_str!("sample/two-words.txt.sample")),
    ("cases/empty.txt", ""),
];

/// Reviews files, lets one writer fix the most important findings, and verifies the fix, round by round.
///
/// The pattern is `Funnel`: reviewers rank findings by impact; one implementer, who alone may write, gets the first of
/// them; a check or a verifying reader looks whether the fix holds; what is still wrong goes back, until it is confirmed or
/// the rounds are used up. The implementer works in a copy: your files change only with --apply, and only when the fix was
/// confirmed. Progress goes to standard error, the result with its diff to standard output.
///
/// Exit code: 0 when the fix is confirmed or every reviewer found nothing, 1 when it is not (what there is is printed), 2
/// when the call is wrong, 130 after Ctrl-C.
#[derive(Debug, Parser)]
#[command(
    name = "funnel_fix",
    version,
    after_help = "Without PATHS a sample is fixed: a shell script with three defects, by scripted workers unless an agent is chosen.\n\n\
                  Examples:\n  funnel_fix\n  funnel_fix --rounds 1            # ends before it is right: exit code 1\n  \
                  funnel_fix --agent codex --check 'cargo test' src\n  funnel_fix --agent codex --top 2 --check 'cargo test' --apply src"
)]
struct Args {
    /// What is reviewed and may be fixed: files and folders inside the work tree. They need a coding agent.
    #[arg(value_name = "PATHS")]
    paths: Vec<PathBuf>,

    /// A command that ends with 0 when all is well; its words are split at spaces, no shell is in between. Without it a
    /// verifying reader decides.
    #[arg(long, value_name = "COMMAND", value_parser = command, requires = "paths")]
    check: Option<Check>,

    /// How many findings are addressed, the most important first.
    #[arg(long, value_name = "N", default_value_t = 5)]
    top: usize,

    /// How many rounds of writing and verifying there are at most.
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,

    /// Brings the fix into the work tree when it was confirmed.
    #[arg(long, requires = "paths")]
    apply: bool,

    #[command(flatten)]
    common: Common,
}

fn main() -> ExitCode {
    program::main(fix)
}

async fn fix(program: &Program, args: Args) -> anyhow::Result<u8> {
    only_the_sample(&args.common, !args.paths.is_empty(), "a fix of your own files")?;
    let is_sample = args.paths.is_empty();
    let setting = if is_sample {
        Setting::sample(&SAMPLE)?
    } else {
        Setting::here()?
    };
    let paths = if is_sample {
        vec![PathBuf::from("total.sh")]
    } else {
        setting.inside(&args.paths)?
    };
    let roles = Roles::of(
        &args.common,
        [
            scripted("reviewer", include_str!("reviewer.sh")),
            scripted("implementer", include_str!("implementer.sh")),
        ],
    );
    let cast = Cast {
        common: &args.common,
        setting: &setting,
        agents: roles.agents(),
        later: &LATER,
    };
    let lenses = if roles.are_tools() {
        vec![Lens::custom(REVIEWER, "what a look at the script shows")]
    } else {
        vec![Lens::Correctness, Lens::Risks]
    };
    let reviewers = lenses
        .into_iter()
        .map(|lens| Reviewer::new(lens).agent(roles.agent(REVIEWER)));
    let implementer = Implementer::new()
        .writes(&paths)
        .isolation(Isolation::Clone)
        .agent(roles.agent(IMPLEMENTER))
        .label(if roles.are_tools() {
            IMPLEMENTER
        } else {
            "Implement"
        });
    let check = args
        .check
        .clone()
        .or_else(|| is_sample.then(|| check("sh", ["check.sh"])));
    let mut funnel = Funnel::new(ReviewFanout::new(reviewers))
        .top(args.top)
        .rounds(args.rounds)
        .implement(implementer);
    if let Some(check) = check {
        funnel = funnel.verify(check);
    }
    let artefact = Artefact::paths(&paths);
    if args.common.dry_run {
        return program.rehearse(&cast, &funnel, artefact).await;
    }
    let Ran { run, roster, end } = program.run(&cast, &funnel, artefact).await?;
    let end = match end {
        Ok(fixed) => Ok(shown(&fixed, &setting, args.apply).await),
        Err(why) => Err(why),
    };
    Ok(program.show(&cast, Ran { run, roster, end }))
}

async fn shown(fixed: &Fixed, setting: &Setting, apply: bool) -> Shown {
    let confirmed = fixed.verdict().is_confirmed();
    let apply = confirmed && (apply || setting.is_sample());
    let landing = match fixed.patch() {
        Some(patch) => Some(Landing::of(patch, setting, apply).await),
        None => None,
    };
    let mut text = plain::block(&fixed.to_string());
    if let Some(landing) = &landing {
        text = format!("{text}\n{landing}");
    }
    let landed = landing.as_ref().is_none_or(|landing| landing.failed.is_none());
    Shown {
        text,
        json: json!({"verdict": fixed.verdict(), "fixed": fixed, "landing": landing}),
        is_full: landed && (confirmed || fixed.found_nothing()),
    }
}
