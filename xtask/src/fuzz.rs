//! The fuzz targets for as long as one likes: by cargo-fuzz where there is a nightly with it, else by seeded
//! mutations on this toolchain.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use clap::Args;

use crate::run;

/// Flags.
#[derive(Debug, Args)]
pub(crate) struct Fuzz {
    /// How long each target runs.
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// One target; all of them when none is named.
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// The first seed of the mutations on this toolchain.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Does not look for cargo-fuzz.
    #[arg(long)]
    stable: bool,
}

/// Every target of `orch_testkit::fuzz`, in its order.
const TARGETS: [&str; 11] = [
    "codex",
    "claude",
    "opencode",
    "gemini",
    "tool",
    "json_lines",
    "json_line",
    "plan",
    "strip",
    "redact",
    "fence",
];

pub(crate) fn run(root: &Path, fuzz: &Fuzz) -> Result<()> {
    let chosen: Vec<&str> = match &fuzz.target {
        Some(name) => {
            ensure!(
                TARGETS.contains(&name.as_str()),
                "there is no target {name}; known: {}",
                TARGETS.join(", ")
            );
            vec![name.as_str()]
        }
        None => TARGETS.to_vec(),
    };
    let by_coverage = !fuzz.stable
        && run::is_there(
            Command::new("cargo")
                .args(["+nightly", "fuzz", "--version"])
                .env_remove("RUSTUP_TOOLCHAIN"),
        );
    if !by_coverage {
        println!("there is no nightly with cargo-fuzz here: seeded mutations on this toolchain");
    }
    let corpus = root.join("target/fuzz-corpus");
    if by_coverage {
        let mut write = run::cargo();
        write
            .args([
                "run",
                "--quiet",
                "-p",
                "orch-testkit",
                "--example",
                "fuzz",
                "--",
                "--corpus",
            ])
            .arg(&corpus)
            .current_dir(root);
        run::check(&mut write)?;
    }
    for target in chosen {
        let mut command = if by_coverage {
            coverage(&corpus, target, fuzz)
        } else {
            let mut command = run::cargo();
            command
                .args([
                    "run",
                    "--quiet",
                    "--release",
                    "-p",
                    "orch-testkit",
                    "--example",
                    "fuzz",
                    "--",
                ])
                .args([fuzz.seconds.to_string(), target.to_owned(), fuzz.seed.to_string()]);
            command
        };
        run::check(command.current_dir(root))?;
    }
    Ok(())
}

fn coverage(corpus: &Path, target: &str, fuzz: &Fuzz) -> Command {
    let mut command = Command::new("cargo");
    command
        .args([
            "+nightly",
            "fuzz",
            "run",
            "--fuzz-dir",
            "orch-testkit/fuzz",
            "any",
        ])
        .arg(corpus)
        .arg("--")
        .arg(format!("-max_total_time={}", fuzz.seconds))
        .arg("-max_len=65536")
        .env("ORCH_FUZZ_TARGET", target)
        .env_remove("RUSTUP_TOOLCHAIN");
    command
}

#[cfg(test)]
mod tests {
    use super::TARGETS;

    #[test]
    fn the_targets_are_those_of_the_testkit() {
        let theirs = include_str!("../../orch-testkit/src/fuzz/target.rs");
        let named: Vec<&str> = theirs
            .lines()
            .filter_map(|line| line.trim().strip_prefix("target(\""))
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(named, TARGETS);
    }
}
