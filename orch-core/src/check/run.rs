//! Running a check in a terminal of its own, to its end or its limit. Nothing of it is left afterwards.

use std::path::Path;
use std::time::Duration;

use orch_pty::{Command, Exit, SpawnError, Stdin, TerminalMode, Tier};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::{Check, Evidence};
use crate::environment;
use crate::redact::Redactor;
use crate::session::{Ended, Session, Stop};
use crate::verdict::Verdict;

/// The most bytes of the output that are kept, from its end.
const KEPT: usize = 16 << 10;

/// How long it has between the steps of its end.
const GRACE: Duration = Duration::from_secs(2);

/// A session that nobody waits for any more is killed.
struct Watched(Session);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.stop(Stop::Now, GRACE);
    }
}

/// Runs `check` in `directory` until its limit or `deadline`. Dropping the future kills it; its task is in `tasks`. The
/// secrets of `redactor` are out of its output before that is cut.
pub(crate) async fn perform(
    check: &Check,
    directory: &Path,
    tier: Tier,
    deadline: Option<Instant>,
    redactor: &Redactor,
    tasks: &TaskTracker,
) -> (Evidence, Vec<u32>) {
    let nothing = |why: String| Evidence {
        command: check.to_string(),
        verdict: Verdict::Unverified,
        started: true,
        ended: why,
        output: String::new(),
    };
    let command = Command::new(&check.program)
        .args(&check.arguments)
        .current_dir(directory)
        .terminal_mode(TerminalMode::Clean)
        .stdin(Stdin::Null);
    let passed = check.passed.iter().map(String::as_str);
    let command = environment::declared(command, passed, &check.variables).require(tier);
    let session = match Session::start_clean(&command, Box::new(|_, _| {}), redactor.clone(), tasks) {
        Ok(session) => Watched(session),
        Err(error) => {
            let mut evidence = nothing(crate::plain::line(&redactor.text(&told(&error)), 500));
            evidence.started = false;
            return (evidence, Vec::new());
        }
    };
    let limit = Instant::now().checked_add(check.limit);
    let limit = [limit, deadline].into_iter().flatten().min();
    let ended = tokio::select! {
        biased;
        ended = session.0.ended() => ended,
        () = at(limit) => {
            session.0.stop(Stop::Gently, GRACE);
            let left = session.0.ended().await.map_or(Vec::new(), |ended| ended.left);
            let mut evidence = nothing(format!("not done after {} s", check.limit.as_secs_f64()));
            evidence.output = output_of(&session.0, redactor);
            return (evidence, left);
        }
    };
    let Ok(Ended { exit, left, .. }) = ended else {
        return (nothing("the runtime was shut down".to_owned()), Vec::new());
    };
    let (verdict, ended) = match exit {
        Some(Exit::Code(0)) => (Verdict::Confirmed, "exit code 0".to_owned()),
        Some(Exit::Code(code)) => (Verdict::Refuted, format!("exit code {code}")),
        Some(exit) => (Verdict::Unverified, exit.to_string()),
        None => (Verdict::Unverified, "how it ended is unknown".to_owned()),
    };
    let evidence = Evidence {
        verdict,
        ended,
        output: output_of(&session.0, redactor),
        ..nothing(String::new())
    };
    (evidence, left)
}

/// Why it did not start, without the list of folders that were searched: that is as long as the user's `PATH`.
fn told(error: &SpawnError) -> String {
    match error {
        SpawnError::NotFound {
            program,
            path: Some(_),
        } => format!(
            "cannot start `{}`: no such program in PATH; install it or give its path",
            program.display()
        ),
        error => error.to_string(),
    }
}

/// The end of what it printed.
fn output_of(session: &Session, redactor: &Redactor) -> String {
    let text = session.transcript().output.to_text();
    let text = crate::plain::block(&redactor.text(&text));
    let from = text.len().saturating_sub(KEPT);
    let cut = (from..=text.len()).find(|&at| text.is_char_boundary(at));
    text[cut.unwrap_or(0)..].to_owned()
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
