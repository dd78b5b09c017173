//! An example as a child process, in a directory and a state directory of its own.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Where a program is run, and where it may keep private files.
pub(crate) struct Place {
    root: tempfile::TempDir,
}

/// What a program did.
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// An example's binary, built from the sources as they are: cargo leaves an old one in place when only this test is
/// asked for.
fn binary(example: &str) -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    let this = std::env::current_exe().unwrap();
    let profile = this.ancestors().nth(2).unwrap();
    let path = profile.join("examples").join(example);
    BUILT.get_or_init(|| {
        let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        build.args([
            "build",
            "--quiet",
            "--package",
            "orch-examples",
            "--examples",
            "--target-dir",
        ]);
        build.arg(profile.parent().unwrap());
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(
            build.stdin(Stdio::null()).status().unwrap().success(),
            "the examples do not build"
        );
    });
    assert!(path.exists(), "{} was not built", path.display());
    path
}

impl Place {
    /// A work tree that is no repository and has a space and an umlaut in its path.
    pub(crate) fn new() -> Self {
        let place = Self {
            root: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(place.tree()).unwrap();
        fs::create_dir(place.state()).unwrap();
        place
    }

    pub(crate) fn tree(&self) -> PathBuf {
        self.root.path().join("Bücher und mehr")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.root.path().join("state")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.tree().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A shell script that stands for a CLI, outside the work tree.
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.root.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// A path beside the work tree.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// The review fan-out with these arguments, without codex anywhere near unless a test puts it there.
    pub(crate) fn review(&self, arguments: &[&str]) -> Command {
        self.example("review_fanout", arguments)
    }

    pub(crate) fn example(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary(name));
        command
            .args(arguments)
            .current_dir(self.tree())
            .env("XDG_STATE_HOME", self.state())
            .env("ORCH_CODEX_BIN", "/nowhere/codex")
            .stdin(Stdio::null());
        command
    }

    /// Everything under a directory, relative to it.
    pub(crate) fn listing(directory: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut waiting = vec![directory.to_owned()];
        while let Some(path) = waiting.pop() {
            for entry in fs::read_dir(&path).unwrap() {
                let path = entry.unwrap().path();
                found.push(path.strip_prefix(directory).unwrap().to_owned());
                if path.is_dir() {
                    waiting.push(path);
                }
            }
        }
        found.sort();
        found
    }

    /// No private file is left: only the empty folders that hold them, and the register of who may write in the one tree.
    pub(crate) fn assert_state_is_empty(&self) {
        let folders =
            ["", "examples", "leases", "owners", "patches", "runs"].map(|name| Path::new("orch").join(name));
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let mut left = Self::listing(&self.state());
            left.retain(|path| !folders.contains(path));
            let registers = left.extract_if(.., |path| path.starts_with("orch/leases"));
            let registers: Vec<PathBuf> = registers.collect();
            let is_one = matches!(registers.as_slice(), [] | [_])
                || matches!(registers.as_slice(), [tree, file] if *file == tree.join("register"));
            assert!(is_one, "{registers:?}");
            // The warden strikes the record of a program that has ended.
            let records = left.iter().all(|path| path.starts_with("orch/owners"));
            if left.is_empty() || !records || Instant::now() > deadline {
                assert!(left.is_empty(), "{left:?}");
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Done {
    command.output().unwrap().into()
}

/// Starts a program; its output is read by [`finish`].
pub(crate) fn start(command: &mut Command) -> Child {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

pub(crate) fn finish(child: Child) -> Done {
    child.wait_with_output().unwrap().into()
}

/// Sends a signal to a program that this test started.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Done {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }

    /// The call was wrong: exit code 2, nothing on standard output, and these words.
    pub(crate) fn assert_usage_error(&self, words: impl AsRef<str>) {
        assert_eq!(self.code, Some(2), "{}", self.stderr);
        assert_eq!(self.stdout, "");
        assert!(
            self.stderr.contains(words.as_ref()),
            "{} is not in: {}",
            words.as_ref(),
            self.stderr
        );
    }
}

/// The processes whose environment holds `NAME=value`, zombies left out: counted from /proc.
pub(crate) fn with_environment(name: &str, value: impl AsRef<OsStr>) -> Vec<u32> {
    let entry = format!("{name}={}", value.as_ref().display());
    let pids = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter(|pid: &u32| {
        let bytes = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        bytes.split(|&byte| byte == 0).any(|one| one == entry.as_bytes())
    })
    .collect()
}

/// Waits until a file is there: a sign that a program under test gave.
pub(crate) fn until_exists(path: &Path) {
    until(|| path.exists());
}

/// Waits until something is so.
pub(crate) fn until(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed().as_secs() < 60, "it did not come about");
        thread::yield_now();
    }
}
