//! Recorded streams of the real Gemini CLI 0.61.0, which talked to a scripted server.

use std::time::Duration;

use orch_pty::Exit;

use super::GeminiDialect;
use crate::agent::WorkerEvent;
use crate::agent::line_decoder::trial;
use crate::job::{Capture, End, JobEnd, Usage};
use crate::limits::{Quota, Resets};
use crate::outcome::FailClass;

macro_rules! recorded {
    ($case:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/recorded/gemini/0.61.0/",
            $case,
            ".jsonl"
        ))
    };
}

fn read(stream: &str, code: u8) -> (Vec<WorkerEvent>, JobEnd) {
    trial::read(GeminiDialect::default, stream, Exit::Code(code))
}

fn answer(end: &JobEnd) -> &str {
    match &end.end {
        End::Answered(text) => text,
        other => panic!("no answer: {other:?}"),
    }
}

fn failure(stream: &str, code: u8) -> (FailClass, String) {
    match read(stream, code).1.end {
        End::Failed(failure) => (failure.class, failure.detail),
        other => panic!("no failure: {other:?}"),
    }
}

/// One request of the scripted server: 100 tokens in, 40 of them from the cache, 20 out and 5 of thoughts.
fn used(requests: u64) -> Usage {
    Usage::new(100 * requests, 40 * requests, 25 * requests)
}

#[test]
fn a_plain_answer() {
    let (events, end) = read(recorded!("plain"), 0);
    assert_eq!(
        events,
        [
            WorkerEvent::Thread {
                id: end.thread.clone().expect("a thread")
            },
            WorkerEvent::TurnStarted,
            WorkerEvent::Activity,
            WorkerEvent::Activity,
            WorkerEvent::Message {
                text: "the answer".into()
            },
            WorkerEvent::Used { usage: used(1) },
        ]
    );
    assert_eq!(answer(&end), "the answer");
    assert_eq!((end.capture, end.usage), (Some(Capture::Events), Some(used(1))));
}

#[test]
fn the_answer_is_what_was_said_after_the_last_tool() {
    let (events, end) = read(recorded!("reader"), 0);
    assert!(events.contains(&WorkerEvent::Message {
        text: "I will look.".into()
    }));
    assert_eq!(answer(&end), "done");
    let pieces = concat!(
        r#"{"type":"message","role":"user","content":"not mine"}"#,
        "\n",
        r#"{"type":"message","role":"assistant","content":"to","delta":true}"#,
        "\n",
        r#"{"type":"message","role":"assistant","content":"gether","delta":true}"#,
        "\n",
        r#"{"type":"result","status":"success"}"#,
        "\n"
    );
    let (events, end) = read(pieces, 0);
    assert_eq!(answer(&end), "together");
    let text = "together".to_owned();
    assert!(events.contains(&WorkerEvent::Message { text }), "in one piece");
}

#[test]
fn a_reader_that_is_denied_tools_is_no_failure() {
    let (events, end) = read(recorded!("reader"), 0);
    assert_eq!(end.usage, Some(used(4)));
    let calls: Vec<&WorkerEvent> = events
        .iter()
        .filter(|event| matches!(event, WorkerEvent::ToolCall { .. } | WorkerEvent::ToolDone))
        .collect();
    let call = |text: &str| WorkerEvent::ToolCall { text: text.into() };
    assert_eq!(
        calls,
        [
            &call("read_file /tree/a.txt"),
            &call("read_file /etc/hostname"),
            &WorkerEvent::ToolDone,
            &WorkerEvent::ToolDone,
            &call("write_file /tree/evil.txt"),
            &WorkerEvent::ToolDone,
            &call("run_shell_command touch /tree/evil2.txt"),
            &WorkerEvent::ToolDone,
        ]
    );
    let denied = events.iter().filter_map(|event| match event {
        WorkerEvent::Denied { text } => Some(&text[..20]),
        _ => None,
    });
    let denied: Vec<&str> = denied.collect();
    assert_eq!(
        denied,
        [
            "Path not in workspac",
            "Tool \"write_file\" no",
            "Tool \"run_shell_comm"
        ]
    );
    assert_eq!(answer(&read(recorded!("writer"), 0).1), "done");
}

#[test]
fn a_further_turn_counts_itself() {
    let (_, first) = read(recorded!("reader"), 0);
    let (_, end) = read(recorded!("further_turn"), 0);
    assert_eq!(answer(&end), "second answer");
    assert_eq!((end.thread, end.usage), (first.thread, Some(used(1))));
    // It was a writer's conversation, and the further turn a reader's.
    let stream = recorded!("further_turn_of_a_writer");
    assert!(stream.contains("tool_not_registered"));
    assert_eq!(answer(&read(stream, 0).1), "second answer");
}

#[test]
fn a_result_that_is_an_error_is_a_failure_of_its_class() {
    let (class, detail) = failure(recorded!("refused_400"), 144);
    assert_eq!(class, FailClass::Refused);
    assert!(detail.contains("model nope"), "{detail}");
    let (class, detail) = failure(recorded!("refused_key"), 144);
    assert_eq!(class, FailClass::Auth);
    assert!(detail.contains("set GEMINI_API_KEY"), "{detail}");
    assert_eq!(
        read(recorded!("refused_400"), 144).1.usage,
        None,
        "nothing was counted"
    );
    let (class, detail) = failure(recorded!("empty"), 0);
    assert_eq!(class, FailClass::Other);
    assert!(
        detail.starts_with("The model returned an empty response"),
        "{detail}"
    );
    assert_eq!(answer(&read(recorded!("retried_429"), 0).1), "ok");
}

#[test]
fn what_the_stream_does_not_tell_is_not_known() {
    // That the answer was cut at the model's output limit.
    assert_eq!(answer(&read(recorded!("cut_at_limit"), 0).1), "half");
    // That a stream was dropped and there was a second attempt.
    assert_eq!(answer(&read(recorded!("dropped"), 0).1), "halfwhole");
}

#[test]
fn an_interrupted_turn_has_no_verdict() {
    assert_eq!(failure(recorded!("terminated"), 143).0, FailClass::Killed);
    let cancelled = concat!(
        r#"{"type":"result","status":"error","error":{"type":"FatalCancellationError","message":"Operation cancelled."}}"#,
        "\n"
    );
    assert_eq!(
        failure(cancelled, 130),
        (
            FailClass::Killed,
            "gemini ended with exit code 130, as after signal 2: Operation cancelled.".into()
        )
    );
    assert_eq!(failure(cancelled, 0).0, FailClass::NoAnswer);
}

#[test]
fn an_event_that_cannot_be_read_may_have_been_a_piece_of_the_answer() {
    trial::misses(GeminiDialect::default, recorded!("plain"), "\"result\"");
}

#[test]
fn hostile_streams_are_counted_and_never_fatal() {
    trial::survives(GeminiDialect::default, recorded!("reader"));
    trial::survives(GeminiDialect::default, recorded!("empty"));
}

#[test]
fn what_a_refusal_says_about_the_quota_is_read() {
    let quota = |words: &str| {
        let stream = recorded!("refused_400").replace("model nope", words);
        match read(&stream.replace("400", "429"), 144).1.end {
            End::Failed(failure) => failure.quota.expect("a refusal of class quota"),
            other => panic!("no failure: {other:?}"),
        }
    };
    let retry_after = Some(Duration::from_secs(34));
    assert_eq!(quota("Please retry in 34s."), Quota::Transient { retry_after });
    let resets = Some(Resets::After(Duration::from_secs(7_384)));
    assert_eq!(
        quota("You have exhausted your capacity. Your quota will reset after 2h3m4s."),
        Quota::Terminal { resets }
    );
}
