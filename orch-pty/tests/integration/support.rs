//! What the areas share: short commands, reading to the end, and a count of survivors that does not ask the library.
#![cfg_attr(not(target_os = "linux"), allow(dead_code))] // what counts survivors reads /proc

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use orch_pty::{Command, Exit, Output, OutputReader, Process, Stdin, Terminal};

/// A shell that runs `script` on a terminal.
pub(crate) fn sh(script: &str) -> Command {
    Command::new("/bin/sh").arg("-c").arg(script)
}

/// A shell that runs `script` without a terminal, its output on a pipe.
pub(crate) fn piped(script: &str) -> Command {
    sh(script)
        .stdin(Stdin::Null)
        .stdout(Output::Pipe)
        .stderr(Output::Null)
}

/// Everything until the end of the terminal.
pub(crate) async fn read_terminal(terminal: &Terminal) -> Vec<u8> {
    let (mut all, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        match terminal
            .read(&mut buffer)
            .await
            .expect("a terminal reads without error to its end")
        {
            0 => return all,
            read => all.extend_from_slice(&buffer[..read]),
        }
    }
}

/// Everything until the end of the pipe.
pub(crate) async fn read_pipe(pipe: &OutputReader) -> Vec<u8> {
    let (mut all, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        match pipe
            .read(&mut buffer)
            .await
            .expect("a pipe reads without error to its end")
        {
            0 => return all,
            read => all.extend_from_slice(&buffer[..read]),
        }
    }
}

/// Runs a command whose output is a pipe to its end: that output as text, and how it ended.
pub(crate) async fn output_of(command: &Command) -> (String, Exit) {
    let Process {
        mut child, stdout, ..
    } = command.spawn().expect("the command starts");
    let output = read_pipe(&stdout.expect("stdout is a pipe")).await;
    let exit = child.wait().await.expect("an exit");
    (String::from_utf8(output).expect("text"), exit)
}

/// Reads from the terminal until `text` has come, and returns all up to then.
pub(crate) async fn read_until(terminal: &Terminal, text: &str) -> String {
    let (mut all, mut buffer) = (String::new(), [0; 4096]);
    while !all.contains(text) {
        let read = terminal.read(&mut buffer).await.expect("a read");
        assert_ne!(read, 0, "the terminal ended before {text:?}: {all:?}");
        all.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    all
}

/// What this process opens once, at its first spawn, is open when this returns.
pub(crate) async fn warmed_up() {
    let mut process = piped("exit 0").spawn().expect("sh starts");
    process.child.wait().await.expect("an exit");
}

/// Looks until `happened` is true. Fails the test when it never is.
pub(crate) async fn eventually(what: &str, mut happened: impl FnMut() -> bool) {
    let looks = async {
        while !happened() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), looks)
        .await
        .unwrap_or_else(|_| panic!("never: {what}"));
}

/// Runs the calling test again in a process of its own, started through `wrapper` (words before the test binary),
/// and returns `false`; inside that process it returns `true`.
pub(crate) fn alone(test: &str, wrapper: &[&str]) -> bool {
    const ALONE: &str = "ORCH_PTY_TEST_ALONE";
    if std::env::var_os(ALONE).is_some_and(|name| name == test) {
        return true;
    }
    let binary = std::env::current_exe().expect("own path");
    let words = [
        binary.to_str().expect("text"),
        test,
        "--exact",
        "--nocapture",
        "--test-threads=1",
    ];
    let mut words = wrapper.iter().chain(&words);
    let output = process::Command::new(words.next().expect("a program"))
        .args(words)
        .env(ALONE, test)
        .output()
        .expect("the test binary runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    false
}

/// Whether this process plays `role`, which is the full name of the calling test. Started as a test it plays none.
pub(crate) fn role(role: &str) -> bool {
    std::env::var_os(ROLE).is_some_and(|name| name == role)
}

/// This test binary once more, to play the role that is a test's full name.
pub(crate) fn run_role(role: &str) -> process::Command {
    let mut command = process::Command::new(std::env::current_exe().expect("own path"));
    command
        .args([role, "--exact", "--nocapture", "--test-threads=1"])
        .env(ROLE, role);
    command
}

const ROLE: &str = "ORCH_PTY_TEST_ROLE";

/// A number that no other process has in its command line or environment. When it is dropped, whoever still carries
/// it is killed: a failed test leaves nobody either.
pub(crate) struct Marker(String);

impl Marker {
    /// Long enough a time for `sleep`, and unique by its fraction.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self(format!(
            "100000.{:07}{:05}",
            process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ))
    }

    /// A shell that runs `script` on a terminal with the marker as `$MARK`.
    pub(crate) fn sh(&self, script: &str) -> Command {
        sh(script).env("MARK", &self.0)
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Survivors that have become `sleep`.
    pub(crate) fn sleepers(&self) -> Vec<i32> {
        let name = |pid: &i32| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        let mut found = self.survivors();
        found.retain(|pid| name(pid) == "sleep\n");
        found
    }

    /// Living processes that carry the marker, by `/proc` and not by the library.
    pub(crate) fn survivors(&self) -> Vec<i32> {
        if !cfg!(target_os = "linux") {
            return Vec::new();
        }
        let entries = std::fs::read_dir("/proc").expect("a list of all processes");
        let numbers = entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        numbers
            .filter(|&pid| pid != process::id().cast_signed() && self.is_on(pid) && is_alive(pid))
            .collect()
    }

    fn is_on(&self, pid: i32) -> bool {
        ["cmdline", "environ"].iter().any(|file| {
            let text = std::fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
            text.windows(self.0.len())
                .any(|window| window == self.0.as_bytes())
        })
    }
}

impl Drop for Marker {
    fn drop(&mut self) {
        for _ in 0..100 {
            let survivors = self.survivors();
            if survivors.is_empty() {
                return;
            }
            for pid in survivors {
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            }
        }
    }
}

/// Whether a process exists and is no zombie.
pub(crate) fn is_alive(pid: i32) -> bool {
    stat(pid).is_some_and(|fields| fields[0] != "Z" && fields[0] != "X")
}

/// The fields of `/proc/PID/stat` from the state on.
pub(crate) fn stat(pid: i32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields = text.get(text.rfind(')')? + 1..)?;
    Some(fields.split_ascii_whitespace().map(str::to_owned).collect())
}

/// What each open descriptor of a process is, by its number.
pub(crate) fn descriptors(process: &str) -> Vec<(u32, String)> {
    let folder = Path::new("/proc").join(process).join("fd");
    let entries = std::fs::read_dir(&folder).expect("a list of descriptors");
    let mut found: Vec<(u32, String)> = entries
        .flatten()
        .filter_map(|entry| {
            // The list itself is read through a descriptor, which is gone when its target is asked for.
            let target = std::fs::read_link(entry.path()).ok()?;
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                target.display().to_string(),
            ))
        })
        .filter(|(_, target)| !target.ends_with("/fd"))
        .collect();
    found.sort();
    found
}

/// A future that is polled so many times and then given up: `None` when it had not completed by then.
pub(crate) struct GivenUpAfter<F> {
    future: Pin<Box<F>>,
    polls: u32,
}

impl<F> GivenUpAfter<F> {
    pub(crate) fn new(polls: u32, future: F) -> Self {
        Self {
            future: Box::pin(future),
            polls,
        }
    }
}

impl<F: Future> Future for GivenUpAfter<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        match self.future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.polls == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}
