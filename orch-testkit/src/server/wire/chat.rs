//! OpenAI's chat completions: a stream of deltas, a reason for the end, the usage, and `[DONE]`.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::Chunk;
use crate::server::answer::{Answer, Ending, Step};
use crate::server::reading::{CallOutput, Reading, list, text_of};
use crate::server::{Request, Usage};

pub(super) fn read(body: &Value) -> Reading {
    let by = |role: &str| {
        list(&body["messages"])
            .filter(|message| message["role"] == role)
            .collect::<Vec<_>>()
    };
    let said_by = |role: &str| -> Vec<String> {
        by(role)
            .iter()
            .map(|message| text_of(&message["content"]))
            .filter(|text| !text.is_empty())
            .collect()
    };
    Reading {
        rules: [said_by("system"), said_by("developer")].concat(),
        user: said_by("user"),
        model: said_by("assistant"),
        outputs: by("tool")
            .iter()
            .map(|message| CallOutput::new(&message["tool_call_id"], text_of(&message["content"])))
            .collect(),
        tools: list(&body["tools"])
            .filter_map(|tool| tool.pointer("/function/name")?.as_str())
            .map(str::to_owned)
            .collect(),
        schema: body.pointer("/response_format/json_schema/schema").cloned(),
    }
}

pub(super) fn chunks(answer: Answer, request: &Request) -> VecDeque<Chunk> {
    let id = format!("chatcmpl-{}", request.arrival);
    let chunk = |delta: Value, reason: Option<&str>| {
        Chunk::data(&json!({
            "id": id, "object": "chat.completion.chunk", "created": 0, "model": request.body["model"],
            "choices": [{ "index": 0, "delta": delta, "finish_reason": reason }],
        }))
    };
    let mut chunks = VecDeque::new();
    chunks.push_back(chunk(json!({ "role": "assistant", "content": "" }), None));
    let mut calls = 0;
    for step in answer.steps {
        let (name, arguments) = match step {
            Step::Text(text) | Step::Structured { text, .. } => {
                chunks.push_back(chunk(json!({ "content": text }), None));
                continue;
            }
            Step::Hold(gate) => {
                chunks.push_back(Chunk::Hold(gate));
                continue;
            }
            Step::Call { name, arguments } => (name, arguments),
            Step::Act(action) => action.call(request),
        };
        let call = json!({
            "index": calls, "id": format!("call_{}_{calls}", request.arrival), "type": "function",
            "function": { "name": name, "arguments": arguments.to_string() },
        });
        calls += 1;
        chunks.push_back(chunk(json!({ "tool_calls": [call] }), None));
    }
    let reason = match answer.ending {
        Ending::Completed if calls > 0 => "tool_calls",
        Ending::Completed => "stop",
        Ending::Incomplete { .. } => "length",
        Ending::Failed { code, message } => {
            let error = json!({ "error": { "message": message, "type": "server_error", "code": code } });
            chunks.push_back(Chunk::data(&error));
            return chunks;
        }
        Ending::Dropped => {
            chunks.push_back(Chunk::Break);
            return chunks;
        }
        Ending::Closed => return chunks,
        Ending::Silent => {
            chunks.push_back(Chunk::Silence);
            return chunks;
        }
    };
    chunks.push_back(chunk(json!({}), Some(reason)));
    chunks.push_back(Chunk::data(&json!({
        "id": id, "object": "chat.completion.chunk", "created": 0, "model": request.body["model"],
        "choices": [], "usage": usage(answer.usage),
    })));
    chunks.push_back(Chunk::Event("data: [DONE]\n\n".into()));
    chunks
}

fn usage(usage: Usage) -> Value {
    json!({
        "prompt_tokens": usage.input,
        "prompt_tokens_details": { "cached_tokens": usage.cached },
        "completion_tokens": usage.output,
        "completion_tokens_details": { "reasoning_tokens": usage.reasoning },
        "total_tokens": usage.input.saturating_add(usage.output),
    })
}
