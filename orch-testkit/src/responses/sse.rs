//! The events of a streamed turn, in the API's words. Pure: from an answer to chunks, nothing is sent here.
//!
//! The smallest stream that codex 0.169 accepts: `response.created`, one `response.output_item.done` for each item,
//! `response.completed`. Deltas are optional and left out.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::Gate;
use super::answer::{Answer, Ending, Step};

/// One piece of the body, in the order in which it happens.
#[derive(Debug)]
pub(super) enum Chunk {
    Event(String),
    Hold(Gate),
    Break,
    Silence,
}

/// The chunks that carry `answer` as the reply to request number `arrival`.
pub(super) fn chunks(answer: Answer, arrival: usize) -> VecDeque<Chunk> {
    let id = format!("resp_{arrival}");
    let mut calls = 0;
    let mut chunks = VecDeque::new();
    chunks.push_back(event("response.created", json!({ "response": { "id": id } })));
    for step in answer.steps {
        chunks.push_back(match step {
            Step::Item(item) => item_done(&item),
            Step::Call { name, arguments } => {
                let call_id = format!("call_{arrival}_{calls}");
                calls += 1;
                item_done(&json!({
                    "type": "function_call", "name": name, "arguments": arguments, "call_id": call_id,
                }))
            }
            Step::Hold(gate) => Chunk::Hold(gate),
        });
    }
    let usage = answer.usage.to_json();
    let last = match answer.ending {
        Ending::Completed => event(
            "response.completed",
            json!({ "response": { "id": id, "usage": usage } }),
        ),
        Ending::Failed { code, message } => event(
            "response.failed",
            json!({ "response": {
                "id": id, "status": "failed", "error": { "code": code, "message": message }, "usage": usage,
            }}),
        ),
        Ending::Incomplete { reason } => event(
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

fn item_done(item: &Value) -> Chunk {
    event("response.output_item.done", json!({ "item": item }))
}

fn event(kind: &str, mut data: Value) -> Chunk {
    data["type"] = kind.into();
    Chunk::Event(format!("event: {kind}\ndata: {data}\n\n"))
}
