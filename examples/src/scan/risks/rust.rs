//! Risks of Rust programs.

use super::find::{any_word, block_after, parts, statement_after, statement_before, window, words};
use super::rule::Rule;
use crate::scan::hit::Severity;
use crate::scan::source::{Lang, Source};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "unwrap",
        langs: &[Lang::Rust],
        severity: Severity::Medium,
        find: unwraps,
        claim: "unchecked `unwrap()`: it panics when the value is an error or is missing",
        advice: "hand the error on with `?`, match on it, or say with `expect` why it cannot happen",
    },
    Rule {
        name: "expect",
        langs: &[Lang::Rust],
        severity: Severity::Low,
        find: expects,
        claim: "unchecked `expect()`: it panics when the value is an error or is missing",
        advice: "hand the error on with `?`, unless the message says why it cannot happen",
    },
    Rule {
        name: "panic",
        langs: &[Lang::Rust],
        severity: Severity::Medium,
        find: |source| words(source, "panic!"),
        claim: "`panic!` in code that is not a test stops the caller",
        advice: "return an error that the caller can act on",
    },
    Rule {
        name: "unfinished",
        langs: &[Lang::Rust],
        severity: Severity::High,
        find: |source| any_word(source, &["todo!", "unimplemented!"]),
        claim: "unfinished code: it panics when it is reached",
        advice: "write it, or return an error that says what is not supported",
    },
    Rule {
        name: "let-underscore",
        langs: &[Lang::Rust],
        severity: Severity::Low,
        find: thrown_away,
        claim: "non-binding `let _` throws the result away: an error goes unseen",
        advice: "handle the error, or say in a comment why it does not matter",
    },
    Rule {
        name: "ok-discard",
        langs: &[Lang::Rust],
        severity: Severity::Low,
        find: ok_discards,
        claim: "`.ok();` throws the error away",
        advice: "handle the error, or say in a comment why it does not matter",
    },
    Rule {
        name: "parse-default",
        langs: &[Lang::Rust],
        severity: Severity::Low,
        find: parse_defaults,
        claim: "bad input becomes a default value: the error of `parse()` goes unseen",
        advice: "tell apart what is missing from what cannot be read, and report the latter",
    },
    Rule {
        name: "off-by-one",
        langs: &[Lang::Rust],
        severity: Severity::High,
        find: one_too_far,
        claim: "the loop variable goes one too far: `..=` with the length as its end, used as an index",
        advice: "use `..` instead of `..=`, or iterate over the items themselves",
    },
    Rule {
        name: "empty-division",
        langs: &[Lang::Rust],
        severity: Severity::Medium,
        find: divisions,
        claim: "division by a length that may be zero: integers panic, floats become NaN",
        advice: "decide what an empty input means before the division",
    },
    Rule {
        name: "unsafe-unexplained",
        langs: &[Lang::Rust],
        severity: Severity::Medium,
        find: unexplained,
        claim: "`unsafe` without a SAFETY comment",
        advice: "say in a comment `// SAFETY:` why the promises of the called code are kept",
    },
    Rule {
        name: "static-mut",
        langs: &[Lang::Rust],
        severity: Severity::High,
        find: |source| words(source, "static mut"),
        claim: "`static mut`: any two threads that reach it race",
        advice: "use an atomic, a `Mutex`, or a `OnceLock`",
    },
    Rule {
        name: "transmute",
        langs: &[Lang::Rust],
        severity: Severity::Medium,
        find: |source| any_word(source, &["transmute(", "transmute::<"]),
        claim: "`transmute` checks nothing but the size",
        advice: "use a cast, `from_ne_bytes`, or a type made for it",
    },
    Rule {
        name: "unchecked-tls",
        langs: &[
            Lang::Rust,
            Lang::Python,
            Lang::Go,
            Lang::Js,
            Lang::Java,
            Lang::CSharp,
            Lang::Kotlin,
        ],
        severity: Severity::High,
        find: |source| {
            let off = [
                "danger_accept_invalid_certs(true)",
                "verify=False",
                "InsecureSkipVerify: true",
                "rejectUnauthorized: false",
                "_create_unverified_context",
            ];
            any_word(source, &off)
        },
        claim: "certificates are not checked: anybody on the way can read and change what is sent",
        advice: "check them; for a private authority add its certificate",
    },
];

fn unwraps(source: &Source) -> Vec<usize> {
    let code = source.code();
    // A poisoned lock: another thread has panicked already.
    let lock = |at: &usize| {
        [".lock()", ".read()", ".write()"]
            .iter()
            .any(|call| code[..*at].trim_end().ends_with(call))
    };
    parts(source, ".unwrap()")
        .into_iter()
        .filter(|at| !lock(at))
        .collect()
}

/// `expect` with a message: a parser's own `expect(token)` is none.
fn expects(source: &Source) -> Vec<usize> {
    let message = |at: &usize| {
        let after = source.code()[at + ".expect(".len()..].trim_start();
        ["\"", "r\"", "r#", "&format!"]
            .iter()
            .any(|start| after.starts_with(start))
    };
    parts(source, ".expect(").into_iter().filter(message).collect()
}

fn thrown_away(source: &Source) -> Vec<usize> {
    let code = source.code();
    let call = |at: &usize| {
        let value = statement_after(code, at + "let _ =".len()).trim_start();
        // Writing into a String cannot fail.
        value.contains('(') && !value.starts_with("write!") && !value.starts_with("writeln!")
    };
    words(source, "let _ =")
        .into_iter()
        .filter(call)
        .filter(|at| !is_explained(source, *at))
        .collect()
}

fn ok_discards(source: &Source) -> Vec<usize> {
    let code = source.code();
    let statement = |at: &usize| {
        let before = statement_before(code, *at);
        !before.contains('=') && !before.trim_start().starts_with("return")
    };
    parts(source, ".ok();")
        .into_iter()
        .filter(statement)
        .filter(|at| !is_explained(source, *at))
        .collect()
}

/// A comment stands on the same line or right above.
fn is_explained(source: &Source, at: usize) -> bool {
    let line = source.line_of(at);
    let comments = |number: usize| !source.comment_line(number).trim().is_empty();
    comments(line) || comments(line - 1) && source.code_line(line - 1).trim().is_empty()
}

fn parse_defaults(source: &Source) -> Vec<usize> {
    let code = source.code();
    let falls_back = |at: &usize| {
        let after = window(code, at + ".parse".len(), 200);
        let Some(end) = after.find("()") else { return false };
        after[..end]
            .chars()
            .all(|c| c.is_alphanumeric() || ":<>_ ".contains(c))
            && after[end + 2..].trim_start().starts_with(".unwrap_or")
    };
    parts(source, ".parse").into_iter().filter(falls_back).collect()
}

fn one_too_far(source: &Source) -> Vec<usize> {
    let code = source.code();
    let is_index = |at: &usize| {
        let end = window(code, at + "..=".len(), 120);
        let Some(length) = end.find(".len()") else {
            return false;
        };
        let plain = end[..length]
            .chars()
            .all(|c| c.is_alphanumeric() || "._&* ".contains(c));
        let exact = end[length + ".len()".len()..]
            .trim_start()
            .starts_with(['{', ')']);
        let Some((_, head)) = statement_before(code, *at).rsplit_once("for ") else {
            return false;
        };
        let Some((variable, _)) = head.split_once(" in ") else {
            return false;
        };
        plain && exact && block_after(code, *at).contains(&format!("[{}]", variable.trim()))
    };
    parts(source, "..=").into_iter().filter(is_index).collect()
}

fn divisions(source: &Source) -> Vec<usize> {
    let code = source.code();
    let by_length = |at: &usize| {
        let divisor = window(code, at + "/ ".len(), 120);
        let Some(length) = divisor.find(".len()") else {
            return false;
        };
        let line = source.line_of(*at);
        let above = (line.saturating_sub(8)..=line).any(|number| {
            let line = source.code_line(number);
            line.contains("is_empty()")
                || line.contains(".max(1)")
                || line.contains("NonZero")
                || line.contains("len() ==")
        });
        divisor[..length]
            .chars()
            .all(|c| c.is_alphanumeric() || "._(&".contains(c))
            && !divisor[length + ".len()".len()..]
                .trim_start()
                .starts_with(['-', '+'])
            && !above
    };
    parts(source, "/ ").into_iter().filter(by_length).collect()
}

fn unexplained(source: &Source) -> Vec<usize> {
    let code = source.code();
    let silent = |at: &usize| {
        let after = code[at + "unsafe".len()..].trim_start();
        let line = source.line_of(*at);
        let explained = (line.saturating_sub(6)..=line + 1).any(|number| {
            source
                .comment_line(number)
                .to_ascii_lowercase()
                .contains("safety")
        });
        (after.starts_with('{') || after.starts_with("impl")) && !explained
    };
    words(source, "unsafe").into_iter().filter(silent).collect()
}

#[cfg(test)]
mod tests {
    use super::super::rule::met;

    #[test]
    fn what_stops_the_program() {
        let text = "fn a() {\n    b.unwrap();\n    c\n        .unwrap();\n    d.lock().unwrap();\n    e.expect(\"f\");\n    self.expect(Token::A);\n    panic!(\"g\");\n    todo!()\n}\n";
        assert_eq!(
            met("a.rs", text),
            [
                (2, "unwrap"),
                (4, "unwrap"),
                (6, "expect"),
                (8, "panic"),
                (9, "unfinished")
            ]
        );
        let text = "// b.unwrap()\n/// panic!()\nfn a() { \"c.unwrap()\"; r#\"panic!(\"x\")\"#; my_panic!(); d.unwrap_or(1) }\n";
        assert_eq!(met("a.rs", text), []);
    }

    #[test]
    fn what_loses_an_error() {
        let text = "fn a() {\n    let _ = b();\n    let _ = c;\n    let _ = writeln!(d);\n    e().ok();\n    let f = g().ok();\n    // nobody waits for it\n    let _ = h();\n    let i = j.parse::<u8>().unwrap_or(0);\n    k.parse().unwrap_or_default();\n}\n";
        assert_eq!(
            met("a.rs", text),
            [
                (2, "let-underscore"),
                (5, "ok-discard"),
                (9, "parse-default"),
                (10, "parse-default")
            ]
        );
    }

    #[test]
    fn what_counts_wrongly() {
        let text = "fn a() {\n    for i in 0..=b.len() {\n        c += b[i];\n    }\n    for i in 0..=b.len() { b.split_at(i); }\n    for i in 0..=b.len() - 1 { b[i]; }\n}\n";
        assert_eq!(met("a.rs", text), [(2, "off-by-one")]);
        let text = "fn a(b: &[u8]) -> usize {\n    c / b.len()\n}\nfn d(b: &[u8]) -> usize {\n    if b.is_empty() { return 0; }\n    c / b.len()\n}\n";
        assert_eq!(
            met(
                "a.rs",
                &text.replace("}\nfn d", &format!("}}\n{}fn d", "\n".repeat(9)))
            ),
            [(2, "empty-division")]
        );
    }

    #[test]
    fn what_needs_a_reason() {
        let text = "fn a() {\n    unsafe { b() }\n\n\n\n\n\n\n    // SAFETY: c is alive\n    unsafe { c() }\n}\nunsafe fn d() {}\nstatic mut E: u8 = 0;\n";
        assert_eq!(met("a.rs", text), [(2, "unsafe-unexplained"), (13, "static-mut")]);
    }
}
