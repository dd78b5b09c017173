//! `review_fanout --agent codex` with the real codex.

use orch_testkit::real;
use orch_testkit::server::{Reply, Rule, Script, Server};
use serde_json::json;

use crate::program::{Place, run};

#[test]
fn real_codex_reviews_from_the_command_line() {
    let Some(codex) = real::codex("cli_review") else {
        return;
    };
    let finding = json!({
        "path": "a.md", "line": 1, "severity": "high", "claim": "The text says nothing about failures.",
        "evidence": "read", "recommendation": "Say what happens on failure.", "lens": "x", "confidence": 0.9,
    });
    let answer = json!({ "findings": [finding] });
    let server = Server::start(Script::new().rule(Rule::always().reply(Reply::json(&answer)))).unwrap();
    let home = codex.home(&server).retries(0, 0).create().unwrap();
    let place = Place::new();
    place.write("a.md", "text\n");
    let before = Place::listing(&place.tree());
    let arguments = [
        "--agent",
        "codex",
        "--lens",
        "risks",
        "--lens",
        "clarity",
        "--pass-env",
        "MOCK_API_KEY",
        "--format",
        "json",
        "a.md",
    ];
    let done = run(place
        .review(&arguments)
        .env("ORCH_CODEX_BIN", &codex.bin)
        .envs(home.env()));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let json = done.json();
    assert_eq!(
        json["findings"].as_array().unwrap().len(),
        1,
        "two said the same: {json}"
    );
    assert_eq!(json["findings"][0]["seen_by"], json!(["clarity", "risks"]));
    assert_eq!(json["workers"].as_array().unwrap().len(), 2);
    assert_eq!(server.requests().len(), 2);
    assert_eq!(Place::listing(&place.tree()), before);
    place.assert_state_is_empty();
}
