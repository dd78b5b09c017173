//! Anthropic's Messages API.
//!
//! The smallest stream that Claude Code 2.1.330 accepts: `message_start`, a start, a delta and a stop for each
//! content block, `message_delta` with the reason of the stop and the output tokens, `message_stop`.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::Chunk;
use super::chunk::named;
use crate::server::Request;
use crate::server::answer::{Answer, Ending, Step};
use crate::server::reading::{CallOutput, Reading, list, names, text_of};
use crate::server::refusal::Refusal;

/// The tool by which Claude Code takes an answer to its `--json-schema`.
const STRUCTURED: &str = "StructuredOutput";

pub(super) fn read(body: &Value) -> Reading {
    let said_by = |role: &str| -> Vec<String> {
        list(&body["messages"])
            .filter(|message| message["role"] == role)
            .map(|message| text_of(&message["content"]))
            .filter(|text| !text.is_empty())
            .collect()
    };
    let mut rules = said_by("system");
    rules.splice(0..0, [text_of(&body["system"])]);
    rules.retain(|text| !text.is_empty());
    Reading {
        rules,
        user: said_by("user"),
        model: said_by("assistant"),
        outputs: list(&body["messages"])
            .flat_map(|message| list(&message["content"]))
            .filter(|block| block["type"] == "tool_result")
            .map(|block| CallOutput::new(&block["tool_use_id"], text_of(&block["content"])))
            .collect(),
        tools: names(&body["tools"], "name"),
        schema: list(&body["tools"])
            .find(|tool| tool["name"] == STRUCTURED)
            .map(|tool| tool["input_schema"].clone()),
    }
}

pub(super) fn chunks(answer: Answer, request: &Request) -> VecDeque<Chunk> {
    let usage = answer.usage;
    let mut chunks = VecDeque::new();
    chunks.push_back(Chunk::named(
        "message_start",
        json!({ "message": {
            "id": format!("msg_{}", request.arrival), "type": "message", "role": "assistant",
            "model": request.body["model"], "content": [], "stop_reason": null, "stop_sequence": null,
            "usage": {
                "input_tokens": usage.input.saturating_sub(usage.cached), "output_tokens": 0,
                "cache_read_input_tokens": usage.cached, "cache_creation_input_tokens": 0,
            },
        }}),
    ));
    let (mut index, mut calls) = (0, 0);
    for step in answer.steps {
        let (name, arguments) = match step {
            Step::Text(text) => {
                chunks.push_back(text_block(index, &text));
                index += 1;
                continue;
            }
            Step::Structured { text, .. } if request.schema().is_none() => {
                chunks.push_back(text_block(index, &text));
                index += 1;
                continue;
            }
            Step::Hold(gate) => {
                chunks.push_back(Chunk::Hold(gate));
                continue;
            }
            Step::Structured { value, .. } => (STRUCTURED.to_owned(), value),
            Step::Call { name, arguments } => (name, arguments),
            Step::Act(action) => action.call(request),
        };
        let id = format!("toolu_{}_{calls}", request.arrival);
        calls += 1;
        chunks.push_back(block(
            index,
            &json!({ "type": "tool_use", "id": id, "name": name, "input": {} }),
            &json!({ "type": "input_json_delta", "partial_json": arguments.to_string() }),
        ));
        index += 1;
    }
    let stop = |reason: &str| {
        let delta = named(
            "message_delta",
            json!({
                "delta": { "stop_reason": reason, "stop_sequence": null },
                "usage": { "output_tokens": usage.output },
            }),
        );
        Chunk::Event(delta + &named("message_stop", json!({})))
    };
    let last = match answer.ending {
        Ending::Completed if calls > 0 => stop("tool_use"),
        Ending::Completed => stop("end_turn"),
        Ending::Failed { code, message } => {
            Chunk::named("error", json!({ "error": { "type": code, "message": message } }))
        }
        Ending::Incomplete { .. } => stop("max_tokens"),
        Ending::Dropped => Chunk::Break,
        Ending::Closed => return chunks,
        Ending::Silent => Chunk::Silence,
    };
    chunks.push_back(last);
    chunks
}

/// `{"type": "error", "error": {"type", "message"}}`, the type by the status.
pub(super) fn error(refusal: &Refusal) -> Value {
    let kind = match refusal.status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        400..=499 => "invalid_request_error",
        _ => "api_error",
    };
    json!({ "type": "error", "error": { "type": kind, "message": refusal.message } })
}

fn text_block(index: usize, text: &str) -> Chunk {
    block(
        index,
        &json!({ "type": "text", "text": "" }),
        &json!({ "type": "text_delta", "text": text }),
    )
}

/// A whole content block: its start, one delta, its stop.
fn block(index: usize, start: &Value, delta: &Value) -> Chunk {
    let start = named(
        "content_block_start",
        json!({ "index": index, "content_block": start }),
    );
    let delta = named("content_block_delta", json!({ "index": index, "delta": delta }));
    Chunk::Event(start + &delta + &named("content_block_stop", json!({ "index": index })))
}
