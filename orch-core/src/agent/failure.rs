//! From an agent's words, or its service's status, to a class of failure.
//!
//! CLIs report a typed code never or only sometimes, so texts are often all there is. What is not recognised is
//! `Other`, which nothing retries.

use crate::outcome::FailClass;

/// Words of codex-cli 0.169.0 and of the services behind the others, in lower case, and what they mean; the first row
/// that fits decides.
const WORDS: [(&[&str], FailClass); 6] = [
    (
        &[
            "context_length",
            "context window",
            "context length",
            "maximum length",
        ],
        FailClass::ContextTooLong,
    ),
    (
        &["429", "rate limit", "rate_limit", "quota", "usage limit"],
        FailClass::Quota,
    ),
    (
        &[
            "401",
            "403",
            "unauthorized",
            "missing environment variable",
            "not logged in",
            "refresh token",
            "api key",
        ],
        FailClass::Auth,
    ),
    (
        &["400", "bad request", "invalid_request", "invalid schema", "404"],
        FailClass::Refused,
    ),
    (
        &[
            "stream",
            "reconnecting",
            "connection",
            "network",
            "high demand",
            "server_error",
            "500",
            "502",
            "503",
            "504",
            "timeout",
            "timed out",
            "sse",
            "overloaded",
            "error sending request",
        ],
        FailClass::Transport,
    ),
    (&["sandbox"], FailClass::Refused),
];

/// The class of a failure that an agent describes with `message`.
pub(super) fn classify(message: &str) -> FailClass {
    let message = message.to_lowercase();
    let fits = |words: &[&str]| words.iter().any(|word| message.contains(word));
    WORDS
        .iter()
        .find(|(words, _)| fits(words))
        .map_or(FailClass::Other, |(_, class)| *class)
}

/// The class of a refusal with an HTTP status.
pub(super) fn of_status(status: u64) -> FailClass {
    match status {
        401 | 403 => FailClass::Auth,
        413 => FailClass::ContextTooLong,
        402 | 429 => FailClass::Quota,
        408 | 500..=599 => FailClass::Transport,
        400..=499 => FailClass::Refused,
        _ => FailClass::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("unexpected status 401 Unauthorized", FailClass::Auth),
            ("Missing environment variable: `MOCK_API_KEY`.", FailClass::Auth),
            (
                "unexpected status 400 Bad Request: Invalid schema for response_format",
                FailClass::Refused,
            ),
            (
                "Codex ran out of room in the model's context window.",
                FailClass::ContextTooLong,
            ),
            (
                "Quota exceeded. Check your plan and billing details.",
                FailClass::Quota,
            ),
            ("something new", FailClass::Other),
        ] {
            assert_eq!(classify(message), class, "{message}");
        }
    }
}
