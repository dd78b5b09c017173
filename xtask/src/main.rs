//! The workspace's own commands: `cargo xtask COMMAND`.
//!
//! - `test`: the test command. The pinned real agents, the whole suite, doctests, and no case left out.
//! - `agents`: only the installation of the pinned real agents, or of one of them.
//! - `consumer`: the README's program, in a crate outside the workspace.
//! - `bench pty`: terminals against the raw limit and against other crates.
//! - `soak`: terminals and trees, tried again and again for as long as is given.
//! - `conformance`: every agent through every conformance case; writes CONFORMANCE.md.
//! - `score`: how well findings are merged, on labelled data, beside the bars.
//! - `schemas`: whether every shipped deliverable's schema is in the strict subset.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a program for a terminal")]

mod agents;
mod bench;
mod cases;
mod conformance;
mod consumer;
mod fuzz;
mod run;
mod schemas;
mod score;
mod soak;
mod test;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;

/// Commands of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Installs the pinned real agents and runs every test; no case that needs an agent may be left out.
    Test {
        /// Passed to the test runner, for instance a filter; then the count of cases is not enforced.
        #[arg(last = true)]
        runner_args: Vec<String>,
    },
    /// Installs pinned real agents into target/agents and prints where their programs are.
    Agents {
        /// Which ones; without this all of them.
        agents: Vec<agents::Agent>,
    },
    /// Builds and runs the README's program in a fresh crate outside the workspace.
    Consumer,
    /// Measures, with a release build.
    Bench {
        #[command(subcommand)]
        bench: bench::Bench,
    },
    /// Tries terminals and trees again and again, with a release build, and fails when anything went wrong.
    Soak(soak::Soak),
    /// Feeds hostile bytes to everything that reads a worker's output.
    Fuzz(fuzz::Fuzz),
    /// Runs every conformance case with every pinned agent, some ten minutes, and writes CONFORMANCE.md.
    Conformance(conformance::Conformance),
    /// Scores the merging of findings on labelled data, and fails when a bar is missed.
    Score(score::Score),
    /// Prints the shipped deliverables and checks that each one's schema is in the strict subset.
    Schemas,
}

fn main() -> ExitCode {
    match perform(Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // On one line, causes and all; a backtrace of this program helps nobody.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(command: Command) -> Result<()> {
    let root = root()?;
    match command {
        Command::Test { runner_args } => test::run(&root, &runner_args),
        Command::Agents { agents } => install(&root, &agents),
        Command::Consumer => consumer::run(&root),
        Command::Bench { bench } => bench::run(&root, &bench),
        Command::Soak(soak) => soak::run(&root, &soak),
        Command::Fuzz(fuzz) => fuzz::run(&root, &fuzz),
        Command::Conformance(asked) => conformance::run(&root, &asked),
        Command::Score(asked) => score::run(&root, &asked),
        Command::Schemas => schemas::run(&root),
    }
}

fn install(root: &Path, agents: &[agents::Agent]) -> Result<()> {
    let agents = if agents.is_empty() {
        &agents::Agent::ALL[..]
    } else {
        agents
    };
    for (_, program) in agents::install_all(root, agents)? {
        println!("{}", program.display());
    }
    Ok(())
}

/// The workspace's root: the folder above this package, wherever the command was called.
fn root() -> Result<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package
        .parent()
        .map(Path::to_owned)
        .with_context(|| format!("{} has no parent", package.display()))
}
