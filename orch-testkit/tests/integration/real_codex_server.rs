//! The real codex, run directly, against the scripted server: that each reply means to it what the server's
//! documentation says. No part of the library stands between the two.

mod desk;

use orch_testkit::real;
use orch_testkit::server::{Reply, Request, Rule, Script, Server};
use serde_json::{Value, json};

use desk::Desk;

const READ_ONLY: &str = "sandbox_mode=\"read-only\"";

fn start(script: Script) -> Server {
    Server::start(script).unwrap()
}

#[test]
fn real_plain_answer_arrives_as_the_last_message() {
    let Some(codex) = real::codex("server_plain_answer") else {
        return;
    };
    let server =
        start(Script::new().rule(Rule::always().reply(Reply::texts(["first thoughts", "the answer"]))));
    let desk = Desk::new(&codex, codex.home(&server));
    let last = desk.path("last");

    let end = desk.run(
        &["exec", "--json", "--skip-git-repo-check", "-o", &last, "-"],
        "LENS: security",
    );
    assert_eq!(end.code, Some(0), "{end:?}");
    assert_eq!(end.messages(), ["first thoughts", "the answer"]);
    assert_eq!(std::fs::read_to_string(last).unwrap(), "the answer");
    assert_eq!(end.last()["type"], "turn.completed");
    assert_eq!(end.last()["usage"]["input_tokens"], 100);

    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        (requests[0].path.as_str(), requests[0].last_prompt().as_str()),
        ("/v1/responses", "LENS: security")
    );
    assert_eq!(requests[0].header("authorization"), Some("Bearer dummy"));
    assert!(requests[0].tools().contains(&"exec_command"));
}

#[test]
fn real_tool_call_is_run_and_its_output_comes_back() {
    let Some(codex) = real::codex("server_tool_call") else {
        return;
    };
    let call = Reply::tool_call("exec_command", json!({ "cmd": "echo from-the-tool" }));
    let server = start(
        Script::new()
            .rule(Rule::when(|r: &Request| r.call_outputs().is_empty()).reply(call))
            .rule(Rule::always().reply(Reply::text("done"))),
    );
    let desk = Desk::new(&codex, codex.home(&server));

    let end = desk.run(
        &["exec", "--json", "--skip-git-repo-check", "-c", READ_ONLY, "-"],
        "look",
    );
    assert_eq!((end.code, end.messages()), (Some(0), vec!["done"]), "{end:?}");
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    let outputs = requests[1].call_outputs();
    assert_eq!(outputs.len(), 1);
    assert_eq!(outputs[0].call_id, "call_0_0");
    assert!(outputs[0].output.contains("from-the-tool"), "{outputs:?}");
    assert!(
        outputs[0].output.contains("Process exited with code 0"),
        "{outputs:?}"
    );
}

#[test]
fn real_schema_outside_the_strict_subset_fails_the_turn_at_once() {
    let Some(codex) = real::codex("server_schema_refused") else {
        return;
    };
    let server = start(Script::new().rule(Rule::always().reply(Reply::text("{}"))));
    let desk = Desk::new(&codex, codex.home(&server));
    let schema = desk.write(
        "schema.json",
        &json!({ "type": "object", "properties": { "a": { "type": "string" } } }),
    );

    let end = desk.run(
        &[
            "exec",
            "--json",
            "--skip-git-repo-check",
            "--output-schema",
            &schema,
            "-",
        ],
        "x",
    );
    assert_eq!(
        (end.code, end.last()["type"].as_str()),
        (Some(1), Some("turn.failed")),
        "{end:?}"
    );
    let message = end.last()["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("Invalid schema for response_format 'codex_output_schema'"),
        "{message}"
    );
    assert!(message.contains("additionalProperties"), "{message}");
    assert_eq!(server.requests().len(), 1, "a refused schema is not tried again");
}

#[test]
fn real_dropped_stream_is_tried_again_and_fails_when_it_stays_broken() {
    let Some(codex) = real::codex("server_dropped_stream") else {
        return;
    };
    let says = |word: &'static str| Rule::when(move |r: &Request| r.last_prompt() == word);
    let server = start(
        Script::new()
            .rule(says("once").times(1).reply(Reply::text("half").then_drop()))
            .rule(says("once").reply(Reply::text("whole")))
            .rule(says("closed").reply(Reply::text("half").then_close()))
            .rule(says("broken").reply(Reply::text("half").then_drop())),
    );
    let desk = Desk::new(&codex, codex.home(&server).retries(0, 1));
    let command = ["exec", "--json", "--skip-git-repo-check", "-"];

    let end = desk.run(&command, "once");
    assert_eq!(
        (end.code, end.messages()),
        (Some(0), vec!["half", "whole"]),
        "{end:?}"
    );
    assert_eq!(server.requests().len(), 2);

    for (count, prompt) in [(4, "closed"), (6, "broken")] {
        let end = desk.run(&command, prompt);
        assert_eq!(
            (end.code, end.last()["type"].as_str()),
            (Some(1), Some("turn.failed")),
            "{end:?}"
        );
        let message = end.last()["error"]["message"].as_str().unwrap();
        assert!(
            message.starts_with("stream disconnected before completion"),
            "{message}"
        );
        assert_eq!(server.requests().len(), count, "one retry of the stream");
    }
    assert!(server.unmatched().is_empty());
}

#[test]
fn real_resumed_turn_keeps_thread_schema_and_sandbox() {
    let Some(codex) = real::codex("server_resume") else {
        return;
    };
    let server = start(
        Script::new()
            .rule(Rule::when(|r: &Request| r.answers().is_empty()).reply(Reply::text("rubbish")))
            .rule(Rule::always().reply(Reply::json(&json!({ "a": "ok" })))),
    );
    // The home's own setting is what a resumed turn falls back to when the command does not say otherwise.
    let desk = Desk::new(
        &codex,
        codex.home(&server).line("sandbox_mode = \"danger-full-access\""),
    );
    let schema = desk.write(
        "schema.json",
        &json!({
            "type": "object", "properties": { "a": { "type": "string" } },
            "required": ["a"], "additionalProperties": false,
        }),
    );
    let (first, second) = (desk.path("first"), desk.path("second"));
    let options = |last| {
        [
            "exec",
            "--json",
            "--skip-git-repo-check",
            "-c",
            READ_ONLY,
            "-o",
            last,
            "--output-schema",
            &schema,
        ]
    };

    let end = desk.run(&[&options(&first)[..], &["-"]].concat(), "find");
    assert_eq!((end.code, end.messages()), (Some(0), vec!["rubbish"]), "{end:?}");
    let thread = end.thread();

    let before = desk.run(
        &[&options(&second)[..], &["resume", &thread, "-"]].concat(),
        "repair",
    );
    assert_eq!(
        (before.code, before.thread()),
        (Some(0), thread.clone()),
        "{before:?}"
    );
    assert_eq!(std::fs::read_to_string(&second).unwrap(), r#"{"a":"ok"}"#);

    let options = &options(&second)[1..];
    let after = desk.run(
        &[&["exec", "resume", &thread], options, &["-"]].concat(),
        "repair again",
    );
    assert_eq!(
        (after.code, after.thread()),
        (Some(0), thread.clone()),
        "{after:?}"
    );

    let unsaid = desk.run(
        &["exec", "--json", "--skip-git-repo-check", "resume", &thread, "-"],
        "unsaid",
    );
    assert_eq!(unsaid.code, Some(0), "{unsaid:?}");

    let requests = server.requests();
    let seen: Vec<_> = requests
        .iter()
        .map(|request| (request.last_prompt(), request.schema().is_some()))
        .collect();
    let expected = [
        ("find", true),
        ("repair", true),
        ("repair again", true),
        ("unsaid", false),
    ];
    assert_eq!(seen, expected.map(|(prompt, schema)| (prompt.to_owned(), schema)));
    let sandboxes: Vec<Value> = requests
        .iter()
        .map(|r| r.codex_turn().unwrap()["sandbox_mode"].clone())
        .collect();
    assert_eq!(
        sandboxes,
        ["read-only", "read-only", "read-only", "danger-full-access"]
    );
}

#[test]
fn real_instructions_in_the_work_tree_reach_the_model_only_without_our_word() {
    let Some(codex) = real::codex("server_project_docs") else {
        return;
    };
    let told = |settings: &[&str]| {
        let server = start(Script::new().rule(Rule::always().reply(Reply::text("done"))));
        let desk = Desk::new(&codex, codex.home(&server));
        desk.write("work/AGENTS.md", &json!("Always say GREEN-ELEPHANT."));
        let start = ["exec", "--json", "--skip-git-repo-check", "-c", READ_ONLY];
        let arguments = [&start, settings, &["-"]].concat();
        let end = desk.run(&arguments, "look");
        assert_eq!((end.code, end.messages()), (Some(0), vec!["done"]), "{end:?}");
        let request = &server.requests()[0];
        request.body.to_string().contains("GREEN-ELEPHANT")
    };
    assert!(told(&[]), "this codex reads them by itself");
    assert!(!told(&["-c", "project_doc_max_bytes=0"]));
}
