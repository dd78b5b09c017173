use jiff::{civil, tz::TimeZone};

use super::*;
use crate::agent::WorkerEvent;
use crate::agent::codex::decoder::CodexDialect;

macro_rules! recorded {
    ($case:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/recorded/codex/0.169.0/",
            $case,
            ".jsonl"
        ))
    };
}

const ONE: Exit = Exit::Code(1);

fn failed(words: &str) -> String {
    format!("{{\"type\":\"turn.failed\",\"error\":{{\"message\":\"{words}\"}}}}\n")
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn the_failures_of_codex() {
    let midnight = civil::date(2026, 11, 29).at(0, 5, 0, 0);
    let midnight = midnight
        .to_zoned(TimeZone::system())
        .expect("a moment")
        .timestamp();
    let reused = failed(
        "Your access token could not be refreshed because your refresh token was already used. Please log out and sign in again.",
    );
    let revoked = failed(
        "Your access token could not be refreshed because your refresh token was revoked. Please log out and sign in again.",
    );
    let denied = failed("sandbox denied exec error, exit code: 1, stdout: , stderr: Read-only file system");
    let rows = [
        (
            "a 502",
            recorded!("bad_gateway"),
            ONE,
            FailClass::Transport,
            AGAIN,
        ),
        (
            "a model at capacity",
            recorded!("overloaded"),
            ONE,
            FailClass::Transport,
            AGAIN,
        ),
        (
            "composed: a login that another process has just refreshed",
            &reused,
            ONE,
            FailClass::Transport,
            AGAIN,
        ),
        (
            "composed: a login that was revoked",
            &revoked,
            ONE,
            FailClass::Auth,
            Final,
        ),
        ("a 401", recorded!("status_401"), ONE, FailClass::Auth, Final),
        (
            "a plan without codex",
            recorded!("usage_not_included"),
            ONE,
            FailClass::Auth,
            Final,
        ),
        (
            "a usage limit until a moment",
            recorded!("usage_limit"),
            ONE,
            FailClass::Quota,
            UsedUp(Some(Resets::At(midnight))),
        ),
        (
            "a usage limit until nobody knows when",
            recorded!("usage_limit_without_time"),
            ONE,
            FailClass::Quota,
            UsedUp(None),
        ),
        (
            "an empty account",
            recorded!("insufficient_quota"),
            ONE,
            FailClass::Quota,
            UsedUp(None),
        ),
        (
            "a rate limit with a pause",
            recorded!("rate_limited"),
            ONE,
            FailClass::Quota,
            TryAgain(Some(Duration::from_millis(11_054))),
        ),
        (
            "too much context",
            recorded!("context_too_long"),
            ONE,
            FailClass::ContextTooLong,
            Final,
        ),
        (
            "a content filter",
            recorded!("content_filter"),
            ONE,
            FailClass::Refused,
            Final,
        ),
        (
            "a prompt against the policy",
            recorded!("invalid_prompt"),
            ONE,
            FailClass::Refused,
            Final,
        ),
        (
            "a model that is none",
            recorded!("no_such_model"),
            ONE,
            FailClass::Refused,
            Final,
        ),
        (
            "a schema that is not strict",
            recorded!("invalid_schema"),
            ONE,
            FailClass::Unsupported,
            Final,
        ),
        (
            "a parameter of other models",
            recorded!("unsupported"),
            ONE,
            FailClass::Unsupported,
            Final,
        ),
        (
            "composed: the sandbox ended the turn",
            &denied,
            ONE,
            FailClass::SandboxRefused,
            Final,
        ),
        (
            "an answer that was cut",
            recorded!("cut_at_limit"),
            ONE,
            FailClass::NoAnswer,
            Final,
        ),
        (
            "composed: words of a later version",
            &failed("brand new trouble"),
            ONE,
            FailClass::Other,
            Final,
        ),
        (
            "composed: a wrong option",
            "",
            Exit::Code(2),
            FailClass::Crashed,
            AGAIN,
        ),
        (
            "ended by somebody's SIGKILL",
            recorded!("denied_command"),
            KILLED,
            FailClass::Killed,
            AGAIN,
        ),
        (
            "composed: its launcher saw a SIGKILL",
            "",
            Exit::Code(137),
            FailClass::Killed,
            AGAIN,
        ),
    ];
    check(CodexDialect::default, &rows);
    covers(&rows, &[]);
}

#[test]
fn a_command_that_the_sandbox_refused_is_denied_and_the_answer_counts() {
    let stream = recorded!("denied_command");
    let (events, end) = trial::read(CodexDialect::default, stream, Exit::Code(0));
    assert_eq!(end.end, End::Answered("I could not write.".into()));
    let told = |stream: &str| -> Vec<String> {
        let (events, _) = trial::read(CodexDialect::default, stream, Exit::Code(0));
        let denied = events.into_iter().filter_map(|event| match event {
            WorkerEvent::Denied { text } => Some(text),
            _ => None,
        });
        denied.collect()
    };
    assert_eq!(
        told(stream),
        ["/bin/bash -c 'sleep 1.2; touch /tree/b': touch: cannot touch '/tree/b': Read-only file system"]
    );
    assert!(events.contains(&WorkerEvent::ToolDone));
    // A file of somebody else is not the sandbox's doing, and a command that succeeded did what it had to.
    assert_eq!(
        told(&stream.replace("Read-only file system", "Permission denied")),
        [""; 0]
    );
    let succeeded = stream.replace(
        r#""exit_code":1,"status":"failed""#,
        r#""exit_code":0,"status":"completed""#,
    );
    assert_ne!(succeeded, stream);
    assert_eq!(told(&succeeded), [""; 0]);
    // As the protocol has it for a call that nobody approves.
    let declined = stream.replace(r#""status":"failed""#, r#""status":"declined""#);
    assert_eq!(
        told(&declined),
        ["/bin/bash -c 'sleep 1.2; touch /tree/b': it was declined"]
    );
}
