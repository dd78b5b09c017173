//! One git command, hardened: nothing that a repository's files or configuration name is run.
//!
//! Hooks, file-system monitors, `ssh` and transports, pagers, signing, automatic maintenance and submodules are switched
//! off. Filters have no switch: every filter that is configured is overridden by name with nothing. External diffs and
//! text conversions are for the caller to switch off (`--no-ext-diff`, `--no-textconv`), merges are never asked of git in
//! a repository. Aliases cannot stand for git's own commands, and no other is asked for. It has a deadline.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use orch_pty::{Command, Exit, Output, OutputReader, Stdin};

use super::named::{ASKED, Setting};
use crate::dirs;
use crate::refusal::Trouble;

/// The most bytes that git may print: far more than any worker reads.
const OUTPUT_LIMIT: usize = 64 << 20;

/// For how many bytes a disk is asked where git could not write: as many as the index of a large tree has.
const ROOM_ASKED: usize = 4 << 20;

/// How long one git command may take: minutes are for large trees on slow disks.
const DEADLINE: Duration = Duration::from_secs(120);

/// What holds for every command, whatever the configuration says.
const SETTINGS: [(&str, &str); 18] = [
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.sshCommand", "false"),
    ("core.askPass", "false"),
    ("core.pager", "cat"),
    ("core.editor", "false"),
    ("core.quotePath", "false"),
    ("core.untrackedCache", "false"),
    ("credential.helper", ""),
    ("protocol.allow", "never"),
    ("diff.autoRefreshIndex", "false"),
    ("diff.ignoreSubmodules", "all"),
    ("submodule.recurse", "false"),
    ("commit.gpgSign", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("safe.bareRepository", "explicit"),
    ("advice.detachedHead", "false"),
];

/// Variables of our own environment that git needs.
const PASSED: [&str; 7] = [
    "PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "USER",
    "LOGNAME",
    "TMPDIR",
    "TZ",
];

/// git in one directory. A cheap clone.
#[derive(Debug, Clone)]
pub(crate) struct Git {
    directory: PathBuf,
    settings: Vec<(OsString, OsString)>,
    /// What the configuration names that git obeys as well.
    led: Vec<Setting>,
    variables: Vec<(OsString, OsString)>,
    input: Vec<u8>,
    /// A private place of ours that it writes in.
    ours: Option<PathBuf>,
    deadline: Duration,
}

/// What a command that ended came to.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) exit: Exit,
    pub(crate) out: Vec<u8>,
    err: Vec<u8>,
}

impl Git {
    /// git in a repository that somebody else configured.
    ///
    /// # Errors
    /// When the configuration cannot be read: then its filters are not known.
    pub(crate) async fn at(directory: &Path) -> Result<Self, Trouble> {
        let mut git = Self::bare(directory);
        let listed = git
            .run([
                "config",
                "--includes",
                "-z",
                "--show-origin",
                "--get-regexp",
                ASKED,
            ])
            .await?;
        // 1: there is none.
        if !matches!(listed.exit, Exit::Code(0 | 1)) {
            return Err(git.complaint(&listed));
        }
        let (filters, led) = Setting::all_in(&listed.out)
            .into_iter()
            .partition(Setting::is_filter);
        git.led = led;
        let filters: Vec<Setting> = filters;
        for filter in filters {
            git = git.setting(filter.name, "");
        }
        Ok(git)
    }

    /// The files and folders, by absolute paths, to which the configuration leads git in the work tree with its files in
    /// `top`: of hooks, attributes and further configuration. They need not be there. It is as it was at [`Git::at`].
    pub(crate) fn named(&self, top: &Path) -> Vec<PathBuf> {
        let home = std::env::var_os("HOME");
        let named = self.led.iter().filter_map(|led| led.names(top, home.as_deref()));
        let mut named: Vec<PathBuf> = named.collect();
        named.sort();
        named.dedup();
        named
    }

    /// git without the configuration of user, system or any repository that is not named by [`Git::variable`]: for
    /// directories and repositories of our own.
    pub(crate) fn alone(directory: &Path) -> Self {
        let above = directory.parent().unwrap_or(directory);
        Self::bare(directory)
            .variable("GIT_CONFIG_GLOBAL", "/dev/null")
            .variable("GIT_CONFIG_SYSTEM", "/dev/null")
            .variable("GIT_CONFIG_NOSYSTEM", "1")
            .variable("GIT_ATTR_NOSYSTEM", "1")
            .variable("GIT_CEILING_DIRECTORIES", above)
            .variable("XDG_CONFIG_HOME", "/dev/null")
    }

    fn bare(directory: &Path) -> Self {
        let git = Self {
            directory: directory.to_owned(),
            settings: Vec::new(),
            led: Vec::new(),
            variables: Vec::new(),
            input: Vec::new(),
            ours: None,
            deadline: DEADLINE,
        };
        SETTINGS
            .into_iter()
            .fold(git, |git, (name, value)| git.setting(name, value))
    }

    /// Overrides a setting, by a way that takes every name.
    fn setting(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Sets a variable of its environment.
    pub(crate) fn variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Says that it writes in `place`, which is private and ours. git often does not say why it could not write, so when
    /// it fails the disk is asked there.
    pub(crate) fn writes_in(mut self, place: impl Into<PathBuf>) -> Self {
        self.ours = Some(place.into());
        self
    }

    /// What the next command reads.
    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// What a command prints, when it ends well.
    ///
    /// # Errors
    /// What git says, as one line, or what the machine refused it.
    pub(crate) async fn ask<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Vec<u8>, Trouble> {
        let said = self.run(arguments).await?;
        if said.exit == Exit::Code(0) {
            Ok(said.out)
        } else {
            Err(self.complaint(&said))
        }
    }

    /// As [`Git::ask`]: the one line that it prints.
    pub(crate) async fn line<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<String, Trouble> {
        let out = self.ask(arguments).await?;
        let text = String::from_utf8(out).map_err(|_| "git printed what is no text".to_owned())?;
        Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
    }

    /// Runs a command to its end, or to the deadline. Dropping the future kills it.
    pub(crate) async fn run<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Said, Trouble> {
        let mut command =
            Command::new("git").args(["--no-pager", "--no-optional-locks", "--literal-pathspecs"]);
        for argument in arguments {
            command = command.arg(argument.as_ref());
        }
        command = command.env_clear();
        for name in PASSED {
            if let Some(value) = std::env::var_os(name) {
                command = command.env(name, value);
            }
        }
        command = command.env("GIT_CONFIG_COUNT", self.settings.len().to_string());
        for (index, (name, value)) in self.settings.iter().enumerate() {
            command = command
                .env(format!("GIT_CONFIG_KEY_{index}"), name)
                .env(format!("GIT_CONFIG_VALUE_{index}"), value);
        }
        let fixed = [
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_ALLOW_PROTOCOL", "none"),
            ("GIT_EDITOR", "false"),
            ("LC_ALL", "C"),
        ];
        command = command.envs(fixed).envs(self.variables.iter().cloned());
        let stdin = if self.input.is_empty() {
            Stdin::Null
        } else {
            Stdin::Bytes(self.input.clone())
        };
        let command = command
            .current_dir(&self.directory)
            .stdin(stdin)
            .stdout(Output::Pipe)
            .stderr(Output::Pipe);
        tokio::time::timeout(self.deadline, said(&command, &self.directory))
            .await
            .unwrap_or_else(|_| Err(format!("git did not end within {} s", self.deadline.as_secs()).into()))
    }

    /// Why a command that ended badly did, where its own words say nothing to a person.
    pub(crate) fn failed(&self, said: &Said, what: String) -> Trouble {
        match self.complaint(said) {
            refused @ Trouble::Refused { .. } => refused,
            Trouble::Said(_) => what.into(),
        }
    }

    /// Why a command that ended badly did.
    fn complaint(&self, said: &Said) -> Trouble {
        let text = String::from_utf8_lossy(&said.err);
        let shown = crate::plain::line(&text, 300);
        let trouble = Trouble::of_words(&self.directory, &text, shown);
        if matches!(trouble, Trouble::Refused { .. }) {
            return trouble;
        }
        if let Some(place) = &self.ours
            && let Err(error) = dirs::room_for(place, ROOM_ASKED)
            && let refused @ Trouble::Refused { .. } = Trouble::at(place, &error)
        {
            return refused;
        }
        if text.contains("--no-index") || text.contains("not a git repository") {
            return format!("{} is no git work tree", self.directory.display()).into();
        }
        trouble
    }
}

async fn said(command: &Command, directory: &Path) -> Result<Said, Trouble> {
    let started = command.spawn();
    let mut process = started.map_err(|error| Trouble::of_start("git", directory, &error))?;
    let (Some(stdout), Some(stderr)) = (process.stdout.take(), process.stderr.take()) else {
        return Err("git was started without pipes".into());
    };
    let (out, err) = tokio::join!(read_all(&stdout, OUTPUT_LIMIT), read_all(&stderr, 64 << 10));
    let exit = process.child.wait().await.map_err(Trouble::with(directory))?;
    let (out, complete) = out.map_err(Trouble::with(directory))?;
    let (err, _) = err.unwrap_or_default();
    if complete {
        Ok(Said { exit, out, err })
    } else {
        Err(format!("git printed more than {OUTPUT_LIMIT} bytes").into())
    }
}

/// Reads a pipe to its end; keeps at most `limit` bytes and says whether that was all.
async fn read_all(pipe: &OutputReader, limit: usize) -> std::io::Result<(Vec<u8>, bool)> {
    let mut kept = Vec::new();
    let mut complete = true;
    let mut chunk = vec![0; 16 << 10];
    loop {
        let count = pipe.read(&mut chunk).await?;
        if count == 0 {
            return Ok((kept, complete));
        }
        let room = count.min(limit - kept.len());
        kept.extend_from_slice(&chunk[..room]);
        complete &= room == count;
    }
}

#[cfg(test)]
mod tests {
    use nix::sys::stat::Mode;

    use super::*;

    #[tokio::test]
    async fn a_tree_that_makes_git_wait_for_ever_is_given_up() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let mut git = Git::alone(root.path());
        git.ask(["init", "--quiet"]).await.expect("a repository");
        nix::unistd::mkfifo(&root.path().join(".gitignore"), Mode::S_IRWXU).expect("a named pipe");
        std::fs::write(root.path().join("file"), "text").expect("a file");
        git.deadline = Duration::from_millis(300);
        let error = git.ask(["ls-files", "--others", "--exclude-standard"]).await;
        let error = error.expect_err("nobody writes into the pipe");
        assert!(error.to_string().starts_with("git did not end within"), "{error}");
    }
}
