use serde_json::json;

use super::super::{Gate, Reply, Rule, Script, Usage};
use super::client::{Call, texts, turn};
use super::{prompt, start};

#[tokio::test]
async fn a_turn_is_created_items_and_completed_with_usage() {
    let usage = Usage::new(1_000, 50).cached(800).reasoning(20);
    let server = start(Script::new().rule(Rule::always().reply(Reply::texts(["one", "two"]).usage(usage))));
    let events = turn(&server, &prompt("x")).await;
    let kinds: Vec<_> = events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    let done = "response.output_item.done";
    assert_eq!(kinds, ["response.created", done, done, "response.completed"]);
    assert_eq!(texts(&events), ["one", "two"]);
    assert_eq!(
        events[3]["response"]["usage"],
        json!({
            "input_tokens": 1_000,
            "input_tokens_details": { "cached_tokens": 800 },
            "output_tokens": 50,
            "output_tokens_details": { "reasoning_tokens": 20 },
            "total_tokens": 1_050,
        })
    );
}

#[tokio::test]
async fn tool_calls_have_ids_of_their_own_and_their_arguments_as_text() {
    let reply = Reply::tool_call("exec_command", json!({ "cmd": "ls" }))
        .and_tool_call("exec_command", json!({ "cmd": "pwd" }));
    let server = start(Script::new().rule(Rule::always().reply(reply)));
    let mut ids = Vec::new();
    for _ in 0..2 {
        for event in turn(&server, &prompt("x")).await {
            if let Some(id) = event.pointer("/item/call_id") {
                ids.push(id.as_str().unwrap().to_owned());
                assert!(
                    event["item"]["arguments"]
                        .as_str()
                        .unwrap()
                        .starts_with("{\"cmd\":")
                );
            }
        }
    }
    assert_eq!(ids, ["call_0_0", "call_0_1", "call_1_0", "call_1_1"]);
}

#[tokio::test]
async fn a_turn_may_say_nothing() {
    let server = start(Script::new().rule(Rule::always().reply(Reply::nothing())));
    assert_eq!(turn(&server, &prompt("x")).await.len(), 2);
}

#[tokio::test]
async fn a_gate_holds_the_stream_between_two_items() {
    let gate = Gate::new();
    let reply = Reply::text("before").hold(&gate).and_text("after");
    let server = start(Script::new().rule(Rule::always().reply(reply)));
    let mut call = Call::post(&server, &prompt("x")).await;
    call.head().await.unwrap();
    call.event().await.unwrap();
    let before = call.event().await.unwrap().unwrap();
    assert_eq!(texts(&[before]), ["before"]);
    gate.reached(1).await;
    gate.open();
    assert_eq!(texts(&call.events().await.unwrap()), ["after"]);
}

#[tokio::test]
async fn a_gate_holds_the_headers_of_one_reply_and_not_of_another() {
    let gate = Gate::new();
    let server = start(
        Script::new()
            .rule(Rule::when(|r| r.prompt() == "held").reply(Reply::after(&gate, Reply::text("late"))))
            .rule(Rule::always().reply(Reply::text("prompt"))),
    );
    let mut held = Call::post(&server, &prompt("held")).await;
    gate.reached(1).await;
    assert_eq!(texts(&turn(&server, &prompt("other")).await), ["prompt"]);
    assert!(!gate.is_open());
    gate.open();
    assert_eq!(held.head().await.unwrap().status, 200);
    assert_eq!(texts(&held.events().await.unwrap()), ["late"]);
}
