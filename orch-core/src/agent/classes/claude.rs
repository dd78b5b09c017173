use super::*;
use crate::agent::claude::decoder::ClaudeDialect;

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

const ONE: Exit = Exit::Code(1);

/// A result as Claude Code writes it of a refusal with `status`.
fn refused(status: u16, words: &str) -> String {
    format!(
        "{{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":{status},\"result\":\"{words}\"}}\n"
    )
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn the_failures_of_claude() {
    let at_three = Resets::AtClock {
        minutes: 15 * 60,
        utc: true,
    };
    let limit = refused(429, "You've hit your limit · resets 3pm (UTC)");
    let rate = refused(429, "API Error: 429 rate_limit_error, retry after 20 seconds");
    let raced = refused(
        401,
        "OAuth token refresh failed: refresh token has already been used",
    );
    let schema = refused(
        400,
        "output_config.format.schema: Invalid schema: does not support oneOf",
    );
    let empty = refused(400, "Your credit balance is too low to access the API");
    let denied = refused(0, "sandbox error: bwrap: setting up uid map: Permission denied");
    let rows = [
        ("a 500", recorded!("failed_500"), ONE, FailClass::Transport, AGAIN),
        (
            "composed: overloaded",
            &refused(529, "Overloaded"),
            ONE,
            FailClass::Transport,
            AGAIN,
        ),
        (
            "composed: a login that another process has just refreshed",
            &raced,
            ONE,
            FailClass::Transport,
            AGAIN,
        ),
        ("a 401", recorded!("refused_401"), ONE, FailClass::Auth, Final),
        (
            "no login",
            recorded!("not_logged_in"),
            ONE,
            FailClass::Auth,
            Final,
        ),
        (
            "a 429 that names no time",
            recorded!("refused_429"),
            ONE,
            FailClass::Quota,
            AGAIN,
        ),
        (
            "composed: a 429 with a pause",
            &rate,
            ONE,
            FailClass::Quota,
            TryAgain(Some(Duration::from_secs(20))),
        ),
        (
            "composed: a limit until a time of day",
            &limit,
            ONE,
            FailClass::Quota,
            UsedUp(Some(at_three)),
        ),
        (
            "composed: an empty account, with 400",
            &empty,
            ONE,
            FailClass::Quota,
            UsedUp(None),
        ),
        (
            "a prompt that is too long",
            recorded!("prompt_too_long"),
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
            "composed: a sandbox that cannot be had",
            &denied,
            ONE,
            FailClass::SandboxRefused,
            Final,
        ),
        (
            "an answer that never fit its schema",
            recorded!("schema_given_up"),
            ONE,
            FailClass::NoAnswer,
            Final,
        ),
        (
            "interrupted, with exit code 0",
            recorded!("interrupted"),
            Exit::Code(0),
            FailClass::NoAnswer,
            Final,
        ),
        (
            "a conversation that is none",
            recorded!("no_such_conversation"),
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
    check(ClaudeDialect::default, &rows);
    covers(&rows, &[]);
}
