//! Runs the conformance cases with the real agents that are installed, and writes the report.
//!
//! ```text
//! cargo xtask conformance
//! cargo run -p orch-testkit --example conformance -- --agent codex --case plain_answer
//! ```
//!
//! `--report PATH` writes the report there, as Markdown. Exit code 1 when an agent did otherwise than is expected of it,
//! or is not there.

#![allow(clippy::print_stdout, reason = "a program whose output is its result")]

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use futures::{StreamExt as _, stream};
use orch_testkit::conformance::{self, Candidate, Case, Complaint, Verdict};
use orch_testkit::real;

/// How many cases run at once: each is a program of up to 600 MB.
const AT_ONCE: usize = 2;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;
type Found = std::result::Result<Verdict, Complaint>;

/// What is asked for.
#[derive(Default)]
struct Args {
    agents: Vec<String>,
    cases: Vec<Case>,
    report: Option<PathBuf>,
}

/// One agent's column.
struct Column {
    name: String,
    version: String,
    found: Vec<(Case, Found)>,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let args = args(std::env::args().skip(1))?;
    let mut columns = Vec::new();
    let mut failed = false;
    for (name, candidate) in candidates() {
        if !args.agents.is_empty() && !args.agents.iter().any(|agent| agent == name) {
            continue;
        }
        let Some(candidate) = candidate else {
            failed = true;
            continue;
        };
        let column = column(&*candidate, &args.cases).await?;
        failed |= column.found.iter().any(|(_, found)| found.is_err());
        columns.push(column);
    }
    if let Some(path) = args.report {
        std::fs::write(&path, report(&columns)?)?;
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn candidates() -> Vec<(&'static str, Option<Box<dyn Candidate>>)> {
    fn boxed(candidate: impl Candidate + 'static) -> Box<dyn Candidate> {
        Box::new(candidate)
    }
    let codex = real::codex("report_codex").map(|codex| boxed(conformance::codex(&codex)));
    let claude = real::claude("report_claude").map(|claude| boxed(conformance::claude(&claude)));
    let gemini = real::gemini("report_gemini").map(|gemini| boxed(conformance::gemini(&gemini)));
    let opencode = real::opencode("report_opencode").map(|opencode| boxed(conformance::opencode(&opencode)));
    vec![
        ("codex", codex),
        ("claude", claude),
        ("opencode", opencode),
        ("gemini", gemini),
    ]
}

async fn column(candidate: &dyn Candidate, cases: &[Case]) -> Result<Column> {
    let mut column = Column {
        name: candidate.name().to_owned(),
        version: conformance::version_of(candidate.program())?,
        found: Vec::new(),
    };
    println!("{} {}", column.name, column.version);
    let cases: Vec<Case> = Case::ALL
        .into_iter()
        .filter(|case| cases.is_empty() || cases.contains(case))
        .collect();
    let run = |case| async move { (case, conformance::run(case, candidate).await) };
    let mut found = stream::iter(cases).map(run).buffered(AT_ONCE);
    while let Some((case, found)) = found.next().await {
        match &found {
            Ok(verdict) => println!("  {case}: {verdict}"),
            Err(complaint) => println!("  {case}: FAILED: {complaint}"),
        }
        column.found.push((case, found));
    }
    Ok(column)
}

/// The table, and under it every reason.
fn report(columns: &[Column]) -> Result<String> {
    let mut text = String::from(
        "# Conformance\n\nWhat every agent must do (`orch_testkit::conformance`), with the real programs on scripted \
         servers. Written by `cargo xtask conformance`",
    );
    writeln!(text, " on {}.\n", jiff::Timestamp::now().strftime("%Y-%m-%d"))?;
    let mut reasons: Vec<String> = Vec::new();
    write!(text, "| case |")?;
    for Column { name, version, .. } in columns {
        write!(text, " {name} {version} |")?;
    }
    writeln!(text, "\n| --- |{}", " --- |".repeat(columns.len()))?;
    for case in Case::ALL {
        write!(text, "| `{case}` |")?;
        for column in columns {
            let found = column.found.iter().find(|(found, _)| *found == case);
            let (word, reason) = match found.map(|(_, found)| found) {
                None => ("not run", None),
                Some(Ok(Verdict::Passed)) => ("passed", None),
                Some(Ok(Verdict::PassedSo(reason))) => ("passed", Some((*reason).to_owned())),
                Some(Ok(Verdict::NotApplicable(reason))) => ("not applicable", Some((*reason).to_owned())),
                Some(Ok(other)) => ("other", Some(other.to_string())),
                Some(Err(complaint)) => ("**failed**", Some(complaint.to_string())),
            };
            let note = reason.map(|reason| {
                let reason = format!("{} `{case}`: {}", column.name, reason.replace('\n', " "));
                reasons.push(reason);
                format!(" ({})", reasons.len())
            });
            write!(text, " {word}{} |", note.unwrap_or_default())?;
        }
        writeln!(text)?;
    }
    if !reasons.is_empty() {
        writeln!(
            text,
            "\nA number means that the program differs from the usual, and so does what is expected of it:\n"
        )?;
        for (number, reason) in reasons.iter().enumerate() {
            writeln!(text, "{}. {reason}", number + 1)?;
        }
    }
    Ok(text)
}

fn args(words: impl Iterator<Item = String>) -> Result<Args> {
    let mut args = Args::default();
    let mut words = words;
    while let Some(flag) = words.next() {
        let value = words.next().ok_or_else(|| format!("{flag} lacks its value"))?;
        match flag.as_str() {
            "--agent" => args.agents.push(value),
            "--case" => args.cases.push(value.parse()?),
            "--report" => args.report = Some(value.into()),
            other => {
                return Err(format!("no flag is called {other}; there are --agent, --case, --report").into());
            }
        }
    }
    let known = candidates();
    if let Some(agent) = args
        .agents
        .iter()
        .find(|agent| known.iter().all(|(name, _)| name != agent))
    {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        return Err(format!("no agent is called {agent}; there are {}", names.join(", ")).into());
    }
    Ok(args)
}
