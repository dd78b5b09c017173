//! The result on standard output.

use std::io::{self, Write};

use orch_patterns::{Entry, Error, Outcome, Plan, Roster, RunId, plain};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Cast, Program, Ran, Worker, seconds, workers};
use crate::exit;
use crate::flags::Format;
use crate::scripted::marked;

/// A result, ready to be shown.
#[derive(Debug)]
pub struct Shown {
    /// For people: made plain already.
    pub text: String,
    /// For programs.
    pub json: Value,
    /// Whether everything was done that was asked for: else the exit code is [`exit::PARTIAL`].
    pub is_full: bool,
}

/// The JSON form.
#[derive(Serialize)]
struct Json<'a> {
    run: RunId,
    agent: &'static str,
    workers_are: &'static str,
    work_tree: String,
    sample: bool,
    plan: Option<&'a Plan>,
    result: Option<Value>,
    error: Option<&'a str>,
    workers: Vec<Worker<'a>>,
    seconds: f64,
}

impl Program {
    /// Prints what came of a run, and gives the exit code.
    pub fn show(&self, cast: &Cast<'_>, ran: Ran<Shown>) -> u8 {
        let is_full = matches!(&ran.end, Ok(shown) if shown.is_full);
        let text = match cast.common.format {
            Format::Text => self.text(cast, &ran),
            Format::Json => format!("{:#}\n", form(cast, ran)),
        };
        if let Err(error) = printed(&text) {
            // The call was right and the work is done: only nobody sees it.
            self.say(&format!("printing the result failed: {error}"));
            return exit::PARTIAL;
        }
        let code = if is_full { exit::DONE } else { exit::PARTIAL };
        self.exit_code(code)
    }

    fn text(&self, cast: &Cast<'_>, ran: &Ran<Shown>) -> String {
        let on = if cast.setting.is_sample() {
            "a sample of its own".to_owned()
        } else {
            plain::line(&cast.setting.work_tree().to_string_lossy(), 200)
        };
        let by = match (cast.is_scripted(), cast.is_tools()) {
            (true, _) => "scripted workers; no model was asked",
            (_, true) => "programs; no model was asked",
            _ => cast.common.agent.name(),
        };
        let body = match &ran.end {
            Ok(shown) => shown.text.clone(),
            Err(why) => unfinished(why, &ran.roster),
        };
        let count = ran.roster.workers.len();
        let of = if count == 1 { "worker" } else { "workers" };
        let seconds = seconds(&ran.roster);
        let name = self.name();
        let text = format!("{name} on {on}, by {by}\n\n{body}\n{count} {of}, {seconds:.1} s.\n");
        if cast.is_scripted() { marked(&text) } else { text }
    }
}

/// What there is of a run that gave nothing: why, and what became of each worker.
fn unfinished(why: &Error, roster: &Roster) -> String {
    let became = |entry: &Entry| {
        let word = match &entry.outcome {
            Some(Outcome::Done(_)) => "done",
            Some(Outcome::Unfinished(why)) => why.word(),
            None => "cancelled",
        };
        format!("  {}: {word}\n", plain::line(&entry.label, 100))
    };
    let workers: String = roster.workers.iter().map(became).collect();
    format!("Not finished: {}\n{workers}", plain::block(&why.to_string()))
}

fn form(cast: &Cast<'_>, ran: Ran<Shown>) -> Value {
    let (result, error) = match ran.end {
        Ok(shown) => (Some(shown.json), None),
        Err(why) => (None, Some(plain::block(&why.to_string()))),
    };
    json!(Json {
        run: ran.run,
        agent: cast.common.agent.name(),
        workers_are: if cast.is_tools() {
            "programs and scripts"
        } else {
            "agents"
        },
        work_tree: cast.setting.work_tree().display().to_string(),
        sample: cast.setting.is_sample(),
        plan: ran.roster.plans.outermost(),
        result,
        error: error.as_deref(),
        workers: workers(&ran.roster),
        seconds: seconds(&ran.roster),
    })
}

/// Writes `text` to standard output, all of it.
///
/// # Errors
/// When nobody reads it, or it is full.
pub fn printed(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
