//! Tokens by the shapes that their issuers publish. Part of `secrets`, which tests it.

use std::ops::Range;

use super::hit::Severity;
use super::secrets::Found;

/// The shape of a token: what it begins with, and how many characters of which kind follow.
struct Token {
    what: &'static str,
    prefix: &'static str,
    length: Range<usize>,
    kind: fn(u8) -> bool,
}

const fn token(
    what: &'static str,
    prefix: &'static str,
    length: Range<usize>,
    kind: fn(u8) -> bool,
) -> Token {
    Token {
        what,
        prefix,
        length,
        kind,
    }
}

/// The most characters of a token that are read.
const LONGEST: usize = 4096;

/// Prefixes as their issuers publish them.
const TOKENS: [Token; 24] = [
    token("an AWS access key id", "AKIA", 16..17, upper),
    token("an AWS temporary access key id", "ASIA", 16..17, upper),
    token("a GitHub personal access token", "ghp_", 36..256, alnum),
    token("a GitHub OAuth token", "gho_", 36..256, alnum),
    token("a GitHub user token", "ghu_", 36..256, alnum),
    token("a GitHub app token", "ghs_", 36..256, alnum),
    token("a GitHub refresh token", "ghr_", 36..256, alnum),
    token("a GitHub fine-grained token", "github_pat_", 22..256, word),
    token("a GitLab token", "glpat-", 20..256, word),
    token("a Slack bot token", "xoxb-", 20..256, word),
    token("a Slack user token", "xoxp-", 20..256, word),
    token("a Google API key", "AIza", 35..36, word),
    token("a Stripe live key", "sk_live_", 20..256, alnum),
    token("a Stripe live restricted key", "rk_live_", 20..256, alnum),
    token("an npm token", "npm_", 36..37, alnum),
    token("a PyPI token", "pypi-AgEIcHlwaS5vcmc", 40..LONGEST, word),
    token("a crates.io token", "cio", 32..33, alnum),
    token("a Hugging Face token", "hf_", 34..40, alnum),
    token("an Anthropic API key", "sk-ant-", 32..256, word),
    token("an OpenAI project key", "sk-proj-", 32..256, word),
    token("an OpenAI API key", "sk-", 40..60, alnum),
    token("a SendGrid key", "SG.", 60..80, dotted),
    token("a DigitalOcean token", "dop_v1_", 64..65, alnum),
    token("a JSON web token", "eyJ", 60..LONGEST, dotted),
];

const fn upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

const fn alnum(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

pub(super) const fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

const fn dotted(byte: u8) -> bool {
    word(byte) || byte == b'.'
}

/// The tokens of a line.
pub(super) fn tokens(line: &str, found: &mut Vec<Found>) {
    for token in &TOKENS {
        let mut read = 0;
        for (start, _) in line.match_indices(token.prefix) {
            let inside = start.checked_sub(1).is_some_and(|at| word(line.as_bytes()[at]));
            if inside || start < read {
                continue;
            }
            let body = &line[start + token.prefix.len()..];
            let length = body
                .bytes()
                .take(LONGEST)
                .take_while(|byte| (token.kind)(*byte))
                .count();
            let text = &body[..length];
            read = start + length;
            // A real token is random: digits among letters, and no word that says that it is none.
            let random = text.bytes().any(|byte| byte.is_ascii_digit())
                && text.bytes().any(|byte| byte.is_ascii_alphabetic())
                && !["example", "xxxx", "0000", "1234567890", "your"]
                    .iter()
                    .any(|word| text.to_ascii_lowercase().contains(word));
            let shape = token.prefix != "eyJ" || text.matches('.').count() == 2 && text.contains(".eyJ");
            let range = start..start + token.prefix.len() + length;
            let new = !found.iter().any(|other: &Found| other.range.contains(&start));
            if random && shape && new && token.length.contains(&length) {
                let what = token.what.to_owned();
                found.push(Found {
                    rule: "token",
                    what,
                    severity: Severity::Critical,
                    range,
                });
            }
        }
    }
}
