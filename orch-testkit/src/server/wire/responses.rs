//! The OpenAI Responses API.
//!
//! The smallest stream that codex 0.169 accepts: `response.created`, one `response.output_item.done` for each item,
//! `response.completed`. Deltas are optional and left out.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::Chunk;
use crate::server::answer::{Answer, Ending, Step};
use crate::server::reading::{CallOutput, Reading, list, names, text_of};
use crate::server::refusal::Refusal;
use crate::server::{Request, Usage};
use crate::strict;

pub(super) fn read(body: &Value) -> Reading {
    let said_by = |role: &str| -> Vec<String> {
        if let (Some(text), "user") = (body["input"].as_str(), role) {
            return vec![text.to_owned()];
        }
        list(&body["input"])
            .filter(|item| item["role"] == role)
            .map(|item| text_of(&item["content"]))
            .collect()
    };
    Reading {
        rules: said_by("developer"),
        user: said_by("user"),
        model: said_by("assistant"),
        outputs: list(&body["input"])
            .filter(|item| item["type"] == "function_call_output")
            .map(|item| CallOutput::new(&item["call_id"], text_of(&item["output"])))
            .collect(),
        tools: names(&body["tools"], "name"),
        schema: body.pointer("/text/format/schema").cloned(),
    }
}

/// The API's answer to a schema outside the strict subset.
pub(super) fn refuse_schema(request: &Request) -> Option<Refusal> {
    let format = request.body.pointer("/text/format")?;
    if format["type"] != "json_schema" || format["strict"] == false {
        return None;
    }
    let violations = strict::violations(&format["schema"]);
    if violations.is_empty() {
        return None;
    }
    let name = format["name"].as_str().unwrap_or("schema");
    let message = format!(
        "Invalid schema for response_format '{name}': {}",
        violations.join("; ")
    );
    Some(Refusal::error(400, Some("invalid_json_schema"), &message))
}

pub(super) fn chunks(answer: Answer, request: &Request) -> VecDeque<Chunk> {
    let id = format!("resp_{}", request.arrival);
    let mut calls = 0;
    let mut chunks = VecDeque::new();
    chunks.push_back(Chunk::named(
        "response.created",
        json!({ "response": { "id": id } }),
    ));
    for step in answer.steps {
        let (name, arguments) = match step {
            Step::Text(text) | Step::Structured { text, .. } => {
                chunks.push_back(item_done(&json!({
                    "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": text }],
                })));
                continue;
            }
            Step::Hold(gate) => {
                chunks.push_back(Chunk::Hold(gate));
                continue;
            }
            Step::Call { name, arguments } => (name, arguments),
            Step::Act(action) => action.call(request),
        };
        let call_id = format!("call_{}_{calls}", request.arrival);
        calls += 1;
        chunks.push_back(item_done(&json!({
            "type": "function_call", "name": name, "arguments": arguments.to_string(), "call_id": call_id,
        })));
    }
    let usage = usage(answer.usage);
    let last = match answer.ending {
        Ending::Completed => Chunk::named(
            "response.completed",
            json!({ "response": { "id": id, "usage": usage } }),
        ),
        Ending::Failed { code, message } => Chunk::named(
            "response.failed",
            json!({ "response": {
                "id": id, "status": "failed", "error": { "code": code, "message": message }, "usage": usage,
            }}),
        ),
        Ending::Incomplete { reason } => Chunk::named(
            "response.incomplete",
            json!({ "response": {
                "id": id, "status": "incomplete", "incomplete_details": { "reason": reason }, "usage": usage,
            }}),
        ),
        Ending::Dropped => Chunk::Break,
        Ending::Closed => return chunks,
        Ending::Silent => Chunk::Silence,
    };
    chunks.push_back(last);
    chunks
}

/// `{"error": {"message", "type", "code"}}`, the type by the status. Chat completions say it so too.
pub(super) fn error(refusal: &Refusal) -> Value {
    let kind = match refusal.status {
        401 | 403 => "authentication_error",
        429 => "rate_limit_error",
        400..=499 => "invalid_request_error",
        _ => "server_error",
    };
    json!({ "error": { "message": refusal.message, "type": kind, "code": refusal.code } })
}

fn item_done(item: &Value) -> Chunk {
    Chunk::named("response.output_item.done", json!({ "item": item }))
}

/// The total is input plus output: cached tokens are part of the input, reasoning tokens part of the output.
fn usage(usage: Usage) -> Value {
    json!({
        "input_tokens": usage.input,
        "input_tokens_details": { "cached_tokens": usage.cached },
        "output_tokens": usage.output,
        "output_tokens_details": { "reasoning_tokens": usage.reasoning },
        "total_tokens": usage.input.saturating_add(usage.output),
    })
}
