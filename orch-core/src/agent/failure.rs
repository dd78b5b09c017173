//! From an agent's words, or its service's status, to a class of failure.
//!
//! CLIs report a typed code never or only sometimes, so texts are often all there is. What is not recognised is
//! `Other`, which nothing retries.

use crate::outcome::FailClass;

/// Words of codex-cli 0.169.0 and of the services behind the others, in lower case, and what they mean; the first row
/// that fits decides.
const WORDS: [(&[&str], FailClass); 7] = [
    (
        &[
            "context_length",
            "context window",
            "context length",
            "maximum length",
            "prompt is too long",
            "input is too long",
            "exceeds the maximum number of tokens",
        ],
        FailClass::ContextTooLong,
    ),
    (
        &[
            "429",
            "rate limit",
            "rate_limit",
            "quota",
            "usage limit",
            "hit your limit",
            "credit balance",
            "resource_exhausted",
        ],
        FailClass::Quota,
    ),
    (
        // Two processes refreshed one login at the same moment; the other one's is good the next time.
        &[
            "refresh_token_reused",
            "refresh token was already used",
            "refresh token has already been used",
        ],
        FailClass::Transport,
    ),
    (
        &[
            "401",
            "403",
            "unauthorized",
            "missing environment variable",
            "not logged in",
            "/login",
            "authentication",
            "oauth token",
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
            // As node's client says it: the stream was dropped, the service was not reached.
            "api error: terminated",
            "fetch failed",
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

/// The class of a refusal with an HTTP status and words: the status says it, but services refuse a prompt that is too
/// long, or an empty account, with 400 too.
pub(super) fn of_refusal(status: u64, message: &str) -> FailClass {
    let class = of_status(status);
    let more_exact = match class {
        FailClass::Refused => &[FailClass::ContextTooLong, FailClass::Quota, FailClass::Auth][..],
        FailClass::Other => return classify(message),
        _ => &[],
    };
    Some(classify(message))
        .filter(|class| more_exact.contains(class))
        .unwrap_or(class)
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
            (404, "no such model", FailClass::Refused),
            (401, "Invalid API key", FailClass::Auth),
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
            (
                "401: Your access token could not be refreshed because your refresh token was already used.",
                FailClass::Transport,
            ),
            ("something new", FailClass::Other),
        ] {
            assert_eq!(classify(message), class, "{message}");
        }
    }
}
