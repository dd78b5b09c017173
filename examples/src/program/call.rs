//! From the command line to an exit code.

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{CommandFactory, Parser};
use orch_patterns::{Refusal, plain};

use crate::exit;
use crate::signals::{self, Told};

/// An example while it runs.
#[derive(Debug)]
pub struct Program {
    name: String,
    pub(super) told: Told,
}

/// Reads the command line; prints what is wrong with it, or the help, and gives the exit code for that.
///
/// # Errors
/// The exit code of a program that has nothing more to do.
pub fn parse<A: Parser>() -> Result<A, ExitCode> {
    A::try_parse().map_err(|error| {
        // Nothing is left to do when the message itself cannot be printed.
        let _ = error.print();
        if error.use_stderr() {
            ExitCode::from(exit::USAGE)
        } else {
            ExitCode::SUCCESS
        }
    })
}

/// The whole of an example: reads its command line and runs `body` on it, which gives the exit code. An error of `body`
/// is a wrong call, unless it is what the machine refused.
pub fn main<A, F>(body: F) -> ExitCode
where
    A: Parser,
    F: AsyncFnOnce(&Program, A) -> anyhow::Result<u8>,
{
    match parse::<A>() {
        Ok(args) => run::<A, F>(args, body),
        Err(code) => code,
    }
}

/// Runs `body` on a command line that was read already.
pub fn run<A, F>(args: A, body: F) -> ExitCode
where
    A: CommandFactory,
    F: AsyncFnOnce(&Program, A) -> anyhow::Result<u8>,
{
    let name = A::command().get_name().to_owned();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the runtime failed")
        .and_then(|runtime| {
            runtime.block_on(async {
                let told = signals::listen().context("setting the signal handlers failed")?;
                let name = name.clone();
                body(&Program { name, told }, args).await
            })
        });
    match done {
        Ok(code) => ExitCode::from(code),
        Err(wrong) => {
            say(&name, &format!("{wrong:#}"));
            // A full disk is no wrong call.
            let refused = wrong.downcast_ref::<Refusal>().is_some();
            ExitCode::from(if refused { exit::PARTIAL } else { exit::USAGE })
        }
    }
}

impl Program {
    /// Waits for the first signal that asks the program to end, and gives the exit code for it.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn told(&self) -> u8 {
        self.told.heard().await;
        self.told.exit_code().unwrap_or(exit::PARTIAL)
    }

    /// The exit code: that of the signal that asked the program to end, or `code` where none did.
    pub fn exit_code(&self, code: u8) -> u8 {
        self.told.exit_code().unwrap_or(code)
    }

    /// The name of the example.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A line on standard error, without control characters; a standard error that is gone does not matter.
    pub fn say(&self, words: &str) {
        say(&self.name, words);
    }
}

fn say(name: &str, words: &str) {
    let _ = writeln!(io::stderr(), "{name}: {}", plain::line(words, 2_000));
}
