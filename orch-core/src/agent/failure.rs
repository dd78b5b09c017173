//! From an agent's words, or its service's status, to a class of failure.
//!
//! CLIs report a typed code never or only sometimes, so texts are often all there is. What is not recognised is
//! `Other`, which nothing retries.

use crate::outcome::FailClass;

/// Words of codex-cli 0.169.0 and of the services behind the others, in lower case, and what they mean; the first row
/// that fits decides. A word of at most [`SHORT`] letters stands alone: `429` is no port `42917`.
const WORDS: [(&[&str], FailClass); 11] = [
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
        // Before what a denied command says of its network.
        &[
            "sandbox denied",
            "sandbox error",
            "blocked by policy",
            "rejected by user approval settings",
            "rejected permission",
        ],
        FailClass::SandboxRefused,
    ),
    (
        // What this machine has used up, before what a service says of an account.
        &[
            "disk quota exceeded",
            "quota exceeded (os error 122)",
            "edquot",
            "no space left on device",
            "enospc",
            "too many open files",
            "emfile",
        ],
        FailClass::Other,
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
            "out of credits",
            "spend cap",
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
            "could not be refreshed",
            "api key",
            // The account has no such plan.
            "to use codex with your chatgpt plan",
        ],
        FailClass::Auth,
    ),
    (
        // What a service says of a form of request that it does not take; "not supported" alone may be said of a tool.
        &[
            "invalid schema",
            "invalid_json_schema",
            "unsupported parameter",
            "unsupported_parameter",
            "unsupported value",
            "unsupported_value",
            "is not supported with this model",
            "does not support",
        ],
        FailClass::Unsupported,
    ),
    (
        &[
            "400",
            "404",
            "bad request",
            "invalid_request",
            "invalid prompt",
            "usage policy",
            "content_filter",
            "does not exist or you do not have access",
        ],
        FailClass::Refused,
    ),
    (&["reason: max_output_tokens"], FailClass::NoAnswer),
    (
        &[
            "stream",
            "reconnecting",
            "connection",
            "network",
            "high demand",
            "at capacity",
            "capacity is unavailable",
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
    (&["sandbox"], FailClass::SandboxRefused),
];

/// The ends of the names of files that a worker reads and writes.
const EXTENSIONS: [&str; 24] = [
    "c", "cfg", "cpp", "css", "go", "h", "html", "java", "js", "json", "jsonl", "jsx", "lock", "log", "md",
    "mjs", "py", "rs", "sh", "toml", "ts", "tsx", "txt", "yml",
];

/// How long a word is at most that must stand alone, so that it is no part of another word or number.
const SHORT: usize = 3;

/// The class of a failure that an agent describes with `message`.
pub(super) fn classify(message: &str) -> FailClass {
    let message = without_paths(&message.to_lowercase());
    let fits = |words: &[&str]| words.iter().any(|word| says(&message, word));
    WORDS
        .iter()
        .find(|(words, _)| fits(words))
        .map_or(FailClass::Other, |(_, class)| *class)
}

/// `message` without paths, addresses and file names: how those are called says nothing of what went wrong. Names with
/// underscores stay, since services write their codes so.
fn without_paths(message: &str) -> String {
    let between = |c: char| c.is_whitespace() || "\"'`()[]{}<>,;=|".contains(c);
    let mut kept = String::with_capacity(message.len());
    for piece in message.split_inclusive(between) {
        let word = piece.trim_end_matches(between);
        if is_path(word.trim_end_matches(['.', ':', '!', '?'])) {
            kept.push('…');
            kept.push_str(&piece[word.len()..]);
        } else {
            kept.push_str(piece);
        }
    }
    kept
}

fn is_path(word: &str) -> bool {
    // A command of Claude Code's own.
    if word == "/login" {
        return false;
    }
    // With the line and the column behind it.
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == ':');
    let extension = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
    word.contains('/')
        || is_beyond_a_drive(word)
        || extension.is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}

/// Whether it begins as an absolute path of Windows does.
fn is_beyond_a_drive(word: &str) -> bool {
    matches!(word.as_bytes(), [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic())
}

fn says(message: &str, word: &str) -> bool {
    if word.len() > SHORT {
        return message.contains(word);
    }
    message.match_indices(word).any(|(at, _)| {
        let before = message[..at].chars().next_back();
        let behind = message[at + word.len()..].chars().next();
        ![before, behind].into_iter().flatten().any(char::is_alphanumeric)
    })
}

/// The class of a refusal with an HTTP status and words: the status says it, but services refuse a prompt that is too
/// long, or an empty account, with 400 too.
pub(super) fn of_refusal(status: u64, message: &str) -> FailClass {
    let class = of_status(status);
    let more_exact = match class {
        FailClass::Refused => &[
            FailClass::ContextTooLong,
            FailClass::Quota,
            FailClass::Auth,
            FailClass::Unsupported,
        ][..],
        // A login that another process has just refreshed.
        FailClass::Auth => &[FailClass::Transport],
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
mod tests;
