//! The events of `opencode run --format json`.
//!
//! Measured with 1.18.33. There is no final event: a `step_finish` whose reason is `stop` completes the turn, and a
//! later `step_start` opens it again. The answer is the last text of that last step. Every step reports its own tokens, and those
//! read from a cache or spent on reasoning are in no other count; a cost of zero is what it says of a model whose price
//! it does not know. A tool call is told of when it is over; one that a rule denies is an error of the tool and not
//! of the turn. One for which a person would be asked is rejected, and that ends the turn: with exit code 0, and with no
//! word but the tool's. A request that is tried again is not told of at all.

use serde_json::Value;

use super::Opencode;
use crate::agent::failure::of_refusal;
use crate::agent::line_decoder::{Dialect, Saying, count_of, text_of};
use crate::agent::{Heard, TurnVerdict, WorkerEvent};
use crate::job::Usage;
use crate::outcome::FailClass;

/// What the objects of opencode mean.
#[derive(Debug, Default)]
pub(in crate::agent) struct OpencodeDialect {
    started: bool,
}

impl Dialect for OpencodeDialect {
    const NAME: &'static str = Opencode::NAME;

    fn read(&mut self, event: &Value, heard: &mut Heard, say: &mut Saying) {
        let part = event.get("part").unwrap_or(&Value::Null);
        let session = text_of(event, "sessionID");
        if !self.started && !session.is_empty() {
            self.started = true;
            say.thread(heard, session);
            say.push(WorkerEvent::TurnStarted);
        }
        match text_of(event, "type") {
            "step_start" => {
                // A turn that failed stays failed.
                heard.open_again();
                // It went on in spite of a call that was rejected.
                heard
                    .complaint
                    .take_if(|(class, _)| *class == FailClass::SandboxRefused);
                // What was said before a tool was called is no answer.
                heard.message = None;
                say.activity();
            }
            "text" => {
                let text = text_of(part, "text");
                heard.message = Some(text.to_owned());
                say.message(text);
            }
            "reasoning" => say.activity(),
            "tool_use" => {
                if let ("write" | "edit" | "multiedit" | "patch", Some(input)) =
                    (text_of(part, "tool"), part.pointer("/state/input"))
                {
                    let state = part.get("state").unwrap_or(&Value::Null);
                    if text_of(state, "status") != "error" && state.get("error").is_none() {
                        heard.file_changed(text_of(input, "filePath"));
                    }
                }
                let call = call_of(part);
                read_denial(part, &call, heard, say);
                say.call(&call);
            }
            "step_finish" => read_step(part, heard, say),
            "error" => {
                let error = event.get("error").unwrap_or(&Value::Null);
                let (class, words) = complaint_of(error);
                say.warning(&words);
                match class {
                    FailClass::Auth => {
                        heard.fail(class, format!("{words}; log in with `opencode auth login`"));
                    }
                    class => heard.fail(class, words),
                }
            }
            other => say.unknown(heard, other),
        }
    }
}

/// The words of 1.18.33 for a call that is not let through: its tool is withheld, a rule denies it, or a person would be
/// asked and is not there.
fn read_denial(part: &Value, call: &str, heard: &mut Heard, say: &mut Saying) {
    let why = part.pointer("/state/error").and_then(Value::as_str);
    let Some(why) = why.filter(|why| {
        ["unavailable tool", "rule which prevents", "rejected permission"]
            .iter()
            .any(|words| why.contains(words))
    }) else {
        return;
    };
    say.denied(heard, &format!("{call}: {why}"));
    if why.contains("rejected permission") {
        let words = format!(
            "its permissions refused `{call}`; allow it in opencode's configuration, or leave it out"
        );
        heard.complaint = Some((FailClass::SandboxRefused, words));
    }
}

fn read_step(part: &Value, heard: &mut Heard, say: &mut Saying) {
    match usage_of(part) {
        Some(step) => {
            let usage = heard.usage.map_or(step, |before| before.plus(step));
            heard.usage = Some(usage);
            say.push(WorkerEvent::Used { usage });
        }
        None => say.activity(),
    }
    match text_of(part, "reason") {
        "stop" => {
            heard.verdict.get_or_insert(TurnVerdict::Completed);
        }
        "length" => heard.fail(
            FailClass::NoAnswer,
            "the model's answer was cut at its output limit: ask for less, or raise the limit",
        ),
        "content-filter" => heard.fail(
            FailClass::Refused,
            "the service's content filter stopped the model",
        ),
        // The turn goes on.
        "tool-calls" | "unknown" => {}
        other => heard.complaint = Some((FailClass::Other, format!("a step ended with {other:?}"))),
    }
}

/// A tool call in one line: the input that says most, or all of it.
fn call_of(part: &Value) -> String {
    let name = text_of(part, "tool");
    let Some(input) = part.get("state").and_then(|state| state.get("input")) else {
        return name.to_owned();
    };
    let telling = ["command", "filePath", "pattern", "query", "url"]
        .into_iter()
        .find_map(|key| input.get(key)?.as_str());
    match telling {
        Some(telling) => format!("{name} {telling}"),
        None => format!("{name} {input}"),
    }
}

/// What an error says, and its class.
fn complaint_of(error: &Value) -> (FailClass, String) {
    let (name, data) = (text_of(error, "name"), error.get("data").unwrap_or(&Value::Null));
    let words = match text_of(data, "message") {
        "" => format!("opencode failed with {name:?}"),
        message => message.to_owned(),
    };
    let class = match name {
        "ProviderAuthError" => FailClass::Auth,
        "ContextOverflowError" => FailClass::ContextTooLong,
        "MessageOutputLengthError" => FailClass::NoAnswer,
        "MessageAbortedError" => FailClass::Killed,
        _ => of_refusal(count_of(data, "statusCode").unwrap_or_default(), &words),
    };
    // The service's words name no time where its headers do.
    let wait = data
        .pointer("/responseHeaders/retry-after")
        .and_then(Value::as_str);
    match wait.filter(|_| class == FailClass::Quota) {
        Some(wait) => (class, format!("{words}; retry after {wait}")),
        None => (class, words),
    }
}

fn usage_of(part: &Value) -> Option<Usage> {
    let tokens = part.get("tokens").filter(|tokens| tokens.is_object())?;
    let cache = tokens.get("cache").unwrap_or(&Value::Null);
    let sum = |counts: &[Option<u64>]| {
        counts
            .iter()
            .copied()
            .reduce(|sum, count| Some(sum?.saturating_add(count?)))
            .flatten()
    };
    let cached = count_of(cache, "read");
    let usage = Usage {
        input_tokens: sum(&[count_of(tokens, "input"), cached, count_of(cache, "write")]),
        cached_input_tokens: cached,
        output_tokens: sum(&[count_of(tokens, "output"), count_of(tokens, "reasoning")]),
        cost_micro_usd: None,
    };
    let nothing = usage.input_tokens == Some(0) && usage.output_tokens == Some(0);
    if nothing && tokens.get("total").is_none() {
        // A step whose stream was dropped: it was used and nobody has counted it.
        return Some(Usage::default());
    }
    let cost = part.get("cost").and_then(Value::as_f64);
    Some(match cost.filter(|dollars| *dollars > 0.0) {
        Some(dollars) => usage.cost_usd(dollars),
        None => usage,
    })
}

#[cfg(test)]
mod tests;
