use super::*;

#[test]
fn words_make_a_status_more_exact() {
    for (status, message, class) in [
        (400, "Prompt is too long", FailClass::ContextTooLong),
        (400, "Your credit balance is too low", FailClass::Quota),
        (
            400,
            "API key not valid. Please pass a valid API key.",
            FailClass::Auth,
        ),
        (400, "model: nope", FailClass::Refused),
        (
            400,
            "Unsupported parameter: 'text.format' is not supported with this model.",
            FailClass::Unsupported,
        ),
        (404, "no such model", FailClass::Refused),
        (401, "Invalid API key", FailClass::Auth),
        (
            401,
            "the refresh token has already been used",
            FailClass::Transport,
        ),
        (429, "slow down", FailClass::Quota),
        (529, "Overloaded", FailClass::Transport),
        (0, "connection refused", FailClass::Transport),
        (504, "the request took too long", FailClass::Transport),
    ] {
        assert_eq!(of_refusal(status, message), class, "{status} {message}");
    }
}

#[test]
fn the_words_of_codex_have_classes() {
    for (message, class) in [
        ("exceeded retry limit, last status: 429", FailClass::Quota),
        (
            "exceeded retry limit, last status: 429 Too Many Requests",
            FailClass::Quota,
        ),
        ("We're currently experiencing high demand", FailClass::Transport),
        (
            "stream disconnected before completion: stream closed before response.completed",
            FailClass::Transport,
        ),
        (
            "stream disconnected before completion: idle timeout waiting for SSE",
            FailClass::Transport,
        ),
        ("Missing environment variable: `MOCK_API_KEY`.", FailClass::Auth),
        (
            "Your workspace is out of credits. Add credits to continue.",
            FailClass::Quota,
        ),
        (
            "You hit your spend cap set in your workspace. Increase your spend cap to continue.",
            FailClass::Quota,
        ),
        (
            "Your access token could not be refreshed because you have since logged out or signed in to another account. Please sign in again.",
            FailClass::Auth,
        ),
        (
            "Policy-restricted capacity is unavailable. Please try again later.",
            FailClass::Transport,
        ),
        (
            "codex-linux-sandbox was required but not provided",
            FailClass::SandboxRefused,
        ),
        (
            "sandbox denied exec error, exit code: 7, stderr: curl: (7) no network",
            FailClass::SandboxRefused,
        ),
        ("something new", FailClass::Other),
        ("the session could not be processed", FailClass::Other),
    ] {
        assert_eq!(classify(message), class, "{message}");
    }
}

#[test]
fn what_the_machine_has_used_up_is_no_account() {
    for message in [
        "Disk quota exceeded (os error 122)",
        "failed to write session file /home/u/.codex/sessions/x.jsonl: Disk quota exceeded (os error 122)",
        "EDQUOT: disk quota exceeded, write",
        "No space left on device (os error 28)",
        "ENOSPC: no space left on device, mkdir '/tmp/quota'",
        "Too many open files (os error 24)",
    ] {
        assert_eq!(classify(message), FailClass::Other, "{message}");
    }
}

#[test]
fn how_a_file_is_called_says_nothing() {
    for message in [
        "failed to read /home/u/quota-service/AGENTS.md: No such file or directory",
        "failed to load skill /repo/src/authentication/SKILL.md: missing description",
        "failed to read src/stream.rs: permission denied",
        "failed to read stream.rs:429:3: permission denied",
        "cannot open `network.toml`",
        "cannot open \"C:\\quota\\stream\"",
        "GET http://127.0.0.1:429/quota/stream, no answer",
        "not found: ./connection, ../sandbox and ~/.oauth token/x",
    ] {
        assert_eq!(classify(message), FailClass::Other, "{message}");
    }
    for (message, class) in [
        (
            "/repo/quota.md was read, then: usage limit reached",
            FailClass::Quota,
        ),
        ("insufficient_quota", FailClass::Quota),
        ("{\"code\":\"rate_limit_exceeded\"}", FailClass::Quota),
        ("Invalid key. Please run /login.", FailClass::Auth),
        (
            "error sending request for url (https://h/v1): Connection refused (os error 111)",
            FailClass::Transport,
        ),
    ] {
        assert_eq!(classify(message), class, "{message}");
    }
}

#[test]
fn a_number_that_is_no_status_says_nothing() {
    let at =
        |port: u16| format!("unexpected status 502 Bad Gateway, url: http://127.0.0.1:{port}/v1/responses");
    for port in [42_917, 14_290, 40_100, 40_312, 14_000] {
        assert_eq!(classify(&at(port)), FailClass::Transport, "{port}");
    }
    for message in ["code 5001", "cf-ray: 8429ab", "x401", "4290"] {
        assert_eq!(classify(message), FailClass::Other, "{message}");
    }
    for message in ["429", "(429)", r#"{"code":429,"#, "HTTP/1.1 429: slow down"] {
        assert_eq!(classify(message), FailClass::Quota, "{message}");
    }
}
