//! The lens `secrets`: keys, tokens and passwords in clear. What it prints of them is their first four characters.
//!
//! Tokens are known by their published prefixes; a password by the name it is assigned to. It looks nothing up, so it
//! cannot know whether a secret is in use.

use std::ops::Range;

use super::hit::{Hit, Severity, visible};
use super::source::{Lang, Source};
use super::tokens::{tokens, word};

/// Parts of names that hold a secret.
const NAMES: [&str; 12] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "api_key",
    "apikey",
    "access_key",
    "private_key",
    "auth_token",
    "access_token",
    "client_secret",
    "bearer_token",
];

/// Parts of values that are no secret but stand for one.
const STAND_INS: [&str; 25] = [
    "example",
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "your",
    "xxx",
    "dummy",
    "sample",
    "redacted",
    "todo",
    "password",
    "secret",
    "insert",
    "replace",
    "...",
    "***",
    "${",
    "{{",
    "<",
    "%(",
    "env",
    "none",
    "null",
    "test",
];

pub(super) fn look(source: &Source) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (number, line) in source.lines() {
        for found in find(line, source.lang) {
            // What is made for tests is rarely in use.
            let severity = match (source.in_test(source.offset(number)), found.severity) {
                (false, severity) => severity,
                (true, Severity::Critical) => Severity::Medium,
                (true, _) => Severity::Low,
            };
            let shown = visible(&line[found.range.clone()].chars().take(4).collect::<String>());
            hits.push(
                Hit::at(source, number, found.rule, severity)
                    .claim(format!("{} in clear: `{shown}…`", found.what))
                    .advise("revoke it, take it out of the history, and read it from the environment or a secret store"),
            );
        }
    }
    hits
}

/// A line with its secrets cut after four characters: how any lens shows a line.
pub(super) fn redacted(line: &str) -> String {
    let mut found = find(line, Lang::Config);
    found.sort_by_key(|secret| secret.range.start);
    let mut out = String::with_capacity(line.len());
    let mut at = 0;
    for secret in found {
        // A private key's first line names its kind and holds nothing of it.
        if secret.rule == "private-key" || secret.range.start < at {
            continue;
        }
        let keep: usize = line[secret.range.clone()]
            .chars()
            .take(4)
            .map(char::len_utf8)
            .sum();
        out.push_str(&line[at..secret.range.start + keep]);
        out.push('…');
        at = secret.range.end;
    }
    out.push_str(&line[at..]);
    out
}

/// A secret of a line.
pub(super) struct Found {
    pub(super) rule: &'static str,
    pub(super) what: String,
    pub(super) severity: Severity,
    pub(super) range: Range<usize>,
}

fn find(line: &str, lang: Lang) -> Vec<Found> {
    let mut found = Vec::new();
    if let Some(start) = line.find("-----BEGIN ")
        && let Some(kind) = line[start + 11..].split("-----").next()
        && kind.ends_with("PRIVATE KEY")
        && kind.len() < 40
        // A program that looks for such keys names the whole first line in quotes; a key has nothing behind it.
        && line[start + 11 + kind.len()..].trim_end_matches(['\\', 'n', 'r']).trim() == "-----"
    {
        let range = start..start + 11 + kind.len();
        found.push(Found {
            rule: "private-key",
            what: "a private key".into(),
            severity: Severity::Critical,
            range,
        });
    }
    tokens(line, &mut found);
    url_password(line, &mut found);
    let named = lang.is_code() || lang == Lang::Json;
    if named && let Some(secret) = assigned(line, lang) {
        let taken =
            |other: &Found| other.range.start < secret.range.end && secret.range.start < other.range.end;
        if !found.iter().any(taken) {
            found.push(secret);
        }
    }
    found
}

/// `scheme://user:password@host`.
fn url_password(line: &str, found: &mut Vec<Found>) {
    for (start, _) in line.match_indices("://") {
        let authority = &line[start + 3..];
        let length = authority
            .bytes()
            .take(300)
            .position(|byte| byte.is_ascii_whitespace() || b"/\"'`<>()".contains(&byte))
            .unwrap_or(authority.len().min(300));
        let Some(authority) = authority.get(..length) else {
            continue;
        };
        let Some((user, _)) = authority.rsplit_once('@') else {
            continue;
        };
        let Some((name, password)) = user.split_once(':') else {
            continue;
        };
        if password.len() >= 4 && !stands_in(password) && !password.contains(['$', '{', '[']) {
            let at = start + 3 + name.len() + 1;
            let range = at..at + password.len();
            let what = "a password in an address".to_owned();
            found.push(Found {
                rule: "url-password",
                what,
                severity: Severity::High,
                range,
            });
        }
    }
}

/// `password = "…"`, `"api_key": "…"`, and without quotes in files of settings.
fn assigned(line: &str, lang: Lang) -> Option<Found> {
    let line = line.get(..line.len().min(2000)).unwrap_or_default();
    let lower = line.to_ascii_lowercase();
    let (end, key) = NAMES
        .iter()
        .filter_map(|name| lower.find(name).map(|at| (at + name.len(), *name)))
        .min()?;
    let key_end = end + lower[end..].bytes().take_while(|byte| word(*byte)).count();
    // `password_file = "…"` and the like name a place, not the secret.
    let tail = lower[end..key_end].trim_start_matches(['_', '-']);
    if !matches!(tail, "" | "s" | "key" | "value" | "token" | "default") {
        return None;
    }
    let rest = line[key_end..].trim_start_matches(['"', '\'', ']', ' ']);
    let rest = match lang {
        Lang::Rust | Lang::Kotlin | Lang::Swift | Lang::Js => past_type(rest),
        _ => rest,
    };
    let value = [":=", "=>", "=", ":"]
        .iter()
        .find_map(|sign| rest.strip_prefix(sign))?
        .trim_start();
    if value.starts_with(['=', '~', ':']) {
        return None;
    }
    let quote = value.chars().next()?;
    let text = if matches!(quote, '"' | '\'' | '`') {
        value[1..].split(quote).next()?
    } else if matches!(lang, Lang::Config) {
        value.split([' ', '\t', '#', ',']).next()?
    } else {
        return None;
    };
    let start = line.len() - value.len() + usize::from(matches!(quote, '"' | '\'' | '`'));
    let calls = text.contains(['(', '[', '$', '|', '&']) || text.starts_with(['/', '.', '@', '!']);
    let prose = text.contains(' ') || text.is_empty();
    let random = text.len() >= 6
        && text
            .bytes()
            .any(|byte| !byte.is_ascii_alphabetic() && byte != b'_');
    (random && !prose && !calls && !stands_in(text)).then(|| Found {
        rule: "assigned",
        what: format!("a value assigned to `{key}`"),
        severity: Severity::High,
        range: start..start + text.len(),
    })
}

/// Past the type in `name: Type = …`.
fn past_type(rest: &str) -> &str {
    match rest.find('=') {
        Some(at) if rest.starts_with(':') && !rest[..at].contains(['"', '\'', '(']) => &rest[at..],
        _ => rest,
    }
}

fn stands_in(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    STAND_INS.iter().any(|word| lower.contains(word))
        || lower.bytes().all(|byte| Some(byte) == lower.bytes().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(path: &str, text: &str) -> Vec<(usize, &'static str, Severity)> {
        look(&Source::new(path.into(), text.as_bytes()))
            .into_iter()
            .map(|hit| (hit.line.unwrap(), hit.rule, hit.severity))
            .collect()
    }

    /// Made when the test runs, so that no scanner takes this file for a leak.
    fn made(prefix: &str, length: usize) -> String {
        format!(
            "{prefix}{}",
            "aB3dE5gH7".chars().cycle().take(length).collect::<String>()
        )
    }

    #[test]
    fn tokens_are_known_by_their_shape() {
        let text = format!(
            "a {}\nb {}x\n{}\n",
            made("ghp_", 36),
            made("glpat-", 4),
            made("sk-ant-", 40)
        );
        assert_eq!(
            claims("notes.txt", &text),
            [(1, "token", Severity::Critical), (3, "token", Severity::Critical)]
        );
        assert_eq!(claims("tests/a.txt", &text).len(), 2);
        assert_eq!(claims("tests/a.txt", &text)[0].2, Severity::Medium);
        assert_eq!(claims("a.txt", &format!("AKIA{}EXAMPLE", "IOSFODNN7")), []);
        assert_eq!(
            claims("a.txt", &made("prefix_ghp_", 36)),
            [],
            "part of another name"
        );
    }

    #[test]
    fn a_private_key_is_one_and_its_mention_is_not() {
        let begin = ["-----BEGIN", "RSA PRIVATE", "KEY-----"].join(" ");
        assert_eq!(
            claims("id_rsa", &format!("{begin}\nMII\n")),
            [(1, "private-key", Severity::Critical)]
        );
        assert_eq!(claims("a.py", &format!("if line.startswith('{begin}'):\n")), []);
        assert_eq!(claims("a.pem", &begin.replace("PRIVATE", "PUBLIC")), []);
    }

    #[test]
    fn passwords_are_known_by_the_name_they_are_assigned_to() {
        for (path, line) in [
            ("a.toml", "password = \"correct-horse-71\""),
            (".env", "DB_PASSWORD=s3cr_t-v4lue"),
            ("a.json", "\"client_secret\": \"a9-b8-c7\""),
            ("a.rs", "const API_KEY: &str = \"a9-b8-c7\";"),
            ("a.py", concat!("    'passwd'", ": 'hunter22',")),
            ("a.md", concat!("postgres://app:", "h0rse-71@db/x")),
        ] {
            assert_eq!(claims(path, line).len(), 1, "{path}: {line}");
        }
    }

    #[test]
    fn what_stands_for_a_secret_is_none() {
        for (path, line) in [
            ("a.toml", "password = \"${DB_PASSWORD}\""),
            ("a.py", "password = os.environ['DB_PASSWORD_1']"),
            ("a.py", "if password == 'abc-123':"),
            ("a.yml", "password: \"<your password 1>\""),
            ("a.yml", "password_file: /run/secrets/db-1"),
            ("a.rs", "let secret = \"please enter your 2 words\";"),
            ("a.rs", "fn password(text: &str) -> bool { text == \"a-b-c-d\" }"),
            ("a.md", "the password = \"correct-horse-71\" of the story"),
            ("a.md", "https://user:${PASS}@host https://a.b:8080/x@y"),
            ("a.toml", "secret = \"--------\""),
        ] {
            assert_eq!(claims(path, line), [], "{path}: {line}");
        }
    }

    #[test]
    fn nothing_shown_holds_more_than_four_characters_of_a_secret() {
        let token = made("ghp_", 36);
        let text = format!("password = \"correct-horse-71\" # {token}\n");
        let hits = look(&Source::new("a.toml".into(), text.as_bytes()));
        assert_eq!(hits.len(), 2);
        for hit in hits {
            assert_eq!(hit.evidence, "password = \"corr…\" # ghp_…");
            assert!(
                !hit.claim.contains("horse") && !hit.claim.contains(&token),
                "{}",
                hit.claim
            );
        }
    }

    #[test]
    fn hostile_lines_end() {
        for piece in [
            "AKIA",
            "sk-",
            "://",
            "://a:b@",
            "password=\"",
            "eyJ.",
            "-----BEGIN ",
            "ä=",
            "secret: 'ä",
        ] {
            find(&piece.repeat(10_000), Lang::Config);
        }
    }
}
