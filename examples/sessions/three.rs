//! Three workers in the background: started, watched, interrupted, answered.

use std::io::{self, Write};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use orch_patterns::session::{ExecCommand, SessionId, Sessions, Status, Stop, WriteStdin};

/// Looks around for as long as it is let.
const SCOUT: &str = "trap 'echo nothing found so far; exit 130' INT; echo looking around; \
                     while :; do sleep 0.1; done";
/// Needs an answer before it goes on.
const REVIEW: &str = "stty -echo; printf 'which base? '; read base; echo; echo \"reviewing against $base\"";
/// Ends by itself, and not well.
const BUILD: &str = "echo compiling; echo 'error: 1 test failed' >&2; exit 101";

/// One of the three.
struct Worker {
    id: SessionId,
    label: &'static str,
    /// What it has said so far.
    said: String,
    ended: bool,
}

pub(crate) async fn watch() -> Result<()> {
    let mut out = io::stdout();
    let sessions = Sessions::native();
    let mut workers = Vec::new();
    for (label, line) in [("W1 Scout", SCOUT), ("W2 Review", REVIEW), ("W3 Build", BUILD)] {
        // Returns at once, with what is there by now: nothing, as a rule.
        let started = sessions
            .exec_command(ExecCommand::shell(line).label(label))
            .await?;
        let id = started.status.running().context("it ended before it began")?;
        writeln!(out, "{label}: session {id} started")?;
        workers.push(Worker {
            id,
            label,
            said: started.output,
            ended: false,
        });
    }

    let (mut interrupted, mut answered) = (false, false);
    while workers.iter().any(|worker| !worker.ended) {
        let live: Vec<SessionId> = workers
            .iter()
            .filter(|worker| !worker.ended)
            .map(|worker| worker.id)
            .collect();
        // The only wait: for whoever has something to say first.
        let news = sessions.select(&live).await?;
        let worker = workers
            .iter_mut()
            .find(|worker| worker.id == news.id)
            .context("news of somebody else")?;
        let poll = sessions.write_stdin(WriteStdin::new(worker.id)).await?;
        show(&mut out, worker.label, &poll.output)?;
        worker.said.push_str(&poll.output);
        if poll.status.running().is_none() {
            worker.ended = true;
            writeln!(out, "{}: {}", worker.label, told(poll.status))?;
        } else if worker.label == "W1 Scout" && !interrupted && worker.said.contains("looking around\r\n") {
            interrupted = true;
            writeln!(out, "{}: interrupted, as by Ctrl-C", worker.label)?;
            sessions.session(worker.id)?.interrupt()?;
        } else if worker.label == "W2 Review" && !answered && worker.said.ends_with("which base? ") {
            answered = true;
            writeln!(out, "{}: answered: main", worker.label)?;
            sessions.session(worker.id)?.write(b"main\n").await?;
        }
    }

    writeln!(out)?;
    for line in sessions.list().await {
        writeln!(
            out,
            "{} {}: {}, {} bytes",
            line.id,
            line.label,
            told(line.status),
            line.bytes
        )?;
    }
    let ends = sessions.stop_all(Stop::Now, Duration::ZERO).await;
    for (id, end) in ends {
        ensure!(end?.left.is_empty(), "somebody of session {id} is left");
    }
    writeln!(out, "nobody is left")?;
    Ok(())
}

/// What it said, without what could do something to the terminal that shows it.
fn show(out: &mut impl Write, label: &str, said: &str) -> io::Result<()> {
    for line in said.lines() {
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        if !line.is_empty() {
            writeln!(out, "{label} | {line}")?;
        }
    }
    Ok(())
}

fn told(status: Status) -> String {
    match status {
        Status::Exited(exit) => exit.to_string(),
        Status::Running(_) => "running".to_owned(),
        _ => "ended, nobody knows how".to_owned(),
    }
}
