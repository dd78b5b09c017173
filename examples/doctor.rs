//! Whether this machine is ready: which agents are installed, which versions, whether they are logged in, what to do,
//! and how workers are held when the orchestrator dies.
//!
//! ```text
//! cargo run --example doctor
//! cargo run --example doctor -- --format json
//! cargo run --example doctor -- --require codex    # fails unless codex is ready
//! ```
//!
//! No prompt is sent and nothing is paid for. Exit codes: 0 the examination was made (and what was required is ready),
//! 1 something that was required is not ready or the result could not be printed, 2 wrong usage.

#![forbid(unsafe_code)]

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use orch_examples::flags::Format;
use orch_patterns::agent::{Agent, Claude, Codex, Gemini, Opencode, Tool};
use orch_patterns::doctor;

/// Examines the agents of this machine: found, version, logged in, what to do.
#[derive(Debug, Parser)]
#[command(name = "doctor")]
struct Args {
    /// Fails unless this agent is ready; may be given several times.
    #[arg(long, value_name = "AGENT")]
    require: Vec<String>,
    /// Also examines a program of your own, as the agent of its name; may be given several times.
    #[arg(long, value_name = "PROGRAM")]
    tool: Vec<String>,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    let agents = agents(&args.tool);
    let known: Vec<&str> = agents.iter().map(|agent| agent.name()).collect();
    if let Some(unknown) = args.require.iter().find(|name| !known.contains(&name.as_str())) {
        say(&format!(
            "there is no agent {unknown}; known: {}",
            known.join(", ")
        ));
        return ExitCode::from(2);
    }
    let diagnosis = doctor(agents.iter().cloned()).await;
    let printed = match args.format {
        Format::Text => write!(io::stdout(), "{diagnosis}"),
        Format::Json => serde_json::to_string_pretty(&diagnosis)
            .map_err(io::Error::from)
            .and_then(|json| writeln!(io::stdout(), "{json}")),
    };
    if let Err(error) = printed {
        say(&format!("printing the diagnosis failed: {error}"));
        return ExitCode::FAILURE;
    }
    let missing: Vec<&String> = args
        .require
        .iter()
        .filter(|name| !diagnosis.is_ready(name))
        .collect();
    for name in &missing {
        say(&format!("{name} is not ready; see above"));
    }
    if missing.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A line on standard error; a standard error that is gone does not matter.
fn say(words: &str) {
    let _ = writeln!(io::stderr(), "error: {words}");
}

fn agents(tools: &[String]) -> Vec<Arc<dyn Agent>> {
    let mut agents: Vec<Arc<dyn Agent>> = vec![
        Arc::new(Codex::new()),
        Arc::new(Claude::new()),
        Arc::new(Opencode::new()),
        Arc::new(Gemini::new()),
    ];
    agents.extend(
        tools
            .iter()
            .map(|tool| Arc::new(Tool::new(tool, tool)) as Arc<dyn Agent>),
    );
    agents
}
