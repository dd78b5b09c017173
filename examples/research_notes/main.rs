//! A topic, looked at from several angles in parallel; every source once, one synthesis that cites nothing else.
//!
//! ```text
//! cargo run --example research_notes                                 # a small library, three scripted researchers
//! cargo run --example research_notes -- --agent codex --angle 'what operators report' --angle 'licences' \
//!     'Which connection pool for PostgreSQL?'
//! cargo run --example research_notes -- --agent claude --local --angle 'how' --angle 'why' 'How do retries work here?'
//! ```

#![forbid(unsafe_code)]

mod sample;

use std::process::ExitCode;

use anyhow::bail;
use clap::Parser;
use orch_examples::flags::Common;
use orch_examples::program::{self, Cast, Program, Ran, Setting, Shown};
use orch_examples::roles::Roles;
use orch_examples::scripted::{only_the_sample, scripted};
use orch_patterns::prelude::*;
use orch_patterns::research::{Dossier, InOrderOfSupport, Researcher};
use orch_patterns::{Missing, Style, plain};
use serde_json::json;

/// What is known only once the researchers have answered.
const LATER: [&str; 2] = [
    "collect the sources, each once, with who named it (done here, by no worker)",
    "one synthesis: 5 to 10 points, key sources, disagreements, uncertainty, next actions (by a worker with a coding agent)",
];

const RESEARCHER: &str = "scripted researcher";

/// Researches a topic from several angles in parallel, and makes one decision-ready synthesis of it.
///
/// The pattern is `Research`: one read-only researcher for each angle, with the agent's own web search, or in the work tree
/// alone with --local; sources are collected and joined by their address; a synthesis may cite nothing else. A claim
/// without a source is marked, and an angle whose researcher failed is "not looked at", never "no evidence". Nothing is
/// changed. Progress goes to standard error, the result to standard output.
///
/// Exit code: 0 when every angle was looked at and the synthesis was made, 1 when some are missing (what there is is
/// printed), 2 when the call is wrong, 130 after Ctrl-C.
#[derive(Debug, Parser)]
#[command(
    name = "research_notes",
    version,
    after_help = "Without a TOPIC a sample is researched: a small library about ending processes, by scripted researchers unless an agent is chosen.\n\n\
                  Examples:\n  research_notes\n  research_notes --format json\n  \
                  research_notes --agent codex --angle 'what operators report' --angle licences 'Which connection pool for PostgreSQL?'"
)]
struct Args {
    /// What is to be found out. It needs a coding agent.
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,

    /// From where to look at it; may be given several times, one researcher each.
    #[arg(long = "angle", value_name = "ANGLE", requires = "topic")]
    angles: Vec<String>,

    /// Who has to decide, and what they know already.
    #[arg(long, value_name = "WHO", requires = "topic")]
    audience: Option<String>,

    /// Looks into the work tree alone, not into the web.
    #[arg(long, requires = "topic")]
    local: bool,

    /// Asks for sources and prose in the style of APA 7.
    #[arg(long)]
    apa: bool,

    #[command(flatten)]
    common: Common,
}

fn main() -> ExitCode {
    program::main(research)
}

async fn research(program: &Program, args: Args) -> anyhow::Result<u8> {
    only_the_sample(&args.common, args.topic.is_some(), "a topic of your own")?;
    let is_sample = args.topic.is_none();
    let (setting, topic, angles) = match &args.topic {
        None => (
            Setting::sample(&sample::LIBRARY)?,
            Topic::new(sample::TOPIC).paths(["library"]),
            sample::ANGLES.map(str::to_owned).to_vec(),
        ),
        Some(_) if args.angles.is_empty() => {
            bail!("nobody looks: say with --angle from where, two or three times")
        }
        Some(topic) => (Setting::here()?, Topic::new(topic), args.angles.clone()),
    };
    let topic = match &args.audience {
        Some(audience) => topic.audience(audience),
        None => topic,
    };
    let roles = Roles::of(
        &args.common,
        [scripted("researcher", include_str!("researcher.sh"))],
    );
    let cast = Cast {
        common: &args.common,
        setting: &setting,
        agents: roles.agents(),
        later: &LATER,
    };
    let researcher = |angle: &String| Researcher::new(angle).agent(roles.agent(RESEARCHER));
    let mut pattern = Research::new(angles.iter().map(researcher)).at_most(args.common.max_parallel);
    if args.local || is_sample {
        pattern = pattern.without_web();
    }
    if args.apa {
        pattern = pattern.style(Style::Apa7);
    }
    if roles.are_tools() {
        // No program reads and weighs: the claims in order of their support, by code.
        pattern = pattern.synthesise(InOrderOfSupport);
    }
    if args.common.dry_run {
        return program.rehearse(&cast, &pattern, topic).await;
    }
    let Ran { run, roster, end } = program.run(&cast, &pattern, topic).await?;
    let end = end.map(shown);
    Ok(program.show(&cast, Ran { run, roster, end }))
}

fn shown(covered: Covered<Dossier>) -> Shown {
    let missing: Vec<Missing> = covered.missing().to_vec();
    let coverage = covered.coverage();
    let dossier = covered.accept_partial();
    Shown {
        text: plain::block(&dossier.to_string()),
        json: json!({"dossier": dossier, "coverage": coverage, "missing": missing}),
        is_full: missing.is_empty() && dossier.not_closed.is_empty(),
    }
}
