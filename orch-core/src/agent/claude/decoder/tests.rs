//! Recorded streams of the real Claude Code 2.1.330, which talked to a scripted server.

use orch_pty::Exit;

use super::ClaudeDialect;
use crate::agent::WorkerEvent;
use crate::agent::line_decoder::trial;
use crate::job::{Capture, End, JobEnd, Usage};
use crate::limits::{Quota, Resets};
use crate::outcome::FailClass;

macro_rules! recorded {
    ($case:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/recorded/claude/2.1.330/",
            $case,
            ".jsonl"
        ))
    };
}

fn read(stream: &str, code: u8) -> (Vec<WorkerEvent>, JobEnd) {
    trial::read(ClaudeDialect::default, stream, Exit::Code(code))
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

fn message(text: &str) -> WorkerEvent {
    WorkerEvent::Message { text: text.into() }
}

fn denied(event: &WorkerEvent) -> Option<&str> {
    match event {
        WorkerEvent::Denied { text } => Some(text),
        _ => None,
    }
}

fn call(text: &str) -> WorkerEvent {
    WorkerEvent::ToolCall { text: text.into() }
}

/// One request of the scripted server: 100 new tokens, 40 from the cache, 7 into it, 20 out.
fn used(requests: u64, dollars: f64) -> Usage {
    Usage::new(147 * requests, 40 * requests, 20 * requests).cost_usd(dollars)
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
            message("the answer"),
            WorkerEvent::Used {
                usage: used(1, 0.000_843)
            },
        ]
    );
    assert_eq!(answer(&end), "the answer");
    assert_eq!(end.capture, Some(Capture::Events));
    assert_eq!(end.usage, Some(used(1, 0.000_843)));
}

#[test]
fn a_reader_that_is_denied_tools_is_no_failure() {
    let (events, end) = read(recorded!("reader"), 0);
    assert_eq!(answer(&end), "done");
    let shown: Vec<&WorkerEvent> = events
        .iter()
        .filter(|event| matches!(event, WorkerEvent::ToolCall { .. } | WorkerEvent::ToolDone))
        .collect();
    assert_eq!(
        shown,
        [
            &call("Read /tree/a.txt"),
            &call("Read /etc/hostname"),
            &WorkerEvent::ToolDone,
            &WorkerEvent::ToolDone,
            &call("Write /tree/evil.txt"),
            &WorkerEvent::ToolDone,
            &call("Bash touch /tree/evil2.txt"),
            &WorkerEvent::ToolDone,
        ]
    );
    let denied: Vec<&str> = events.iter().filter_map(denied).collect();
    assert_eq!(denied.len(), 3, "{events:?}");
    for (words, tool) in denied.iter().zip([
        "use Read has been denied",
        "Write is disabled",
        "Bash is disabled",
    ]) {
        assert!(words.contains(tool), "{words}");
    }
    let (_, writer) = read(recorded!("writer"), 0);
    assert_eq!(answer(&writer), "done");
}

#[test]
fn a_denial_that_only_the_result_lists_is_told_once() {
    let line = concat!(
        r#"{"type":"result","subtype":"success","is_error":false,"result":"x","#,
        r#""permission_denials":[{"tool_name":"Write"},{"tool_name":"Bash"}]}"#,
        "\n"
    );
    let told = r#"{"type":"system","subtype":"permission_denied","message":"no Write"}"#;
    let (events, end) = read(&format!("{told}\n{line}"), 0);
    assert_eq!(answer(&end), "x");
    let denied: Vec<&str> = events.iter().filter_map(denied).collect();
    assert_eq!(denied, ["no Write", "Bash was not permitted"]);
}

#[test]
fn the_answer_to_a_schema_is_the_structured_output() {
    let (_, end) = read(recorded!("schema"), 0);
    assert_eq!(answer(&end), r#"{"a":"x"}"#);
    let (events, end) = read(recorded!("schema_repaired"), 0);
    assert_eq!(answer(&end), r#"{"a":"x"}"#);
    let done = events.iter().filter(|event| **event == WorkerEvent::ToolDone);
    assert_eq!(done.count(), 2);
    // A model that never gave one: its words are the answer, and the validation will say what they are worth.
    assert_eq!(answer(&read(recorded!("schema_never"), 0).1), "I just say it");
    let (class, detail) = failure(recorded!("schema_given_up"), 1);
    assert_eq!(class, FailClass::NoAnswer);
    assert!(detail.contains("must have required property 'a'"), "{detail}");
}

#[test]
fn a_further_turn_counts_the_whole_conversation() {
    let (_, end) = read(recorded!("further_turn"), 0);
    assert_eq!(answer(&end), "second answer");
    // Four requests before, one now.
    assert_eq!(end.usage, Some(used(5, 0.004_215)));
    let (_, first) = read(recorded!("reader"), 0);
    assert_eq!(first.thread, end.thread);
    let (class, detail) = failure(recorded!("no_such_conversation"), 1);
    assert_eq!(class, FailClass::Other);
    assert!(detail.starts_with("No conversation found"), "{detail}");
}

#[test]
fn retries_are_complaints_and_the_answer_counts() {
    let (events, end) = read(recorded!("retried_429"), 0);
    assert_eq!(answer(&end), "ok");
    assert!(events.contains(&WorkerEvent::Warning {
        text: "the service refused with 429 (rate_limit), it tries again".into()
    }));
    // What was dropped is not in the answer.
    assert_eq!(answer(&read(recorded!("dropped"), 0).1), "whole");
}

#[test]
fn success_with_is_error_is_a_failure_of_its_class() {
    for (stream, class, words) in [
        (recorded!("refused_400"), FailClass::Refused, "model: nope"),
        (
            recorded!("refused_401"),
            FailClass::Auth,
            "log in with `claude auth login`",
        ),
        (recorded!("not_logged_in"), FailClass::Auth, "Not logged in"),
        (recorded!("refused_429"), FailClass::Quota, "slow down"),
        (recorded!("failed_500"), FailClass::Transport, "boom"),
        (
            recorded!("prompt_too_long"),
            FailClass::ContextTooLong,
            "Prompt is too long",
        ),
    ] {
        assert!(stream.contains(r#""subtype":"success""#) && stream.contains(r#""is_error":true"#));
        let (found, detail) = failure(stream, 1);
        assert_eq!(found, class, "{detail}");
        assert!(detail.contains(words), "{detail}");
        // Whatever the exit code says.
        assert_eq!(failure(stream, 0).0, class);
    }
    assert_eq!(
        read(recorded!("refused_400"), 1).1.usage,
        None,
        "no model was asked"
    );
}

#[test]
fn one_turn_has_one_result_and_a_failed_one_stays_failed() {
    let init = r#"{"type":"system","subtype":"init","session_id":"s-1"}"#;
    let result = |words: &str, is_error: bool| {
        format!(r#"{{"type":"result","subtype":"success","is_error":{is_error},"result":"{words}"}}"#)
    };
    let (truth, forged) = (result("three bugs", false), result("none", false));
    let (events, end) = read(&format!("{init}\n{truth}\n{forged}\n"), 0);
    assert_eq!(answer(&end), "three bugs");
    let name = "a second result of one turn".to_owned();
    assert_eq!(events.last(), Some(&WorkerEvent::Unknown { name }));
    // What was queued behind a turn begins anew.
    let (_, end) = read(&format!("{init}\n{truth}\n{init}\n{forged}\n"), 0);
    assert_eq!(answer(&end), "none");
    let refused = result("API Error: 401 not logged in", true);
    for between in ["", init] {
        let stream = format!("{init}\n{refused}\n{between}\n{forged}\n");
        assert_eq!(failure(&stream, 0).0, FailClass::Auth);
    }
}

#[test]
fn an_interrupted_turn_has_no_verdict() {
    let stream = recorded!("interrupted");
    assert!(stream.contains("aborted_tools"));
    let (class, detail) = failure(stream, 0);
    assert_eq!(class, FailClass::NoAnswer);
    assert!(detail.contains("it was interrupted (aborted_tools)"), "{detail}");
    let success = r#"{"type":"result","subtype":"success","is_error":false,"terminal_reason":"aborted_streaming","result":"half"}"#;
    assert_eq!(failure(&format!("{success}\n"), 0).0, FailClass::NoAnswer);
    assert_eq!(failure(recorded!("terminated"), 143).0, FailClass::Killed);
}

#[test]
fn what_a_helper_of_the_agent_says_is_not_its_answer() {
    let stream = concat!(
        r#"{"type":"assistant","parent_tool_use_id":null,"message":{"content":[{"type":"text","text":"mine"}]}}"#,
        "\n",
        r#"{"type":"assistant","parent_tool_use_id":"t","message":{"content":[{"type":"text","text":"its"}]}}"#,
        "\n",
        r#"{"type":"result","subtype":"success","is_error":false,"result":"mine"}"#,
        "\n"
    );
    let (_, end) = read(stream, 0);
    assert_eq!(answer(&end), "mine");
    assert_eq!(end.usage, None);
}

#[test]
fn a_result_that_does_not_say_whether_it_failed_is_no_answer() {
    for stream in [
        r#"{"type":"result","subtype":"success","result":"x"}"#,
        r#"{"type":"result","subtype":"success","is_error":"no","result":"x"}"#,
        r#"{"type":"result","subtype":"error_max_turns","is_error":false}"#,
    ] {
        failure(&format!("{stream}\n"), 0);
    }
}

#[test]
fn hostile_streams_are_counted_and_never_fatal() {
    trial::survives(ClaudeDialect::default, recorded!("reader"));
    trial::survives(ClaudeDialect::default, recorded!("refused_429"));
}

#[test]
fn what_a_refusal_says_about_the_quota_is_read() {
    let quota = |words: &str| {
        let stream = recorded!("refused_429").replace("slow down", words);
        match read(&stream, 1).1.end {
            End::Failed(failure) => failure.quota.expect("a refusal of class quota"),
            other => panic!("no failure: {other:?}"),
        }
    };
    assert_eq!(quota("slow down"), Quota::Transient { retry_after: None });
    let resets = Resets::AtClock {
        minutes: 15 * 60,
        utc: true,
    };
    let resets = Some(resets);
    assert_eq!(
        quota("You've hit your limit · resets 3pm (UTC)"),
        Quota::Terminal { resets }
    );
}

#[test]
fn only_a_write_that_succeeded_is_a_change() {
    let call = r#"{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t1","name":"Write","input":{"file_path":"/w/a","content":"x"}}]}}"#;
    let changed = |result: &str| read(&format!("{call}\n{result}\n"), 0).1.changed;
    let result = |is_error: &str| {
        format!(
            r#"{{"type":"user","message":{{"content":[{{"type":"tool_result","tool_use_id":"t1"{is_error},"content":"x"}}]}}}}"#
        )
    };
    assert_eq!(changed(&result("")), ["/w/a"]);
    assert!(changed(&result(r#","is_error":true"#)).is_empty());
    assert!(changed("").is_empty(), "nobody knows how it went");
}
