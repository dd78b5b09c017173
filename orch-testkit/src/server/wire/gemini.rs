//! Google's Gemini API, `streamGenerateContent` with server-sent events.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::Chunk;
use crate::server::answer::{Answer, Ending, Step};
use crate::server::reading::{CallOutput, Reading, list, text_of};
use crate::server::refusal::Refusal;
use crate::server::{Request, Usage};

/// Whether this is the path of a streamed turn: `/v1beta/models/MODEL:streamGenerateContent`.
pub(super) fn is_turn(path: &str) -> bool {
    path.strip_prefix("/v1beta/models/")
        .and_then(|rest| rest.strip_suffix(":streamGenerateContent"))
        .is_some_and(|model| !model.is_empty() && !model.contains('/'))
}

pub(super) fn read(body: &Value) -> Reading {
    let said_by = |role: &str| -> Vec<String> {
        list(&body["contents"])
            .filter(|content| content["role"] == role)
            .map(|content| text_of(&content["parts"]))
            .filter(|text| !text.is_empty())
            .collect()
    };
    let rules = text_of(&body["systemInstruction"]["parts"]);
    Reading {
        rules: if rules.is_empty() { Vec::new() } else { vec![rules] },
        user: said_by("user"),
        model: said_by("model"),
        outputs: list(&body["contents"])
            .flat_map(|content| list(&content["parts"]))
            .filter_map(|part| part.get("functionResponse"))
            .map(|response| {
                let id = if response["id"].is_null() {
                    &response["name"]
                } else {
                    &response["id"]
                };
                CallOutput::new(id, output_of(&response["response"]))
            })
            .collect(),
        tools: list(&body["tools"])
            .flat_map(|tool| list(&tool["functionDeclarations"]))
            .filter_map(|declared| declared["name"].as_str())
            .map(str::to_owned)
            .collect(),
        schema: ["responseJsonSchema", "responseSchema"]
            .iter()
            .find_map(|key| body["generationConfig"].get(key))
            .cloned(),
    }
}

pub(super) fn chunks(answer: Answer, request: &Request) -> VecDeque<Chunk> {
    let id = format!("gemini_{}", request.arrival);
    let part = |part: Value| {
        Chunk::data(&json!({
            "responseId": id, "modelVersion": "scripted",
            "candidates": [{ "index": 0, "content": { "role": "model", "parts": [part] } }],
        }))
    };
    let mut chunks = VecDeque::new();
    let mut calls = 0;
    for step in answer.steps {
        let (name, arguments) = match step {
            Step::Text(text) | Step::Structured { text, .. } => {
                chunks.push_back(part(json!({ "text": text })));
                continue;
            }
            Step::Hold(gate) => {
                chunks.push_back(Chunk::Hold(gate));
                continue;
            }
            Step::Call { name, arguments } => (name, arguments),
            Step::Act(action) => action.call(request),
        };
        let id = format!("call_{}_{calls}", request.arrival);
        calls += 1;
        chunks.push_back(part(
            json!({ "functionCall": { "id": id, "name": name, "args": arguments } }),
        ));
    }
    let last = match answer.ending {
        Ending::Completed => finish(&id, "STOP", answer.usage),
        Ending::Incomplete { .. } => finish(&id, "MAX_TOKENS", answer.usage),
        Ending::Failed { code, message } => {
            Chunk::data(&json!({ "error": { "code": 500, "status": code, "message": message } }))
        }
        Ending::Dropped => Chunk::Break,
        Ending::Closed => return chunks,
        Ending::Silent => Chunk::Silence,
    };
    chunks.push_back(last);
    chunks
}

/// `{"error": {"code", "message", "status"}}`, the status in Google's words.
pub(super) fn error(refusal: &Refusal) -> Value {
    let status = match refusal.status {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        _ => "INTERNAL",
    };
    json!({ "error": { "code": refusal.status, "message": refusal.message, "status": status } })
}

fn finish(id: &str, reason: &str, usage: Usage) -> Chunk {
    Chunk::data(&json!({
        "responseId": id, "modelVersion": "scripted",
        "candidates": [{ "index": 0, "content": { "role": "model", "parts": [{ "text": "" }] }, "finishReason": reason }],
        "usageMetadata": {
            "promptTokenCount": usage.input,
            "cachedContentTokenCount": usage.cached,
            // What the API calls candidates does not hold the thoughts.
            "candidatesTokenCount": usage.output.saturating_sub(usage.reasoning),
            "thoughtsTokenCount": usage.reasoning,
            "totalTokenCount": usage.input.saturating_add(usage.output),
        },
    }))
}

/// A tool's output: the member that agents use for text, or else the whole as JSON.
fn output_of(response: &Value) -> String {
    let text = ["output", "error"].iter().find_map(|key| response[key].as_str());
    text.map_or_else(|| response.to_string(), str::to_owned)
}
