//! The conformance cases with every pinned agent, and their report.
//!
//! The cases run in a program of their own, so that this one does not have to link the whole library.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use crate::agents::{self, Agent};
use crate::run;

/// The report, at the root of the workspace.
const REPORT: &str = "CONFORMANCE.md";

/// What to run.
#[derive(Debug, Args)]
pub(crate) struct Conformance {
    /// Only this agent; then no report is written. May be given several times.
    #[arg(long)]
    agent: Vec<Agent>,
    /// Only this case (`plain_answer`, ...); then no report is written. May be given several times.
    #[arg(long)]
    case: Vec<String>,
    /// Keeps what each agent writes under orch-testkit/recorded.
    #[arg(long)]
    record: bool,
}

/// Installs the agents and runs the cases; fails when one failed.
pub(crate) fn run(root: &Path, asked: &Conformance) -> Result<()> {
    let agents = if asked.agent.is_empty() {
        &Agent::ALL[..]
    } else {
        &asked.agent
    };
    let mut command = run::cargo();
    command.args([
        "run",
        "--quiet",
        "--package",
        "orch-testkit",
        "--example",
        "conformance",
        "--",
    ]);
    for (agent, program) in agents::install_all(root, agents)? {
        command.env(agent.variable(), program);
    }
    for agent in &asked.agent {
        command.args(["--agent", agent.name()]);
    }
    for case in &asked.case {
        command.args(["--case", case]);
    }
    if asked.agent.is_empty() && asked.case.is_empty() {
        command.args(["--report", REPORT]);
    }
    if asked.record {
        command.env("ORCH_RECORD", root.join("orch-testkit/recorded"));
    }
    run::check(command.current_dir(root))
}
