//! System calls, as `strace` writes them down: one file for each process or thread.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

/// How a worker's answer begins: see `Reply`.
const ANSWER: &str = r#"write(1, "{\"wall\":"#;

/// A folder in which a tracer writes.
pub(super) struct Trace {
    folder: TempDir,
}

impl Trace {
    /// # Errors
    /// There is no strace, or it may not trace.
    pub(super) fn new() -> Result<Self> {
        let probe = Command::new("strace")
            .args(["-qq", "-o", "/dev/null", "/bin/true"])
            .stdin(Stdio::null())
            .status()
            .context("counting system calls needs strace")?;
        ensure!(probe.success(), "strace cannot trace here: it ended with {probe}");
        Ok(Self {
            folder: tempfile::tempdir()?,
        })
    }

    /// The words before a command line that is to be traced, all its descendants included.
    pub(super) fn words(&self) -> Vec<String> {
        let files = self.folder.path().join("of");
        let files = files.to_string_lossy().into_owned();
        let tracer = ["strace", "-ff", "-qq", "-ttt", "-o", &files];
        // A signal that is ignored by whoever measures would be one more to reset.
        let clean = ["env", "--default-signal"];
        tracer.into_iter().chain(clean).map(str::to_owned).collect()
    }

    /// The calls of every process up to its exec of `program`, that one included: what it does afterwards is its own.
    /// A call that was never finished counts.
    pub(super) fn calls_until_exec_of(&self, program: &str) -> Result<Vec<Call>> {
        let mut calls = Vec::new();
        for path in self.files()? {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            calls.extend(until_exec(&text, program));
        }
        Ok(calls)
    }

    fn files(&self) -> Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(self.folder.path())?;
        entries.map(|entry| Ok(entry?.path())).collect()
    }

    /// Where the files are.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    /// Seconds since 1970 at its start.
    pub(super) at: f64,
    /// As strace names it.
    pub(super) name: String,
    /// Whether it is a worker's answer.
    pub(super) answers: bool,
}

fn until_exec(text: &str, program: &str) -> Vec<Call> {
    let exec = format!("execve(\"{program}\"");
    let mut calls = Vec::new();
    for line in text.lines() {
        let Some(call) = parse(line) else { continue };
        calls.push(call);
        if line.contains(&exec) && line.ends_with("= 0") {
            break;
        }
    }
    calls
}

/// Signals (`---`), ends (`+++`) and second halves (`<... resumed>`) are no calls, and one that a signal interrupts and
/// the kernel takes up again by itself is one.
fn parse(line: &str) -> Option<Call> {
    if line.contains("(To be restarted") {
        return None;
    }
    let (at, rest) = line.split_once(' ')?;
    let (name, _) = rest.split_once('(')?;
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    Some(Call {
        at: at.parse().ok().filter(|_| is_name)?,
        name: name.to_owned(),
        answers: rest.starts_with(ANSWER),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
1700000000.000100 rt_sigaction(SIGPIPE, {sa_handler=SIG_DFL}, NULL, 8) = 0
1700000000.000200 setsid()  = 77
--- SIGCHLD {si_signo=SIGCHLD} ---
1700000000.000250 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---
1700000000.000300 execve(\"/bin/true\", [\"/bin/true\"], 0x7ff /* 3 vars */) = -1 ENOENT (No such file)
1700000000.000400 execve(\"/bin/true\", [\"/bin/true\"], 0x7ff /* 3 vars */) = 0
1700000000.000500 brk(NULL) = 0x1
1700000000.000600 +++ exited with 0 +++
";

    #[test]
    fn calls_count_up_to_the_exec_that_succeeds_and_signals_do_not() {
        let names: Vec<String> = until_exec(TEXT, "/bin/true")
            .into_iter()
            .map(|call| call.name)
            .collect();
        assert_eq!(names, ["rt_sigaction", "setsid", "execve", "execve"]);
        assert_eq!(until_exec(TEXT, "/bin/false").len(), 5);
    }

    #[test]
    fn an_answer_is_known_by_its_first_words() {
        let answer = r#"1700000000.25 write(1, "{\"wall\":[],\"cpu\":0.0"..., 41) = 41"#;
        assert!(parse(answer).unwrap().answers);
        let reply = serde_json::to_string(&crate::worker::Reply::default()).unwrap();
        assert!(reply.starts_with(r#"{"wall":"#), "{reply}");
    }

    #[test]
    fn a_call_knows_when_it_began() {
        let call = parse("1700000000.250000 epoll_wait(3,  <unfinished ...>").unwrap();
        assert_eq!(call.name, "epoll_wait");
        assert!((call.at - 1_700_000_000.25).abs() < 1e-6);
        assert_eq!(
            parse("1700000000.250000 <... epoll_wait resumed>[], 8, -1) = 0"),
            None
        );
    }
}
