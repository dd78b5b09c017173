//! Installs the pinned real agent with npm. It installs nothing outside `target/agents`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, iter};

use anyhow::{Context as _, Result, bail, ensure};

use crate::run;

/// Where the pin is committed.
const PIN: &str = "orch-testkit/agents";
const FILES: [&str; 2] = ["package.json", "package-lock.json"];

/// Installs what the pin names, unless it is there already. Returns the native binary.
pub(crate) fn install(root: &Path) -> Result<PathBuf> {
    let (pin, agents) = (root.join(PIN), root.join("target/agents"));
    let read = |folder: &Path, file| {
        let path = folder.join(file);
        fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
    };
    let lock = read(&pin, "package-lock.json")?;
    check_lock(&lock)?;
    let version = pinned_version(&read(&pin, "package.json")?)?;

    // npm writes the installed copy of the lock last, so that it stands for a whole installation.
    let same = FILES
        .iter()
        .all(|file| read(&agents, file).ok() == read(&pin, file).ok());
    let whole = agents.join("node_modules/.package-lock.json").is_file();
    if !(same && whole && installed_version(&agents).as_deref() == Some(&version)) {
        npm_ci(&pin, &agents)?;
    }
    let bin = native_binary(&agents).with_context(|| {
        format!(
            "@openai/codex {version} has no binary for {} on {}; name one in ORCH_CODEX_BIN and run the tests with cargo",
            env::consts::OS,
            env::consts::ARCH
        )
    })?;
    println!(
        "codex {version}: {}",
        bin.strip_prefix(root).unwrap_or(&bin).display()
    );
    Ok(bin)
}

fn npm_ci(pin: &Path, agents: &Path) -> Result<()> {
    if !run::is_there(Command::new("npm").arg("--version")) {
        bail!(
            "npm is missing: the tests install the pinned codex with it; install Node.js with npm and try again, or \
             run `cargo test --workspace`, which leaves out the cases that need codex"
        );
    }
    fs::create_dir_all(agents)?;
    for file in FILES {
        fs::copy(pin.join(file), agents.join(file)).with_context(|| format!("copying {file}"))?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(agents);
    run::check(&mut npm).context("installing the pinned codex; npm needs its registry once")
}

/// A lock that names a host would tie every clone to one registry.
fn check_lock(lock: &str) -> Result<()> {
    ensure!(
        !lock.contains("\"resolved\"") && !lock.contains("://"),
        "{PIN}/package-lock.json names a registry's host; write it with \
         `npm install --package-lock-only --omit-lockfile-registry-resolved`"
    );
    Ok(())
}

fn pinned_version(package: &str) -> Result<String> {
    let version =
        string_after(package, "\"@openai/codex\"").context("no @openai/codex in the pinned package.json")?;
    ensure!(
        version.starts_with(|c: char| c.is_ascii_digit()),
        "{PIN}/package.json must pin one version of @openai/codex, not {version}"
    );
    Ok(version.to_owned())
}

fn installed_version(agents: &Path) -> Option<String> {
    let package = fs::read_to_string(agents.join("node_modules/@openai/codex/package.json")).ok()?;
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

/// npm installs the package of this platform alone, so there is one binary.
fn native_binary(agents: &Path) -> Option<PathBuf> {
    let folders = |folder: PathBuf| {
        let entries = fs::read_dir(folder).ok();
        entries
            .into_iter()
            .flat_map(iter::IntoIterator::into_iter)
            .flatten()
            .map(|entry| entry.path())
    };
    folders(agents.join("node_modules/@openai"))
        .flat_map(|package| folders(package.join("vendor")))
        .map(|target| target.join("bin/codex"))
        .find(|bin| bin.is_file())
}

#[cfg(test)]
mod tests {
    use super::{check_lock, pinned_version, string_after};

    #[test]
    fn the_committed_pin_is_one_version_and_its_lock_names_no_host() {
        let package = include_str!("../../orch-testkit/agents/package.json");
        let lock = include_str!("../../orch-testkit/agents/package-lock.json");
        let version = pinned_version(package).unwrap();
        check_lock(lock).unwrap();
        assert!(lock.contains(&format!("\"version\": \"{version}\"")));
    }

    #[test]
    fn a_lock_that_names_a_host_is_refused() {
        assert!(check_lock("{\"resolved\": \"https://registry.example/x.tgz\"}").is_err());
        assert!(check_lock("{\"x\": \"git+ssh://host/x\"}").is_err());
    }

    #[test]
    fn a_range_is_no_pin() {
        assert!(pinned_version("{\"@openai/codex\": \"^0.169.0\"}").is_err());
        assert!(pinned_version("{}").is_err());
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
