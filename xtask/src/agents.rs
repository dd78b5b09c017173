//! Installs the pinned real agents with npm, each in a folder of its own: who needs one needs not the others. It
//! installs nothing outside `target/agents`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, iter};

use anyhow::{Context as _, Result, bail, ensure};
use clap::ValueEnum;

use crate::run;

/// Where the pins are committed, one folder for each agent.
const PINS: &str = "orch-testkit/agents";
const FILES: [&str; 2] = ["package.json", "package-lock.json"];

/// An agent whose pin is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Agent {
    Codex,
    Claude,
    Opencode,
    Gemini,
}

impl Agent {
    pub(crate) const ALL: [Self; 4] = [Self::Codex, Self::Claude, Self::Opencode, Self::Gemini];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Codex => "codex",
            Self::Claude => "claude",
            Self::Opencode => "opencode",
            Self::Gemini => "gemini",
        }
    }

    /// The variable that names its binary to the tests.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::Codex => "ORCH_CODEX_BIN",
            Self::Claude => "ORCH_CLAUDE_BIN",
            Self::Opencode => "ORCH_OPENCODE_BIN",
            Self::Gemini => "ORCH_GEMINI_BIN",
        }
    }

    /// The package that the pin names. The pin of opencode is its native package: the other one is a launcher.
    fn package(self) -> &'static str {
        match self {
            Self::Codex => "@openai/codex",
            Self::Claude => "@anthropic-ai/claude-code",
            Self::Opencode => "opencode-linux-x64",
            Self::Gemini => "@google/gemini-cli",
        }
    }

    /// The program in its installation: npm installs the package of this platform alone, so there is one.
    fn program(self, folder: &Path) -> Option<PathBuf> {
        let modules = folder.join("node_modules");
        let candidates: Vec<PathBuf> = match self {
            Self::Codex => entries(&modules.join("@openai"))
                .flat_map(|package| entries(&package.join("vendor")).collect::<Vec<_>>())
                .map(|target| target.join("bin/codex"))
                .collect(),
            Self::Claude => entries(&modules.join("@anthropic-ai"))
                .map(|package| package.join("claude"))
                .collect(),
            Self::Opencode => entries(&modules)
                .map(|package| package.join("bin/opencode"))
                .collect(),
            Self::Gemini => vec![modules.join("@google/gemini-cli/bundle/gemini.js")],
        };
        candidates.into_iter().find(|program| program.is_file())
    }
}

/// Installs what the agent's pin names, unless it is there already. Returns its program.
pub(crate) fn install(root: &Path, agent: Agent) -> Result<PathBuf> {
    let pin = root.join(PINS).join(agent.name());
    let folder = root.join("target/agents").join(agent.name());
    let read = |folder: &Path, file| {
        let path = folder.join(file);
        fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
    };
    check_lock(agent, &read(&pin, "package-lock.json")?)?;
    let version = pinned_version(agent, &read(&pin, "package.json")?)?;

    // npm writes the installed copy of the lock last, so that it stands for a whole installation.
    let same = FILES
        .iter()
        .all(|file| read(&folder, file).ok() == read(&pin, file).ok());
    let whole = folder.join("node_modules/.package-lock.json").is_file();
    // A program that was deleted since is not in that list.
    let has_program = agent.program(&folder).is_some();
    if !(same && whole && has_program && installed_version(agent, &folder).as_deref() == Some(&version)) {
        npm_ci(agent, &pin, &folder)?;
    }
    let program = agent.program(&folder).with_context(|| {
        format!(
            "{} {version} has no program for {} on {}; name one in {} and run the tests with cargo",
            agent.package(),
            env::consts::OS,
            env::consts::ARCH,
            agent.variable(),
        )
    })?;
    let shown = program.strip_prefix(root).unwrap_or(&program);
    // Not on standard output, which `cargo xtask agents` keeps for paths.
    eprintln!("{} {version}: {}", agent.name(), shown.display());
    Ok(program)
}

/// Installs all of them; a failure names each that could not be had, and why.
pub(crate) fn install_all(root: &Path, agents: &[Agent]) -> Result<Vec<(Agent, PathBuf)>> {
    let mut missing = Vec::new();
    let mut there = Vec::new();
    for &agent in agents {
        match install(root, agent) {
            Ok(program) => there.push((agent, program)),
            Err(error) => missing.push(format!("{}: {error:#}", agent.name())),
        }
    }
    ensure!(
        missing.is_empty(),
        "agents are missing; {}; `cargo test --workspace` leaves out the cases that need them",
        missing.join("; ")
    );
    Ok(there)
}

fn npm_ci(agent: Agent, pin: &Path, folder: &Path) -> Result<()> {
    let name = agent.name();
    if !run::is_there(Command::new("npm").arg("--version")) {
        bail!(
            "npm is missing: the tests install the pinned {name} with it; install Node.js 20 or newer with npm and \
             try again"
        );
    }
    fs::create_dir_all(folder)?;
    for file in FILES {
        fs::copy(pin.join(file), folder.join(file)).with_context(|| format!("copying {file}"))?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(folder);
    run::check(&mut npm).with_context(|| format!("installing the pinned {name}; npm needs its registry once"))
}

/// A lock that names a host would tie every clone to one registry.
fn check_lock(agent: Agent, lock: &str) -> Result<()> {
    ensure!(
        !lock.contains("\"resolved\"") && !lock.contains("://"),
        "{PINS}/{}/package-lock.json names a registry's host; write it with \
         `npm install --package-lock-only --omit-lockfile-registry-resolved`",
        agent.name()
    );
    Ok(())
}

fn pinned_version(agent: Agent, package: &str) -> Result<String> {
    let named = agent.package();
    let version = string_after(package, &format!("\"{named}\""))
        .with_context(|| format!("no {named} in the pinned package.json"))?;
    ensure!(
        version.starts_with(|c: char| c.is_ascii_digit()),
        "{PINS}/{}/package.json must pin one version of {named}, not {version}",
        agent.name()
    );
    Ok(version.to_owned())
}

fn installed_version(agent: Agent, folder: &Path) -> Option<String> {
    let package = folder
        .join("node_modules")
        .join(agent.package())
        .join("package.json");
    let package = fs::read_to_string(package).ok()?;
    string_after(&package, "\"version\"").map(str::to_owned)
}

/// The string value of the first key that reads so; enough for files that npm writes.
fn string_after<'a>(json: &'a str, key: &str) -> Option<&'a str> {
    let rest = json.split_once(key)?.1.trim_start().strip_prefix(':')?;
    rest.trim_start()
        .strip_prefix('"')?
        .split_once('"')
        .map(|(value, _)| value)
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).ok();
    entries
        .into_iter()
        .flat_map(iter::IntoIterator::into_iter)
        .flatten()
        .map(|entry| entry.path())
}

#[cfg(test)]
mod tests {
    use super::{Agent, PINS, check_lock, pinned_version, string_after};

    #[test]
    fn each_committed_pin_is_one_version_and_its_lock_names_no_host() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for agent in Agent::ALL {
            let read = |file| {
                let path = root.join(PINS).join(agent.name()).join(file);
                std::fs::read_to_string(path).unwrap()
            };
            let version = pinned_version(agent, &read("package.json")).unwrap();
            let lock = read("package-lock.json");
            check_lock(agent, &lock).unwrap();
            assert!(lock.contains(&format!("\"version\": \"{version}\"")), "{agent:?}");
        }
    }

    #[test]
    fn a_lock_that_names_a_host_is_refused() {
        let refused = |lock| check_lock(Agent::Codex, lock).is_err();
        assert!(refused("{\"resolved\": \"https://registry.example/x.tgz\"}"));
        assert!(refused("{\"x\": \"git+ssh://host/x\"}"));
    }

    #[test]
    fn a_range_is_no_pin() {
        assert!(pinned_version(Agent::Codex, "{\"@openai/codex\": \"^0.169.0\"}").is_err());
        assert!(pinned_version(Agent::Codex, "{}").is_err());
    }

    #[test]
    fn a_value_is_found_after_its_key() {
        assert_eq!(
            string_after("{ \"version\" : \"1.2\" }", "\"version\""),
            Some("1.2")
        );
        assert_eq!(string_after("{ \"version\": 3 }", "\"version\""), None);
    }
}
