//! The benchmarks that are programs of their own; criterion's run by `cargo bench -p orch-benches`.
//!
//! A release build of the program measures and prints: this one only passes its arguments on.

use std::path::Path;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::run;

/// What can be measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Terminals against the raw limit and against other crates: prints one Markdown table of ratios.
    Pty(Much),
    /// Workers against the terminals that they run in: prints one Markdown table of ratios and counts.
    Core(Much),
}

#[derive(Debug, Args)]
pub(crate) struct Much {
    /// Ends the output with one line of JSON.
    #[arg(long)]
    json: bool,
    /// Rounds of every contest, instead of each one's own number.
    #[arg(long)]
    rounds: Option<usize>,
    /// Few rounds and small counts, to see that everything runs.
    #[arg(long)]
    quick: bool,
    /// Only these measurements, by name.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// Builds the program and runs it.
pub(crate) fn run(root: &Path, bench: &Bench) -> Result<()> {
    let (program, form, much) = match bench {
        Bench::Pty(much) => ("orch-bench-pty", "pty", much),
        Bench::Core(much) => ("orch-bench-core", "core", much),
    };
    let mut command = run::cargo();
    command
        .args(["run", "--quiet", "--release", "--package", "orch-benches"])
        .args(["--bin", program, "--", form])
        .args(much.words())
        .current_dir(root);
    run::check(&mut command)
}

impl Much {
    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for (given, word) in [(self.json, "--json"), (self.quick, "--quick")] {
            words.extend(given.then(|| word.to_owned()));
        }
        words.extend(self.rounds.map(|rounds| format!("--rounds={rounds}")));
        words.extend(self.only.iter().map(|name| format!("--only={name}")));
        words
    }
}

#[cfg(test)]
mod tests {
    use super::Much;

    #[test]
    fn what_is_given_is_passed_on() {
        let words = |json, rounds, quick, only: &[&str]| {
            let only = only.iter().map(ToString::to_string).collect();
            let much = Much {
                json,
                rounds,
                quick,
                only,
            };
            much.words().join(" ")
        };
        assert_eq!(words(false, None, false, &[]), "");
        assert_eq!(
            words(true, Some(7), true, &["spawn", "idle"]),
            "--json --quick --rounds=7 --only=spawn --only=idle"
        );
    }
}
