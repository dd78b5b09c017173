//! The test command: the pinned agents, the runner, doctests, the score of merging, and the account of the real cases.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::agents::{self, Agent};
use crate::cases::{Account, committed};
use crate::run;
use crate::score::{self, Score};

/// Runs the tests. With arguments for the runner it runs the runner alone, enforces no count, and
/// says so.
pub(crate) fn run(root: &Path, runner_args: &[String]) -> Result<()> {
    let agents = agents::install_all(root, &Agent::ALL)?;
    let committed = committed(root)?;
    let folder = root.join("target/real-cases");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;

    let mut failed = Vec::new();
    for args in commands(has_nextest(root), runner_args) {
        let mut command = run::cargo();
        command.args(&args).current_dir(root);
        for (agent, program) in &agents {
            command.env(agent.variable(), program);
        }
        command.env("ORCH_REAL_CASES", &folder);
        if !run::succeeds(&mut command)? {
            failed.push(run::line(&command));
        }
    }

    let enforced = runner_args.is_empty();
    if enforced && let Err(error) = score::run(root, &Score::debug()) {
        failed.push(format!("the score of merging: {error:#}"));
    }

    if !can_trace() {
        println!("left out: the counts of system calls: there is no strace here that may trace");
    }
    let account = Account::read(&folder)?;
    if !enforced {
        println!("the runner was given arguments: the number of cases, {committed}, is not enforced");
    } else if let Some(advice) = account.advice(committed) {
        println!("{advice}");
    }
    println!("{}", account.line());
    if !failed.is_empty() {
        bail!("failed: {}", failed.join("; "));
    }
    if enforced {
        account.enforce(committed)
    } else {
        Ok(())
    }
}

fn has_nextest(root: &Path) -> bool {
    run::is_there(run::cargo().args(["nextest", "--version"]).current_dir(root))
}

/// Whether system calls can be counted. A passing test says that it could not only where nobody looks.
fn can_trace() -> bool {
    cfg!(target_os = "linux")
        && run::is_there(Command::new("strace").args(["-qq", "-o", "/dev/null", "/bin/true"]))
}

/// The arguments of each cargo that runs. nextest knows no doctests; `cargo test` runs them with the rest.
fn commands(nextest: bool, runner_args: &[String]) -> Vec<Vec<String>> {
    let all: &[&[&str]] = match (nextest, runner_args.is_empty()) {
        (true, true) => &[
            &["nextest", "run", "--workspace"],
            &["test", "--workspace", "--doc"],
        ],
        (true, false) => &[&["nextest", "run", "--workspace"]],
        (false, _) => &[&["test", "--workspace", "--no-fail-fast"]],
    };
    all.iter()
        .map(|args| {
            args.iter()
                .map(ToString::to_string)
                .chain(runner_args.iter().cloned())
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn everything_runs_with_nextest_and_without() {
        let with: Vec<_> = commands(true, &[]).iter().map(|args| args.join(" ")).collect();
        assert_eq!(with, ["nextest run --workspace", "test --workspace --doc"]);
        let without: Vec<_> = commands(false, &[]).iter().map(|args| args.join(" ")).collect();
        assert_eq!(without, ["test --workspace --no-fail-fast"]);
    }

    #[test]
    fn arguments_go_to_the_runner_alone() {
        let args = ["-E".to_owned(), "test(real_)".to_owned()];
        let with: Vec<_> = commands(true, &args).iter().map(|args| args.join(" ")).collect();
        assert_eq!(with, ["nextest run --workspace -E test(real_)"]);
    }
}
