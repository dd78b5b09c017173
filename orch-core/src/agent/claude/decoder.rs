//! The events of `claude -p --output-format stream-json`.
//!
//! Measured with 2.1.330. The `result` is the end and `is_error` in it is the truth: its `subtype` says `success` also
//! of a request that was refused. An interrupted turn ends with exit code 0 and a result whose `terminal_reason` begins
//! with `aborted`: that is no verdict. The answer to a schema is `structured_output`; a model that never gave one
//! leaves words in `result`, and whether they will do is the validation's to say. A turn begins with `system/init` and has
//! one result: another one without a beginning of its own was written by somebody else, and a turn that failed stays
//! failed. After `--resume` the result's
//! `usage` counts the turn, its `modelUsage` and `total_cost_usd` the whole conversation: those two are read.

use serde_json::Value;

use super::Claude;
use crate::agent::failure::{classify, of_refusal};
use crate::agent::line_decoder::{Dialect, Saying, count_of, text_of};
use crate::agent::{Heard, TurnVerdict, WorkerEvent};
use crate::job::Usage;
use crate::outcome::FailClass;

/// What the objects of Claude Code mean.
#[derive(Debug, Default)]
pub(in crate::agent) struct ClaudeDialect {
    /// The calls that were told of as not permitted.
    not_permitted: usize,
    /// Whether the turn that began last has its result.
    has_result: bool,
}

impl Dialect for ClaudeDialect {
    const NAME: &'static str = Claude::NAME;

    fn read(&mut self, event: &Value, heard: &mut Heard, say: &mut Saying) {
        match text_of(event, "type") {
            "system" => {
                match text_of(event, "subtype") {
                    "permission_denied" => self.not_permitted += 1,
                    "init" => self.has_result = false,
                    _ => {}
                }
                read_system(event, heard, say);
            }
            "assistant" => read_assistant(event, heard, say),
            "user" => read_user(event, heard, say),
            "result" if std::mem::replace(&mut self.has_result, true) => {
                say.unknown(heard, "a second result of one turn");
            }
            "result" => {
                self.read_denials(event, heard, say);
                read_result(event, heard, say);
            }
            "stream_event" | "tool_progress" | "rate_limit_event" => say.activity(),
            other => say.unknown(heard, other),
        }
    }
}

impl ClaudeDialect {
    /// The result lists every call that was not permitted; those that were not told of before are told now.
    fn read_denials(&mut self, event: &Value, heard: &mut Heard, say: &mut Saying) {
        let listed = event.get("permission_denials").and_then(Value::as_array);
        for denial in listed.into_iter().flatten().skip(self.not_permitted) {
            self.not_permitted += 1;
            let tool = text_of(denial, "tool_name");
            say.denied(heard, &format!("{tool} was not permitted"));
        }
    }
}

fn read_system(event: &Value, heard: &mut Heard, say: &mut Saying) {
    match text_of(event, "subtype") {
        "init" => {
            say.thread(heard, text_of(event, "session_id"));
            say.push(WorkerEvent::TurnStarted);
        }
        "api_retry" => {
            let (status, why) = (count_of(event, "error_status"), text_of(event, "error"));
            let words = match status {
                Some(status) => format!("the service refused with {status} ({why}), it tries again"),
                None => format!("the service did not answer ({why}), it tries again"),
            };
            // Nothing but the connection's end has no status.
            let class = status.map_or(FailClass::Transport, |status| of_refusal(status, why));
            say.warning(&words);
            heard.complaint = Some((class, words));
        }
        // The model is told and goes on: a reader that tries to write is no failure.
        "permission_denied" => say.denied(heard, text_of(event, "message")),
        "informational" => say.warning(text_of(event, "content")),
        "status" | "compact_boundary" | "ui_invalidate" => say.activity(),
        hook if hook.starts_with("hook_") || hook.starts_with("task_") => say.activity(),
        other => say.unknown(heard, other),
    }
}

fn read_assistant(event: &Value, heard: &mut Heard, say: &mut Saying) {
    // One message of the model comes as several events, one for each part.
    for part in parts_of(event) {
        match text_of(part, "type") {
            "text" => {
                let text = text_of(part, "text");
                if event.get("is_api_error_message").and_then(Value::as_bool) == Some(true) {
                    heard.complaint = Some((classify(text), text.to_owned()));
                    say.warning(text);
                } else {
                    if is_own(event) {
                        heard.message = Some(text.to_owned());
                    }
                    say.message(text);
                }
            }
            "tool_use" => {
                if let ("Write" | "Edit" | "MultiEdit" | "NotebookEdit", Some(input)) =
                    (text_of(part, "name"), part.get("input"))
                {
                    let id = text_of(part, "id");
                    heard.file_changes_by(id, text_of(input, "file_path"));
                    heard.file_changes_by(id, text_of(input, "notebook_path"));
                }
                say.call_begins(heard, text_of(part, "id"), &call_of(part));
            }
            "thinking" | "redacted_thinking" => say.activity(),
            other => say.unknown(heard, other),
        }
    }
}

fn read_user(event: &Value, heard: &mut Heard, say: &mut Saying) {
    let mut ended = false;
    for part in parts_of(event) {
        if text_of(part, "type") == "tool_result" {
            if let Some(words) = withheld(part) {
                say.denied(heard, words);
            }
            let id = text_of(part, "tool_use_id");
            heard.change_ended(id, part.get("is_error").and_then(Value::as_bool) != Some(true));
            say.call_ends(heard, id);
            ended = true;
        }
    }
    if !ended {
        say.activity();
    }
}

/// What says that the tool of a call is withheld. A call that is not permitted has an event of its own.
fn withheld(part: &Value) -> Option<&str> {
    let failed = part.get("is_error").and_then(Value::as_bool) == Some(true);
    let words = text_of(part, "content");
    let words = words
        .trim_start_matches("<tool_use_error>")
        .trim_end_matches("</tool_use_error>");
    (failed && words.contains("is disabled for this session")).then_some(words)
}

fn read_result(event: &Value, heard: &mut Heard, say: &mut Saying) {
    if let Some(usage) = usage_of(event) {
        heard.usage = Some(usage);
        say.push(WorkerEvent::Used { usage });
    } else {
        say.activity();
    }
    let reason = text_of(event, "terminal_reason");
    if reason.starts_with("aborted") {
        // Whatever else it says.
        say.warning(&words_of(event));
        heard.verdict = None;
        heard.complaint = Some((FailClass::Killed, format!("it was interrupted ({reason})")));
        return;
    }
    let is_error = event.get("is_error").and_then(Value::as_bool);
    if is_error == Some(false) && text_of(event, "subtype") == "success" {
        let structured = event.get("structured_output").filter(|value| !value.is_null());
        heard.message = match structured {
            Some(value) => Some(value.to_string()),
            None => Some(text_of(event, "result").to_owned()),
        };
        // The last result counts: what was queued behind a turn has a beginning and a result of its own.
        heard.verdict.get_or_insert(TurnVerdict::Completed);
        return;
    }
    let words = words_of(event);
    say.warning(&words);
    let class = match (reason, count_of(event, "api_error_status")) {
        ("prompt_too_long", _) => FailClass::ContextTooLong,
        ("structured_output_retry_exhausted", _) => FailClass::NoAnswer,
        (_, Some(status)) => of_refusal(status, &words),
        (_, None) => classify(&words),
    };
    match class {
        FailClass::Auth => heard.fail(class, format!("{words}; log in with `claude auth login`")),
        class => heard.fail(class, words),
    }
}

/// Whether the main agent said it, and not one that it started.
fn is_own(event: &Value) -> bool {
    event.get("parent_tool_use_id").is_none_or(Value::is_null)
}

fn parts_of(event: &Value) -> impl Iterator<Item = &Value> {
    let content = event.get("message").and_then(|message| message.get("content"));
    content.and_then(Value::as_array).into_iter().flatten()
}

/// A tool call in one line: the input that says most, or all of it.
fn call_of(part: &Value) -> String {
    let name = text_of(part, "name");
    let Some(input) = part.get("input") else {
        return name.to_owned();
    };
    let telling = ["command", "file_path", "pattern", "query", "url"]
        .into_iter()
        .find_map(|key| input.get(key)?.as_str());
    match telling {
        Some(telling) => format!("{name} {telling}"),
        None => format!("{name} {input}"),
    }
}

/// What the result says about a failure.
fn words_of(event: &Value) -> String {
    let result = text_of(event, "result");
    if !result.is_empty() {
        return result.to_owned();
    }
    let errors = event.get("errors").and_then(Value::as_array);
    let errors: Vec<&str> = errors.into_iter().flatten().filter_map(Value::as_str).collect();
    if errors.is_empty() {
        format!("the turn ended with {}", text_of(event, "subtype"))
    } else {
        errors.join("; ")
    }
}

/// The use of all models together, of the whole conversation. None when no model was asked.
fn usage_of(event: &Value) -> Option<Usage> {
    let models = event.get("modelUsage")?.as_object()?;
    let usage = models
        .values()
        .map(|model| {
            let count = |key| count_of(model, key);
            let cached = count("cacheReadInputTokens");
            let input = count("inputTokens")
                .zip(cached)
                .zip(count("cacheCreationInputTokens"))
                .map(|((new, read), written)| new.saturating_add(read).saturating_add(written));
            Usage {
                input_tokens: input,
                cached_input_tokens: cached,
                output_tokens: count("outputTokens"),
                // What one model cost is not what the conversation did: the sum below is the CLI's own.
                cost_micro_usd: None,
            }
        })
        .reduce(Usage::plus)?;
    Some(match event.get("total_cost_usd").and_then(Value::as_f64) {
        Some(dollars) => usage.cost_usd(dollars),
        None => usage,
    })
}

#[cfg(test)]
mod tests;
