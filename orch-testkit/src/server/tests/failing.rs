use std::time::Duration;

use serde_json::json;

use super::super::{Gate, Reply, Rule, Script};
use super::client::{Call, refusal, texts, turn};
use super::{is_broken, prompt, start};

#[tokio::test]
async fn an_error_has_status_message_and_retry_after() {
    let reply = Reply::status(429, "slow down").retry_after(Duration::from_millis(1_200));
    let server = start(Script::new().rule(Rule::always().reply(reply)));
    let mut call = Call::post(&server, &prompt("x")).await;
    let head = call.head().await.unwrap();
    assert_eq!((head.status, head.header("retry-after")), (429, Some("2")));
    let (_, body) = refusal(&server, &prompt("x")).await;
    assert_eq!(
        body["error"],
        json!({ "message": "slow down", "type": "rate_limit_error", "code": null })
    );
}

#[tokio::test]
async fn an_error_s_body_may_be_anything() {
    let reply = Reply::status(502, "")
        .body("<html>bad gateway</html>")
        .header("content-type", "text/html");
    let server = start(Script::new().rule(Rule::always().reply(reply)));
    let mut call = Call::post(&server, &prompt("x")).await;
    let head = call.head().await.unwrap();
    assert_eq!(
        (head.status, head.header("content-type")),
        (502, Some("text/html"))
    );
    assert_eq!(call.body(&head).await, "<html>bad gateway</html>");
}

#[tokio::test]
async fn a_dropped_stream_delivers_what_came_before_and_breaks() {
    let server = start(Script::new().rule(Rule::always().reply(Reply::text("half").then_drop())));
    let mut call = Call::post(&server, &prompt("x")).await;
    assert_eq!(call.head().await.unwrap().status, 200);
    assert_eq!(call.event().await.unwrap().unwrap()["type"], "response.created");
    assert_eq!(texts(&[call.event().await.unwrap().unwrap()]), ["half"]);
    assert!(is_broken(&call.event().await.unwrap_err()));
}

#[tokio::test]
async fn a_closed_stream_ends_in_good_order_without_a_last_event() {
    let server = start(Script::new().rule(Rule::always().reply(Reply::text("half").then_close())));
    let events = turn(&server, &prompt("x")).await;
    assert_eq!(texts(&events), ["half"]);
    assert_eq!(events.len(), 2);
}

#[tokio::test]
async fn a_turn_may_fail_or_stay_incomplete() {
    let server = start(
        Script::new()
            .rule(
                Rule::always()
                    .times(1)
                    .reply(Reply::nothing().then_fail("insufficient_quota", "no money")),
            )
            .rule(Rule::always().reply(Reply::text("half").then_incomplete("max_output_tokens"))),
    );
    let failed = turn(&server, &prompt("x")).await.pop().unwrap();
    assert_eq!(failed["type"], "response.failed");
    assert_eq!(
        failed["response"]["error"],
        json!({ "code": "insufficient_quota", "message": "no money" })
    );
    let incomplete = turn(&server, &prompt("x")).await.pop().unwrap();
    assert_eq!(incomplete["type"], "response.incomplete");
    assert_eq!(
        incomplete["response"]["incomplete_details"],
        json!({ "reason": "max_output_tokens" })
    );
}

#[tokio::test]
async fn silence_is_no_answer_until_the_server_ends() {
    let gate = Gate::new();
    let silent = Reply::text("half").hold(&gate).then_silence();
    let server = start(
        Script::new()
            .rule(Rule::when(|r| r.prompt() == "stream").reply(silent))
            .rule(Rule::always().reply(Reply::silence())),
    );
    let mut mute = Call::post(&server, &prompt("mute")).await;
    let mut stream = Call::post(&server, &prompt("stream")).await;
    server.wait_for_requests(2).await;
    stream.head().await.unwrap();
    assert_eq!(stream.event().await.unwrap().unwrap()["type"], "response.created");
    assert_eq!(texts(&[stream.event().await.unwrap().unwrap()]), ["half"]);
    gate.open();
    // Had either said a word more, it would be read here before the end of the connection.
    drop(server);
    assert!(is_broken(&stream.event().await.unwrap_err()));
    assert!(is_broken(&mute.head().await.unwrap_err()));
}
