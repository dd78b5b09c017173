//! The events of `gemini -o stream-json`.
//!
//! Measured with 0.61.0. The answer comes in pieces: it is all that the assistant said after the last tool. What
//! was said between two tools is told as one message, when the next tool or the result ends it: a piece alone may end in
//! the middle of a word. `result` is
//! the end, and its `status` says how; an `error` before it may be a warning. Counts are those of this process, so of
//! the turn; `output_tokens` leaves the model's thoughts out, `total_tokens` does not.

use serde_json::Value;

use super::Gemini;
use crate::agent::failure::classify;
use crate::agent::line_decoder::{Dialect, Saying, count_of, text_of};
use crate::agent::{Heard, TurnVerdict, WorkerEvent};
use crate::job::Usage;
use crate::outcome::FailClass;

/// The most of an answer that is put together; a job takes no longer one.
const ANSWER_LIMIT: usize = 64 << 20;

/// What the objects of Gemini CLI mean.
#[derive(Debug, Default)]
pub(in crate::agent) struct GeminiDialect {
    /// What was said since the last tool.
    said: String,
    /// How much of that was told.
    told: usize,
    /// Whether a piece of that may be missing.
    is_torn: bool,
}

impl Dialect for GeminiDialect {
    const NAME: &'static str = Gemini::NAME;

    fn read(&mut self, event: &Value, heard: &mut Heard, say: &mut Saying) {
        match text_of(event, "type") {
            "init" => {
                say.thread(heard, text_of(event, "session_id"));
                say.push(WorkerEvent::TurnStarted);
            }
            "message" if text_of(event, "role") == "assistant" => {
                let piece = text_of(event, "content");
                if self.said.len() + piece.len() > ANSWER_LIMIT {
                    heard.fail(FailClass::NoAnswer, "its answer has no end: more than 64 MiB");
                    return say.activity();
                }
                self.said.push_str(piece);
                say.activity();
            }
            // Its own prompt.
            "message" => say.activity(),
            "tool_use" => {
                self.tell(say);
                self.said.clear();
                self.told = 0;
                self.is_torn = false;
                if let ("write_file" | "replace", Some(parameters)) =
                    (text_of(event, "tool_name"), event.get("parameters"))
                {
                    heard.file_changes_by(text_of(event, "tool_id"), text_of(parameters, "file_path"));
                }
                say.call_begins(heard, text_of(event, "tool_id"), &call_of(event));
            }
            "tool_result" => {
                if let Some(why) = denial_of(event) {
                    say.denied(heard, why);
                }
                let id = text_of(event, "tool_id");
                let failed = event.get("error").is_some() || text_of(event, "status") == "error";
                heard.change_ended(id, !failed);
                say.call_ends(heard, id);
            }
            "error" => {
                let words = text_of(event, "message");
                heard.complaint = Some((classify(words), words.to_owned()));
                say.warning(words);
            }
            "result" => {
                self.tell(say);
                read_result(event, heard, say);
            }
            other => say.unknown(heard, other),
        }
    }

    fn missed(&mut self, _heard: &mut Heard) {
        self.is_torn = true;
    }

    fn finish(&mut self, heard: &mut Heard) {
        heard.message = (!self.is_torn).then(|| std::mem::take(&mut self.said));
    }
}

impl GeminiDialect {
    /// Tells what was said and is not told yet.
    fn tell(&mut self, say: &mut Saying) {
        if self.told < self.said.len() {
            say.message(&self.said[self.told..]);
            self.told = self.said.len();
        }
    }
}

fn read_result(event: &Value, heard: &mut Heard, say: &mut Saying) {
    heard.usage = event.get("stats").and_then(usage_of);
    match heard.usage {
        Some(usage) => say.push(WorkerEvent::Used { usage }),
        None => say.activity(),
    }
    if text_of(event, "status") == "success" {
        // A turn that failed stays failed.
        heard.verdict.get_or_insert(TurnVerdict::Completed);
        return;
    }
    let error = event.get("error").unwrap_or(&Value::Null);
    let words = match (text_of(error, "message"), &heard.complaint) {
        ("", Some((_, complaint))) => complaint.clone(),
        ("", None) => "the turn ended with an error that has no words".to_owned(),
        (message, _) => message.to_owned(),
    };
    say.warning(&words);
    if text_of(error, "type") == "FatalCancellationError" {
        // Interrupted: that is no verdict.
        heard.complaint = Some((FailClass::Killed, words));
        return;
    }
    // The kinds that say more than their words do.
    let class = match text_of(error, "type") {
        "FatalSandboxError" => FailClass::SandboxRefused,
        "FatalAuthenticationError" => FailClass::Auth,
        "FatalTurnLimitedError" => FailClass::NoAnswer,
        _ => classify(&words),
    };
    match class {
        FailClass::Auth => heard.fail(
            FailClass::Auth,
            format!("{words}; set GEMINI_API_KEY, or start `gemini` once and log in"),
        ),
        class => heard.fail(class, words),
    }
}

/// What says that a call was not let through: its tool is withheld, a policy denies it, or its path is beyond the
/// workspace.
fn denial_of(event: &Value) -> Option<&str> {
    let error = event.get("error")?;
    let words = text_of(error, "message");
    let denied = match text_of(error, "type") {
        "tool_not_registered" | "policy_violation" | "permission_denied" | "path_not_in_workspace" => true,
        _ => words.starts_with("Path not in workspace"),
    };
    denied.then_some(words)
}

/// A tool call in one line: the parameter that says most, or all of them.
fn call_of(event: &Value) -> String {
    let name = text_of(event, "tool_name");
    let Some(parameters) = event.get("parameters") else {
        return name.to_owned();
    };
    let telling = ["command", "file_path", "pattern", "query", "dir_path"]
        .into_iter()
        .find_map(|key| parameters.get(key)?.as_str());
    match telling {
        Some(telling) => format!("{name} {telling}"),
        None => format!("{name} {parameters}"),
    }
}

/// None when nothing was counted: a request that was refused has zeros.
fn usage_of(stats: &Value) -> Option<Usage> {
    let total = count_of(stats, "total_tokens");
    if total == Some(0) || !stats.is_object() {
        return None;
    }
    let input = count_of(stats, "input_tokens");
    let output = count_of(stats, "output_tokens");
    let thoughts_too = total
        .zip(input)
        .and_then(|(total, input)| total.checked_sub(input));
    Some(Usage {
        input_tokens: input,
        cached_input_tokens: count_of(stats, "cached"),
        output_tokens: thoughts_too.max(output),
        cost_micro_usd: None,
    })
}

#[cfg(test)]
mod tests;
