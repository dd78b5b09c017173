use serde_json::json;

use super::super::{CallOutput, Reply, Request, Rule, Script};
use super::client::{Call, refusal, texts, turn};
use super::{prompt, start};

#[tokio::test]
async fn the_first_rule_that_matches_answers() {
    let server = start(
        Script::new()
            .rule(Rule::when(|r: &Request| r.prompt().contains("security")).reply(Reply::text("first")))
            .rule(Rule::always().reply(Reply::text("second"))),
    );
    assert_eq!(texts(&turn(&server, &prompt("LENS: security")).await), ["first"]);
    assert_eq!(texts(&turn(&server, &prompt("LENS: clarity")).await), ["second"]);
}

#[tokio::test]
async fn a_rule_that_is_used_up_gives_way_to_the_next() {
    let server = start(
        Script::new()
            .rule(Rule::always().times(2).reply(Reply::text("rubbish")))
            .rule(Rule::always().times(1).reply(Reply::text("fine"))),
    );
    let mut said = Vec::new();
    for _ in 0..3 {
        said.extend(
            texts(&turn(&server, &prompt("x")).await)
                .iter()
                .map(ToString::to_string),
        );
    }
    assert_eq!(said, ["rubbish", "rubbish", "fine"]);
    assert_eq!(refusal(&server, &prompt("x")).await.0, 500);
    assert_eq!(server.unmatched().len(), 1);
}

#[tokio::test]
async fn a_reply_may_be_made_of_the_request() {
    let server = start(
        Script::new()
            .rule(Rule::always().reply_with(|r: &Request| Reply::text(r.last_prompt().to_uppercase()))),
    );
    assert_eq!(texts(&turn(&server, &prompt("echo")).await), ["ECHO"]);
}

#[tokio::test]
async fn a_request_without_a_rule_is_an_error_that_names_it() {
    let server = start(Script::new().rule(Rule::when(|_| false).reply(Reply::text("never"))));
    let (status, body) = refusal(&server, &prompt("LENS: nobody thought of")).await;
    assert_eq!(status, 500);
    let message = body["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("request 0 (POST /v1/responses)") && message.contains("LENS: nobody"),
        "{message}"
    );
    assert_eq!(server.unmatched()[0].prompt(), "LENS: nobody thought of");
}

#[tokio::test]
async fn another_path_is_not_found_and_is_kept_too() {
    let server = start(Script::new().rule(Rule::always().reply(Reply::text("x"))));
    for (method, path) in [
        ("GET", "/v1/models"),
        ("GET", "/v1/responses"),
        ("POST", "/v1/responses/1"),
    ] {
        let mut call = Call::send(&server, method, path, b"").await;
        assert_eq!(call.head().await.unwrap().status, 404, "{method} {path}");
    }
    let paths: Vec<_> = server
        .requests()
        .iter()
        .map(|r| format!("{} {}", r.method, r.path))
        .collect();
    assert_eq!(
        paths,
        ["GET /v1/models", "GET /v1/responses", "POST /v1/responses/1"]
    );
    assert_eq!(server.unmatched().len(), 3);
}

#[tokio::test]
async fn a_kept_request_answers_questions() {
    let server = start(Script::new().rule(Rule::always().reply(Reply::text("x"))));
    let body = json!({
        "input": [
            { "type": "message", "role": "developer", "content": [{ "type": "input_text", "text": "be good" }] },
            { "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "first" }] },
            { "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": "rubbish" }] },
            { "type": "function_call", "name": "exec_command", "arguments": "{}", "call_id": "call_0_0" },
            { "type": "function_call_output", "call_id": "call_0_0", "output": "exited with code 0" },
            { "role": "user", "content": "repair" },
        ],
        "tools": [{ "type": "function", "name": "exec_command" }, { "type": "web_search" }],
        "text": { "format": { "type": "json_schema", "strict": false, "schema": { "type": "object" } } },
    });
    turn(&server, &body).await;
    let request = &server.requests()[0];
    assert_eq!(request.prompt(), "first\nrepair");
    assert_eq!(request.last_prompt(), "repair");
    assert_eq!(request.answers(), ["rubbish"]);
    assert_eq!(request.developer(), ["be good"]);
    assert_eq!(request.tools(), ["exec_command"]);
    assert_eq!(request.schema(), Some(&json!({ "type": "object" })));
    assert_eq!(request.body, body);
    assert_eq!(request.codex_turn(), Some(json!({ "sandbox": "ro" })));
    let output = CallOutput {
        call_id: "call_0_0".into(),
        output: "exited with code 0".into(),
    };
    assert_eq!(request.call_outputs(), [output]);
}

#[tokio::test]
async fn a_body_that_is_no_json_is_kept_as_null_and_does_not_end_the_server() {
    let server = start(Script::new().rule(Rule::when(|r| !r.prompt().is_empty()).reply(Reply::text("x"))));
    let mut call = Call::send(&server, "POST", "/v1/responses", b"\xff{not json").await;
    assert_eq!(call.head().await.unwrap().status, 500);
    assert!(server.requests()[0].body.is_null());
    assert_eq!(texts(&turn(&server, &prompt("y")).await), ["x"]);
}

#[tokio::test]
async fn a_schema_outside_the_strict_subset_is_refused_and_uses_up_no_rule() {
    let server = start(Script::new().rule(Rule::always().times(1).reply(Reply::text("{}"))));
    let mut body = prompt("x");
    let schema = json!({ "type": "object", "properties": { "line": { "type": "integer", "minimum": 1 } } });
    body["text"] =
        json!({ "format": { "type": "json_schema", "strict": true, "name": "findings", "schema": schema } });
    let (status, refused) = refusal(&server, &body).await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (400, &json!("invalid_json_schema"))
    );
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("'findings'"), "{message}");
    assert!(
        message.contains("#/properties/line: keyword `minimum` is not allowed"),
        "{message}"
    );

    body["text"]["format"]["schema"] =
        json!({ "type": "object", "properties": {}, "required": [], "additionalProperties": false });
    assert_eq!(texts(&turn(&server, &body).await), ["{}"]);
    assert!(server.unmatched().is_empty());
}

#[tokio::test]
async fn requests_are_waited_for_by_number() {
    let server = start(Script::new().rule(Rule::always().reply(Reply::silence())));
    let (first, second) = (prompt("a"), prompt("b"));
    let calls = async {
        (
            Call::post(&server, &first).await,
            Call::post(&server, &second).await,
        )
    };
    let (requests, _calls) = tokio::join!(server.wait_for_requests(2), calls);
    let arrivals: Vec<_> = requests.iter().map(|request| request.arrival).collect();
    assert_eq!(arrivals, [0, 1]);
}
