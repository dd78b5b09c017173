//! Several answers to one question, from stances that lie apart; checks decide what they can, a judge asked in both orders
//! the rest; the chosen one is refined.
//!
//! ```text
//! cargo run --example choose_option                                  # three answers; one fails its check
//! cargo run --example choose_option -- --partial-judge               # a judge that prefers whatever it sees first
//! cargo run --example choose_option -- --agent codex --criterion 'measured start time' 'How do we shorten the start?'
//! ```

#![forbid(unsafe_code)]

mod sample;

use std::process::ExitCode;

use clap::Parser;
use orch_examples::flags::Common;
use orch_examples::program::{self, Cast, Program, Ran, Setting, Shown};
use orch_examples::roles::Roles;
use orch_examples::scripted::{only_the_sample, scripted};
use orch_patterns::options_selection::{AsProposed, Proposer, Selection, judge};
use orch_patterns::prelude::*;
use orch_patterns::{Check, Missing, Proposal, Stance, plain};
use serde_json::json;

/// What is known only once the proposers have answered.
const LATER: [&str; 3] = [
    "the check of each proposal, where the program has one: what it shows outranks what a judge says",
    "a judge for each pair that no check decides, once in each order; a win that does not survive the exchange is a tie",
    "refine the chosen one (by a worker with a coding agent), and keep the others with the reasons",
];

const PROPOSER: &str = "scripted proposer";

/// Lets several workers answer a question from different stances, and chooses one answer by evidence and by a judge that is
/// asked in both orders.
///
/// The pattern is `OptionsSelection`: proposers answer in parallel, each from a stance of its own; a check that the program
/// knows measures them; a judge compares the pairs that are still open, in both orders, and only a win that survives the
/// exchange counts; the chosen one is refined. The others and the reasons are kept. Nothing is changed. Progress goes to
/// standard error, the result to standard output.
///
/// Exit code: 0 when an option was chosen and nobody is missing, 1 when somebody is (what there is is printed), 2 when the
/// call is wrong, 130 after Ctrl-C.
#[derive(Debug, Parser)]
#[command(
    name = "choose_option",
    version,
    after_help = "Without a QUESTION a sample is decided: three ways to count words, by scripted workers unless an agent is chosen.\n\n\
                  Examples:\n  choose_option\n  choose_option --partial-judge    # the bias is found out and told; the choice stands\n  \
                  choose_option --agent codex --options 3 --criterion 'measured start time' 'How do we shorten the start?'"
)]
struct Args {
    /// What is to be decided. It needs a coding agent.
    #[arg(value_name = "QUESTION")]
    question: Option<String>,

    /// By what answers are weighed; may be given several times, the weightiest first.
    #[arg(long = "criterion", value_name = "WORDS", requires = "question")]
    criteria: Vec<String>,

    /// How many proposers answer; 2 or 3 are what can be weighed.
    #[arg(long, value_name = "N", default_value_t = 3)]
    options: usize,

    /// Lets a judge decide that always prefers what it is shown first. For the scripted workers only.
    #[arg(long, conflicts_with = "question")]
    partial_judge: bool,

    #[command(flatten)]
    common: Common,
}

fn main() -> ExitCode {
    program::main(choose)
}

async fn choose(program: &Program, args: Args) -> anyhow::Result<u8> {
    only_the_sample(&args.common, args.question.is_some(), "a question of your own")?;
    let is_sample = args.question.is_none();
    let setting = if is_sample {
        Setting::sample(&sample::FILES)?
    } else {
        Setting::here()?
    };
    let judging = if args.partial_judge {
        "scripted partial judge"
    } else {
        "scripted judge"
    };
    let roles = Roles::of(
        &args.common,
        [
            scripted("proposer", include_str!("proposer.sh")),
            scripted("judge", include_str!("judge.sh")),
            scripted("partial judge", include_str!("partial.sh")),
        ],
    );
    let cast = Cast {
        common: &args.common,
        setting: &setting,
        agents: roles.agents(),
        later: &LATER,
    };
    let proposer = |stance: Stance| {
        let name = if roles.are_tools() {
            format!("scripted {}", stance.name())
        } else {
            stance.name().to_owned()
        };
        Proposer::new(stance).named(name).agent(roles.agent(PROPOSER))
    };
    let proposers = Stance::spread(args.options).into_iter().map(proposer);
    let label = if roles.are_tools() { judging } else { "Judge" };
    let mut pattern = OptionsSelection::from_proposers(proposers)
        .at_most(args.common.max_parallel)
        .judge(judge().agent(roles.agent(judging)).label(label));
    if is_sample {
        pattern = pattern.evidence(tried);
    }
    if roles.are_tools() {
        // No program makes a proposal better: the chosen one stays as it is.
        pattern = pattern.refine(AsProposed);
    }
    let question = match &args.question {
        None => sample::CRITERIA
            .into_iter()
            .fold(Question::new(sample::QUESTION), Question::criterion)
            .paths(["options", "text.txt"]),
        Some(question) => args
            .criteria
            .iter()
            .fold(Question::new(question), Question::criterion),
    };
    if args.common.dry_run {
        return program.rehearse(&cast, &pattern, question).await;
    }
    let Ran { run, roster, end } = program.run(&cast, &pattern, question).await?;
    let end = end.map(shown);
    Ok(program.show(&cast, Ran { run, roster, end }))
}

/// How a proposal is measured. Its words choose among our own commands; none of them becomes part of one.
fn tried(proposal: &Proposal) -> Option<Check> {
    ["pipeline", "counting", "short"]
        .into_iter()
        .find(|option| proposal.approach.contains(&format!("options/{option}.sh")))
        .map(|option| check("sh", ["try.sh", option]))
}

fn shown(covered: Covered<Selection>) -> Shown {
    let missing: Vec<Missing> = covered.missing().to_vec();
    let coverage = covered.coverage();
    let selection = covered.accept_partial();
    Shown {
        text: plain::block(&selection.to_string()),
        json: json!({"selection": selection, "coverage": coverage, "missing": missing}),
        is_full: missing.is_empty() && selection.not_closed.is_empty(),
    }
}
