//! Scouts gather the least that has to be known, it becomes a context pack, one writer works by that pack, and a check
//! verifies.
//!
//! ```text
//! cargo run --example scout_act_verify                               # a sample, two scouts
//! cargo run --example scout_act_verify -- --ask                      # you approve the pack, or say what should be different
//! cargo run --example scout_act_verify -- --agent codex --task 'Retries honour Retry-After.' \
//!     --scout 'Where is retry decided?' --scout 'Which tests cover it?' --check 'cargo test' net/src
//! ```

#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use clap::Parser;
use orch_examples::flags::{Common, command};
use orch_examples::gate;
use orch_examples::program::{self, Cast, Landing, Program, Ran, Setting, Shown};
use orch_examples::roles::Roles;
use orch_examples::scripted::{only_the_sample, scripted};
use orch_patterns::context_pack::{Executed, Scout};
use orch_patterns::prelude::*;
use orch_patterns::{Check, Pack, PackByWorker, plain};
use serde_json::json;

/// What is known only once the scouts have answered.
const LATER: [&str; 3] = [
    "condense the notes to a pack (by rule and no worker, unless --condense is given), and have it approved with --ask",
    "one implementer under that pack, at a desk of its own, in a copy of the work tree",
    "the check, or a verifying reader; where it fails, the implementer again with what was seen",
];

const SCOUT: &str = "scripted scout";
const IMPLEMENTER: &str = "scripted implementer";

/// The files of the sample.
const SAMPLE: [(&str, &str); 5] = [
    ("NOTES.md", include_str!("sample/NOTES.md.sample")),
    ("remind.sh", include_str!("sample/remind.sh.sample")),
    ("settings.conf", include_str!("sample/settings.conf.sample")),
    ("list.txt", include_str!("sample/list.txt.sample")),
    ("check.sh", include_str!("sample/check.sh.sample")),
];

/// Sends scouts, condenses what they found to a context pack, lets one writer work by it, and verifies the result.
///
/// The pattern is `ContextPack`: read-only scouts answer one question each, in parallel; what they say becomes a pack
/// (goal, constraints, pointers, decisions, success check); with --ask a person approves it; one implementer works by the
/// pack and never sees the notes; a check or a verifying reader looks whether it holds. The implementer works in a copy:
/// your files change only with --apply, and only when the work was confirmed. Progress goes to standard error, the result
/// with its diff to standard output.
///
/// Exit code: 0 when the work is confirmed, 1 when it is not or was rejected (what there is is printed), 2 when the call is
/// wrong, 130 after Ctrl-C.
#[derive(Debug, Parser)]
#[command(
    name = "scout_act_verify",
    version,
    after_help = "Without PATHS a sample is worked on: reminders that ignore the quiet hours, by scripted workers unless an agent is chosen.\n\n\
                  Examples:\n  scout_act_verify\n  scout_act_verify --ask\n  scout_act_verify --agent codex --task 'Retries honour Retry-After.' \
                  --scout 'Where is retry decided?' --scout 'Which tests cover it?' --check 'cargo test' net/src"
)]
struct Args {
    /// What may be changed: files and folders inside the work tree. They need a coding agent.
    #[arg(value_name = "PATHS")]
    paths: Vec<PathBuf>,

    /// What is to be true in the end.
    #[arg(long, value_name = "GOAL", requires = "paths")]
    task: Option<String>,

    /// A question for one scout; may be given several times.
    #[arg(long = "scout", value_name = "QUESTION", requires = "paths")]
    scouts: Vec<String>,

    /// A command that ends with 0 when the task is done; its words are split at spaces, no shell is in between. Without it
    /// a verifying reader decides.
    #[arg(long, value_name = "COMMAND", value_parser = command, requires = "paths")]
    check: Option<Check>,

    /// Shows the pack and asks before anybody writes.
    #[arg(long)]
    ask: bool,

    /// Lets a worker condense the notes, in place of a rule. It needs a coding agent.
    #[arg(long, requires = "paths")]
    condense: bool,

    /// How many rounds of writing and verifying there are at most.
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,

    /// Brings the work into the work tree when it was confirmed.
    #[arg(long, requires = "paths")]
    apply: bool,

    #[command(flatten)]
    common: Common,
}

/// What is to be done, and by whom it is looked at.
struct Job {
    setting: Setting,
    paths: Vec<PathBuf>,
    task: Task,
    questions: Vec<String>,
    check: Option<Check>,
}

fn main() -> ExitCode {
    program::main(act)
}

async fn act(program: &Program, args: Args) -> anyhow::Result<u8> {
    only_the_sample(&args.common, !args.paths.is_empty(), "work on your own files")?;
    let job = if args.paths.is_empty() {
        the_sample()?
    } else {
        own(&args)?
    };
    let roles = Roles::of(
        &args.common,
        [
            scripted("scout", include_str!("scout.sh")),
            scripted("implementer", include_str!("implementer.sh")),
        ],
    );
    let cast = Cast {
        common: &args.common,
        setting: &job.setting,
        agents: roles.agents(),
        later: &LATER,
    };
    let scout = |question: &String| Scout::new(question).agent(roles.agent(SCOUT));
    let implementer = Implementer::new()
        .writes(&job.paths)
        .isolation(Isolation::Clone)
        .agent(roles.agent(IMPLEMENTER))
        .label(if roles.are_tools() {
            IMPLEMENTER
        } else {
            "Implement"
        });
    let mut pattern = ContextPack::new()
        .scouts(job.questions.iter().map(scout))
        .implement(implementer)
        .rounds(args.rounds);
    if args.condense {
        pattern = pattern.condense(PackByWorker::new());
    }
    if args.ask {
        pattern = pattern.approve(|pack: Arc<Pack>| async move { gate::ask(&in_words(&pack)).await });
    }
    if let Some(check) = job.check.clone() {
        pattern = pattern.verify(check);
    }
    if args.common.dry_run {
        return program.rehearse(&cast, &pattern, job.task).await;
    }
    let Ran { run, roster, end } = program.run(&cast, &pattern, job.task).await?;
    let end = match end {
        Ok(executed) => Ok(shown(&executed, &job.setting, args.apply).await),
        Err(why) => Err(why),
    };
    Ok(program.show(&cast, Ran { run, roster, end }))
}

fn the_sample() -> anyhow::Result<Job> {
    let questions = [
        "Where is it decided which reminders are printed?",
        "Which settings and checks bind the quiet hours?",
    ];
    Ok(Job {
        setting: Setting::sample(&SAMPLE)?,
        paths: vec!["remind.sh".into()],
        task: Task::new("Reminders keep the quiet hours of settings.conf: nothing is printed then.")
            .non_goal("The list of reminders stays as it is.")
            .success("sh check.sh"),
        questions: questions.map(str::to_owned).to_vec(),
        check: Some(check("sh", ["check.sh"])),
    })
}

fn own(args: &Args) -> anyhow::Result<Job> {
    let Some(goal) = &args.task else {
        bail!("nothing is to be done: say with --task what is to be true in the end");
    };
    if args.scouts.is_empty() {
        bail!("no scout has a question: give at least one with --scout");
    }
    let setting = Setting::here()?;
    let mut task = Task::new(goal);
    if let Some(check) = &args.check {
        task = task.success(check.to_string());
    }
    Ok(Job {
        paths: setting.inside(&args.paths)?,
        setting,
        task,
        questions: args.scouts.clone(),
        check: args.check.clone(),
    })
}

/// The pack as whoever decides sees it.
fn in_words(pack: &Pack) -> String {
    let mut lines = vec![format!("Goal: {}", pack.goal)];
    for (name, entries) in [
        ("Non-goals", &pack.non_goals),
        ("Constraints", &pack.constraints),
        ("Pointers", &pack.pointers),
        ("Prior decisions", &pack.prior_decisions),
    ] {
        if !entries.is_empty() {
            lines.push(format!("{name}:"));
            lines.extend(entries.iter().map(|entry| format!("- {entry}")));
        }
    }
    lines.extend(
        pack.success_check
            .iter()
            .map(|check| format!("Success check: {check}")),
    );
    lines.join("\n")
}

async fn shown(executed: &Executed, setting: &Setting, apply: bool) -> Shown {
    let confirmed = executed.verdict().is_confirmed();
    let apply = confirmed && (apply || setting.is_sample());
    let landing = Landing::of(executed.patch(), setting, apply).await;
    Shown {
        text: format!("{}\n{landing}", plain::block(&executed.to_string())),
        is_full: confirmed && landing.failed.is_none(),
        json: json!({"verdict": executed.verdict(), "executed": executed, "landing": landing}),
    }
}
