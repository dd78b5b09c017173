//! A program in a terminal of its own, driven as a person would; then a tree of processes that does all it can to live
//! on, ended. It says what was contained, and by which tier.
//!
//! ```text
//! cargo run --example terminal                         # python3 -i, or bash where there is no python
//! cargo run --example terminal -- --program bash
//! cargo run --example terminal -- --require warden     # fails where no warden can be had
//! ```
//!
//! Nothing here knows of agents: this is `orch-pty` alone.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a program for a terminal")]

mod dialogue;
mod hostile;

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};
use orch_pty::{SpawnError, Tier};

use dialogue::Interpreter;

/// Drives a program in a terminal, and ends a tree of processes that does not want to end.
#[derive(Debug, Parser)]
#[command(name = "terminal")]
struct Args {
    /// What to drive; by default python3, or bash where there is none.
    #[arg(long, value_enum)]
    program: Option<Interpreter>,
    /// The least containment that is good enough: without it the example fails and starts nothing.
    #[arg(long, value_enum, default_value_t = Required::Any)]
    require: Required,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Required {
    /// Whatever there is.
    Any,
    /// A warden, that may know some processes by their environment alone.
    Environment,
    /// A warden that knows every process by its tag.
    Warden,
}

impl Required {
    fn tier(self) -> Tier {
        match self {
            Self::Any => Tier::ProcessGroup,
            Self::Environment => Tier::Environment,
            Self::Warden => Tier::Warden,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    match perform(&args).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("error: somebody of the tree is left; see above");
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            // What the caller asked for cannot be had: as with a wrong call.
            let wrong = error
                .downcast_ref::<SpawnError>()
                .is_some_and(|error| matches!(error, SpawnError::NotContained { .. }));
            ExitCode::from(if wrong { 2 } else { 1 })
        }
    }
}

/// Whether nobody is left.
async fn perform(args: &Args) -> Result<bool> {
    for swept in orch_pty::janitor().context("the records of earlier orchestrators")? {
        println!(
            "an earlier orchestrator (process {}) was killed together with its warden: {} ended",
            swept.owner, swept.report.killed
        );
    }
    dialogue::hold(args.program, args.require.tier()).await?;
    println!();
    hostile::end(args.require.tier()).await
}
