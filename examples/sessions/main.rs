//! Three background terminals with labels, watched without blocking: one answers, one is interrupted, one ends by itself.
//!
//! ```text
//! cargo run --example sessions
//! cargo run --example sessions -- --codex      # as a model would see it: codex's numbers and texts
//! ```
//!
//! It needs nothing but a POSIX shell: no account, no network, no model.

#![forbid(unsafe_code)]

mod three;
mod tool_calls;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser;

/// Starts three background terminals and shows what becomes of them.
#[derive(Debug, Parser)]
#[command(name = "sessions")]
struct Args {
    /// Makes two tool calls as a model would, with codex's numbers, and prints what the model is told.
    #[arg(long)]
    codex: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    let done = if args.codex {
        tool_calls::make().await
    } else {
        three::watch().await
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A standard error that is gone does not matter.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::from(1)
        }
    }
}
