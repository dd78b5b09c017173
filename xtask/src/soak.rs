//! The long trial of terminals and trees. It is no part of the test command: it goes on for as long as it is given.
//!
//! A release build of the program of the benchmarks does it: this one only passes its arguments on.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use crate::run;

#[derive(Debug, Args)]
pub(crate) struct Soak {
    /// When a round is over after this time, there is no further one.
    #[arg(long, default_value_t = 60)]
    minutes: u64,
    /// Ends the output with one line of JSON.
    #[arg(long)]
    json: bool,
    /// Only these trials, by name.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// Builds the program and runs it; fails when a trial did.
pub(crate) fn run(root: &Path, soak: &Soak) -> Result<()> {
    let mut command = run::cargo();
    command
        .args(["run", "--quiet", "--release", "--package", "orch-benches"])
        .args(["--bin", "orch-bench-pty", "--", "soak"])
        .args(soak.words())
        .current_dir(root);
    run::check(&mut command)
}

impl Soak {
    fn words(&self) -> Vec<String> {
        let mut words = vec![format!("--minutes={}", self.minutes)];
        words.extend(self.json.then(|| "--json".to_owned()));
        words.extend(self.only.iter().map(|name| format!("--only={name}")));
        words
    }
}

#[cfg(test)]
mod tests {
    use super::Soak;

    #[test]
    fn what_is_given_is_passed_on() {
        let soak = Soak {
            minutes: 90,
            json: true,
            only: vec!["streams".to_owned(), "floods".to_owned()],
        };
        assert_eq!(
            soak.words().join(" "),
            "--minutes=90 --json --only=streams --only=floods"
        );
    }
}
