//! Recorded streams of the real opencode 1.18.33, which talked to a scripted server.

use std::time::Duration;

use orch_pty::Exit;

use super::OpencodeDialect;
use crate::agent::WorkerEvent;
use crate::agent::line_decoder::trial;
use crate::job::{Capture, End, JobEnd, Usage};
use crate::limits::Quota;
use crate::outcome::FailClass;

macro_rules! recorded {
    ($case:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/recorded/opencode/1.18.33/",
            $case,
            ".jsonl"
        ))
    };
}

fn read(stream: &str, code: u8) -> (Vec<WorkerEvent>, JobEnd) {
    trial::read(OpencodeDialect::default, stream, Exit::Code(code))
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

/// One request of the scripted server: 100 tokens in, 40 of them from the cache, 15 out and 5 of reasoning.
fn used(requests: u64) -> Usage {
    let mut usage = Usage::new(100 * requests, 40 * requests, 20 * requests);
    usage.cost_micro_usd = Some(100 * requests);
    usage
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
fn a_reader_that_is_denied_tools_is_no_failure() {
    let (events, end) = read(recorded!("reader"), 0);
    assert_eq!(answer(&end), "done");
    assert_eq!(end.usage, Some(used(4)), "every step counts itself");
    let calls: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            WorkerEvent::ToolCall { text } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(
        calls,
        [
            "read /etc/hostname",
            "read /tree/a.txt",
            "write /tree/evil.txt",
            "bash touch /tree/evil2.txt"
        ]
    );
    let done = events.iter().filter(|event| **event == WorkerEvent::ToolDone);
    assert_eq!(done.count(), calls.len());
    let denied = events.iter().filter_map(|event| match event {
        WorkerEvent::Denied { text } => text.split(": ").next(),
        _ => None,
    });
    let denied: Vec<&str> = denied.collect();
    assert_eq!(
        denied,
        [
            "read /etc/hostname",
            "write /tree/evil.txt",
            "bash touch /tree/evil2.txt"
        ]
    );
    assert_eq!(answer(&read(recorded!("writer"), 0).1), "done");
}

#[test]
fn a_call_that_is_rejected_ends_the_turn_unless_it_goes_on() {
    let stream = recorded!("rejected");
    let (class, detail) = failure(stream, 0);
    assert_eq!(class, FailClass::SandboxRefused);
    assert!(
        detail.contains("its permissions refused `bash touch b`") && detail.ends_with("was denied"),
        "{detail}"
    );
    // Somebody else's signal is not the permissions' doing.
    assert_eq!(failure(stream, 143).0, FailClass::Killed);
    let (_, end) = read(&format!("{stream}{}", recorded!("plain")), 0);
    assert_eq!(answer(&end), "the answer");
    let cut = format!("{stream}{}", recorded!("terminated"));
    assert_eq!(failure(&cut, 0).0, FailClass::NoAnswer);
}

#[test]
fn a_further_turn_counts_itself() {
    let (_, first) = read(recorded!("reader"), 0);
    let (_, end) = read(recorded!("further_turn"), 0);
    assert_eq!(answer(&end), "second answer");
    assert_eq!((end.thread, end.usage), (first.thread, Some(used(1))));
    // It was a writer's conversation, and the further turn a reader's.
    let stream = recorded!("further_turn_of_a_writer");
    assert!(stream.contains("Available tools: glob, grep, read."));
    assert_eq!(answer(&read(stream, 0).1), "second answer");
}

#[test]
fn what_an_attempt_left_is_not_the_answer_and_its_use_is_unknown() {
    assert_eq!(answer(&read(recorded!("retried_429"), 0).1), "ok");
    let (_, end) = read(recorded!("dropped"), 0);
    assert_eq!(answer(&end), "whole");
    assert_eq!(end.usage, Some(Usage::default()));
}

#[test]
fn an_error_is_a_failure_of_its_class() {
    let (class, detail) = failure(recorded!("refused_400"), 1);
    assert_eq!((class, detail.as_str()), (FailClass::Refused, "model: nope"));
    let (class, detail) = failure(recorded!("refused_401"), 1);
    assert_eq!(class, FailClass::Auth);
    assert!(detail.ends_with("log in with `opencode auth login`"), "{detail}");
    // Whatever the exit code says.
    assert_eq!(failure(recorded!("refused_401"), 0).0, FailClass::Auth);
}

#[test]
fn only_stop_completes_a_turn_and_a_later_step_opens_it_again() {
    assert_eq!(failure(recorded!("cut_at_limit"), 0).0, FailClass::NoAnswer);
    // Ended by a signal with a tool call under way; it exits by itself with 143.
    assert_eq!(failure(recorded!("terminated"), 143).0, FailClass::Killed);
    let reopened = format!("{}{}", recorded!("plain"), recorded!("terminated"));
    assert_eq!(failure(&reopened, 0).0, FailClass::NoAnswer);
    let (class, detail) = failure("{\"type\":\"step_finish\",\"part\":{\"reason\":\"other\"}}\n", 0);
    assert_eq!(class, FailClass::NoAnswer);
    assert!(detail.contains("a step ended with \"other\""), "{detail}");
}

#[test]
fn a_turn_that_failed_stays_failed() {
    let start = "{\"type\":\"step_start\"}\n";
    let text = "{\"type\":\"text\",\"part\":{\"text\":\"half\"}}\n";
    let stop = "{\"type\":\"step_finish\",\"part\":{\"reason\":\"stop\"}}\n";
    let cut = "{\"type\":\"step_finish\",\"part\":{\"reason\":\"length\"}}\n";
    let error = "{\"type\":\"error\",\"error\":{\"name\":\"UnknownError\",\"data\":{\"message\":\"no\"}}}\n";
    for (stream, class) in [
        ([start, text, error, stop].concat(), FailClass::Other),
        ([start, error, start, text, stop].concat(), FailClass::Other),
        (
            [start, text, cut, start, text, stop].concat(),
            FailClass::NoAnswer,
        ),
    ] {
        assert_eq!(failure(&stream, 0).0, class, "{stream}");
    }
}

#[test]
fn what_was_said_before_the_last_step_is_no_answer() {
    let start = "{\"type\":\"step_start\"}\n";
    let text = "{\"type\":\"text\",\"part\":{\"text\":\"I will look\"}}\n";
    let finish =
        |reason: &str| format!("{{\"type\":\"step_finish\",\"part\":{{\"reason\":\"{reason}\"}}}}\n");
    let stream = [start, text, &finish("tool-calls"), start, &finish("stop")].concat();
    assert_eq!(failure(&stream, 0).0, FailClass::NoAnswer);
}

#[test]
fn a_cost_of_zero_is_unknown() {
    let stream = concat!(
        r#"{"type":"step_finish","part":{"reason":"stop","cost":0,"#,
        r#""tokens":{"total":3,"input":1,"output":2,"reasoning":0,"cache":{"read":0,"write":0}}}}"#,
        "\n"
    );
    assert_eq!(read(stream, 0).1.usage, Some(Usage::new(1, 0, 2)));
}

#[test]
fn an_event_that_cannot_be_read_may_have_been_the_answer() {
    trial::misses(OpencodeDialect::default, recorded!("plain"), "\"step_finish\"");
}

#[test]
fn hostile_streams_are_counted_and_never_fatal() {
    trial::survives(OpencodeDialect::default, recorded!("reader"));
    trial::survives(OpencodeDialect::default, recorded!("refused_400"));
}

#[test]
fn what_a_refusal_says_about_the_quota_is_read() {
    let quota = |stream: &str| match read(stream, 1).1.end {
        End::Failed(failure) => failure.quota.expect("a refusal of class quota"),
        other => panic!("no failure: {other:?}"),
    };
    let limited = recorded!("refused_401")
        .replace("401", "429")
        .replace("invalid key", "slow down");
    assert_eq!(quota(&limited), Quota::Transient { retry_after: None });
    let told = limited.replace(r#""server":"scripted""#, r#""retry-after":"7""#);
    let retry_after = Some(Duration::from_secs(7));
    assert_eq!(quota(&told), Quota::Transient { retry_after });
    let used_up = limited.replace("slow down", "insufficient_quota");
    assert_eq!(quota(&used_up), Quota::Terminal { resets: None });
}
