//! One script over all four wires: what a client of each API gets, and what it is understood to have said.

use serde_json::{Value, json};

use super::super::{Reply, Request, Rule, Script, Server, Usage, Wire};
use super::client::Call;
use super::start;

/// A conversation with one tool call behind it, in each API's words, with a schema where the API has a place for one.
fn bodies() -> [(Wire, &'static str, Value); 4] {
    let schema = json!({ "type": "object", "properties": {}, "required": [], "additionalProperties": false });
    let responses = json!({
        "input": [
            { "role": "developer", "content": [{ "type": "input_text", "text": "be good" }] },
            { "role": "user", "content": [{ "type": "input_text", "text": "look" }] },
            { "role": "assistant", "content": [{ "type": "output_text", "text": "looking" }] },
            { "type": "function_call", "name": "exec_command", "arguments": "{}", "call_id": "c" },
            { "type": "function_call_output", "call_id": "c", "output": "seen" },
        ],
        "tools": [{ "type": "function", "name": "exec_command" }],
        "text": { "format": { "type": "json_schema", "schema": schema } },
    });
    let messages = json!({
        "model": "m", "system": [{ "type": "text", "text": "be good" }],
        "messages": [
            { "role": "user", "content": "look" },
            { "role": "assistant", "content": [
                { "type": "text", "text": "looking" },
                { "type": "tool_use", "id": "c", "name": "Bash", "input": {} },
            ]},
            { "role": "user", "content": [{ "type": "tool_result", "tool_use_id": "c", "content": "seen" }] },
        ],
        "tools": [{ "name": "Bash" }, { "name": "StructuredOutput", "input_schema": schema }],
    });
    let chat = json!({
        "model": "m",
        "messages": [
            { "role": "system", "content": "be good" },
            { "role": "user", "content": [{ "type": "text", "text": "look" }] },
            { "role": "assistant", "content": "looking", "tool_calls": [{ "id": "c" }] },
            { "role": "tool", "tool_call_id": "c", "content": "seen" },
        ],
        "tools": [{ "type": "function", "function": { "name": "bash" } }],
        "response_format": { "type": "json_schema", "json_schema": { "schema": schema } },
    });
    let gemini = json!({
        "systemInstruction": { "parts": [{ "text": "be good" }] },
        "contents": [
            { "role": "user", "parts": [{ "text": "look" }] },
            { "role": "model", "parts": [{ "text": "looking" }, { "functionCall": { "name": "run_shell_command" } }] },
            { "role": "user", "parts": [{ "functionResponse": {
                "id": "c", "name": "run_shell_command", "response": { "output": "seen" },
            }}]},
        ],
        "tools": [{ "functionDeclarations": [{ "name": "run_shell_command" }] }],
        "generationConfig": { "responseJsonSchema": schema },
    });
    [
        (Wire::Responses, "/v1/responses", responses),
        (Wire::Messages, "/v1/messages?beta=true", messages),
        (Wire::Chat, "/v1/chat/completions", chat),
        (
            Wire::Gemini,
            "/v1beta/models/m:streamGenerateContent?alt=sse",
            gemini,
        ),
    ]
}

/// The data of every event of a stream.
async fn events(server: &Server, path: &str, body: &Value) -> Vec<Value> {
    let mut call = Call::send(server, "POST", path, body.to_string().as_bytes()).await;
    assert_eq!(call.head().await.unwrap().status, 200, "{path}");
    let (text, broken) = call.text().await;
    assert!(broken.is_none(), "{path}: {broken:?}");
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.filter(|data| *data != "[DONE]")
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

/// Every string below a key of this name, in order.
fn under(events: &[Value], key: &str) -> Vec<String> {
    fn walk(value: &Value, key: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                for (name, value) in map {
                    match value {
                        Value::String(text) if name == key => found.push(text.clone()),
                        other => walk(other, key, found),
                    }
                }
            }
            Value::Array(list) => list.iter().for_each(|value| walk(value, key, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for event in events {
        walk(event, key, &mut found);
    }
    found.retain(|text| !text.is_empty());
    found
}

#[tokio::test]
async fn a_request_is_understood_by_whatever_wire_it_comes() {
    let server = start(Script::new().rule(Rule::always().reply(Reply::text("x"))));
    for (wire, path, body) in bodies() {
        events(&server, path, &body).await;
        let request: &Request = &server.requests().pop().unwrap();
        assert_eq!(request.wire, Some(wire));
        assert_eq!(request.developer(), ["be good"], "{wire:?}");
        assert_eq!(request.prompt(), "look", "{wire:?}");
        assert_eq!(request.answers(), ["looking"], "{wire:?}");
        let outputs = request.call_outputs();
        assert_eq!(outputs.len(), 1, "{wire:?}");
        assert_eq!(
            (&*outputs[0].call_id, &*outputs[0].output),
            ("c", "seen"),
            "{wire:?}"
        );
        assert_eq!(request.schema().unwrap()["type"], "object", "{wire:?}");
        assert!(!request.is_errand());
    }
    assert!(server.unmatched().is_empty());
}

#[tokio::test]
async fn one_text_and_its_usage_go_over_every_wire() {
    let usage = Usage::new(1_000, 50).cached(800).reasoning(20);
    let server = start(Script::new().rule(Rule::always().reply(Reply::text("the answer").usage(usage))));
    for (wire, path, body) in bodies() {
        let events = events(&server, path, &body).await;
        let (first, last) = (events.first().unwrap(), events.last().unwrap());
        let (text, counts) = match wire {
            Wire::Responses => ("text", &last["response"]["usage"]),
            Wire::Messages => ("text", &first["message"]["usage"]),
            Wire::Chat => ("content", &last["usage"]),
            Wire::Gemini => ("text", &last["usageMetadata"]),
        };
        assert_eq!(under(&events, text), ["the answer"], "{wire:?}");
        let expected = match wire {
            Wire::Responses => json!({
                "input_tokens": 1_000, "input_tokens_details": { "cached_tokens": 800 },
                "output_tokens": 50, "output_tokens_details": { "reasoning_tokens": 20 }, "total_tokens": 1_050,
            }),
            // This API's input does not hold what was cached.
            Wire::Messages => json!({
                "input_tokens": 200, "cache_read_input_tokens": 800, "cache_creation_input_tokens": 0,
                "output_tokens": 0,
            }),
            Wire::Chat => json!({
                "prompt_tokens": 1_000, "prompt_tokens_details": { "cached_tokens": 800 },
                "completion_tokens": 50, "completion_tokens_details": { "reasoning_tokens": 20 },
                "total_tokens": 1_050,
            }),
            Wire::Gemini => json!({
                "promptTokenCount": 1_000, "cachedContentTokenCount": 800, "candidatesTokenCount": 30,
                "thoughtsTokenCount": 20, "totalTokenCount": 1_050,
            }),
        };
        assert_eq!(counts, &expected, "{wire:?}");
        if wire == Wire::Messages {
            let delta = &events[events.len() - 2];
            assert_eq!(delta["delta"]["stop_reason"], "end_turn");
            assert_eq!(delta["usage"]["output_tokens"], 50);
        }
    }
}

#[tokio::test]
async fn one_line_of_shell_is_a_call_of_each_agent_s_own_tool() {
    let server = start(Script::new().rule(Rule::always().reply(Reply::shell("ls"))));
    for (wire, path, body) in bodies() {
        let events = events(&server, path, &body).await;
        let (tool, arguments) = match wire {
            Wire::Responses => ("exec_command", "arguments"),
            Wire::Messages => ("Bash", "partial_json"),
            Wire::Chat => ("bash", "arguments"),
            Wire::Gemini => ("run_shell_command", ""),
        };
        assert_eq!(under(&events, "name"), [tool], "{wire:?}");
        let command = if wire == Wire::Gemini {
            under(&events, "command").remove(0)
        } else {
            let text = under(&events, arguments).remove(0);
            let value: Value = serde_json::from_str(&text).unwrap();
            let key = if wire == Wire::Responses { "cmd" } else { "command" };
            value[key].as_str().unwrap().to_owned()
        };
        assert_eq!(command, "ls", "{wire:?}");
    }
}

#[tokio::test]
async fn a_file_is_read_and_written_by_whatever_tool_there_is() {
    for reply in [Reply::read("/a b"), Reply::write("/a b", "it's")] {
        let server = start(Script::new().rule(Rule::always().reply(reply)));
        let mut tools = Vec::new();
        for (_, path, body) in bodies() {
            let events = events(&server, path, &body).await;
            tools.extend(under(&events, "name"));
            assert!(format!("{events:?}").contains("/a b"));
        }
        let reads = ["exec_command", "Read", "read", "read_file"];
        let writes = ["exec_command", "Write", "write", "write_file"];
        assert!(tools == reads || tools == writes, "{tools:?}");
    }
}

#[tokio::test]
async fn a_structured_answer_goes_by_the_tool_that_takes_it_or_as_text() {
    let server = start(Script::new().rule(Rule::always().reply(Reply::json(&json!({ "a": 1 })))));
    for (wire, path, mut body) in bodies() {
        let events_with = events(&server, path, &body).await;
        if wire == Wire::Messages {
            assert_eq!(under(&events_with, "name"), ["StructuredOutput"]);
            assert_eq!(under(&events_with, "partial_json"), [r#"{"a":1}"#]);
            body["tools"] = json!([]);
            let without = events(&server, path, &body).await;
            assert_eq!(under(&without, "text"), [r#"{"a":1}"#]);
        } else {
            let key = if wire == Wire::Chat { "content" } else { "text" };
            assert_eq!(under(&events_with, key), [r#"{"a":1}"#], "{wire:?}");
        }
    }
}

#[tokio::test]
async fn an_error_has_the_shape_of_its_wire() {
    let server = start(Script::new().rule(Rule::always().reply(Reply::status(429, "slow down"))));
    for (wire, path, body) in bodies() {
        let mut call = Call::send(&server, "POST", path, body.to_string().as_bytes()).await;
        let head = call.head().await.unwrap();
        assert_eq!(head.status, 429);
        let found: Value = serde_json::from_str(&call.body(&head).await).unwrap();
        let expected = match wire {
            Wire::Responses | Wire::Chat => {
                json!({ "error": { "message": "slow down", "type": "rate_limit_error", "code": null } })
            }
            Wire::Messages => {
                json!({ "type": "error", "error": { "message": "slow down", "type": "rate_limit_error" } })
            }
            Wire::Gemini => {
                json!({ "error": { "message": "slow down", "code": 429, "status": "RESOURCE_EXHAUSTED" } })
            }
        };
        assert_eq!(found, expected, "{wire:?}");
    }
}

#[tokio::test]
async fn a_stream_breaks_and_fails_on_every_wire() {
    let dropped = start(Script::new().rule(Rule::always().reply(Reply::text("half").then_drop())));
    let failed =
        start(Script::new().rule(Rule::always().reply(Reply::text("half").then_fail("code", "why"))));
    for (wire, path, body) in bodies() {
        let mut call = Call::send(&dropped, "POST", path, body.to_string().as_bytes()).await;
        assert_eq!(call.head().await.unwrap().status, 200);
        let (text, broken) = call.text().await;
        assert!(text.contains("half"), "{wire:?}: {text}");
        assert!(
            broken.as_ref().is_some_and(super::is_broken),
            "{wire:?}: {broken:?}"
        );
        let events = events(&failed, path, &body).await;
        assert_eq!(under(&events[events.len() - 1..], "message"), ["why"], "{wire:?}");
    }
}

#[tokio::test]
async fn an_errand_is_a_chat_without_tools() {
    let server = start(
        Script::new()
            .rule(Rule::errands().reply(Reply::text("a title")))
            .rule(Rule::always().reply(Reply::text("x"))),
    );
    for (wire, path, mut body) in bodies() {
        body.as_object_mut().unwrap().remove("tools");
        let events = events(&server, path, &body).await;
        let titled = format!("{events:?}").contains("a title");
        assert_eq!(titled, wire == Wire::Chat, "{wire:?}");
    }
}
