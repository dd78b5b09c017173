use super::*;
use crate::agent::opencode::decoder::OpencodeDialect;

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

const ONE: Exit = Exit::Code(1);

fn error(name: &str, data: &str) -> String {
    format!("{{\"type\":\"error\",\"error\":{{\"name\":\"{name}\",\"data\":{data}}}}}\n")
}

fn refused(status: u16, words: &str) -> String {
    error(
        "APIError",
        &format!("{{\"message\":\"{words}\",\"statusCode\":{status}}}"),
    )
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn the_failures_of_opencode() {
    let waits = error(
        "APIError",
        r#"{"message":"no","statusCode":429,"responseHeaders":{"retry-after":"7"}}"#,
    );
    let login = error("ProviderAuthError", r#"{"message":"no"}"#);
    let schema = refused(400, "Invalid schema for response_format 'response'");
    let rows = [
        (
            "composed: a 503",
            &*refused(503, "no"),
            ONE,
            FailClass::Transport,
            AGAIN,
        ),
        ("a 401", recorded!("refused_401"), ONE, FailClass::Auth, Final),
        ("composed: no login", &login, ONE, FailClass::Auth, Final),
        (
            "composed: a 429 that names no time",
            &refused(429, "no"),
            ONE,
            FailClass::Quota,
            AGAIN,
        ),
        (
            "composed: a 429 with a pause in its headers",
            &waits,
            ONE,
            FailClass::Quota,
            TryAgain(Some(Duration::from_secs(7))),
        ),
        (
            "composed: an empty account",
            &refused(429, "insufficient_quota"),
            ONE,
            FailClass::Quota,
            UsedUp(None),
        ),
        (
            "composed: too much context",
            &error("ContextOverflowError", "{}"),
            ONE,
            FailClass::ContextTooLong,
            Final,
        ),
        (
            "a model that is none",
            recorded!("refused_400"),
            ONE,
            FailClass::Refused,
            Final,
        ),
        (
            "composed: a schema that is not taken",
            &schema,
            ONE,
            FailClass::Unsupported,
            Final,
        ),
        (
            "a call that was rejected",
            recorded!("rejected"),
            Exit::Code(0),
            FailClass::SandboxRefused,
            Final,
        ),
        (
            "an answer that was cut",
            recorded!("cut_at_limit"),
            Exit::Code(0),
            FailClass::NoAnswer,
            Final,
        ),
        (
            "composed: aborted",
            &error("MessageAbortedError", "{}"),
            ONE,
            FailClass::Killed,
            AGAIN,
        ),
        (
            "composed: an error that is none",
            "{\"type\":\"error\",\"error\":\"words\"}\n",
            ONE,
            FailClass::Other,
            Final,
        ),
        ("composed: nothing was said", "", ONE, FailClass::Crashed, AGAIN),
        (
            "ended by somebody's SIGTERM",
            recorded!("terminated"),
            Exit::Code(143),
            FailClass::Killed,
            AGAIN,
        ),
        (
            "ended by somebody's SIGKILL",
            recorded!("terminated"),
            KILLED,
            FailClass::Killed,
            AGAIN,
        ),
    ];
    check(OpencodeDialect::default, &rows);
    covers(&rows, &[]);
}
