//! Risks of programs in JavaScript, Go, C and their relatives.

use super::find::{any_word, parts, window, words};
use super::rule::Rule;
use crate::scan::hit::Severity;
use crate::scan::source::{Lang, Source};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "empty-catch",
        langs: &[
            Lang::Js,
            Lang::Java,
            Lang::CSharp,
            Lang::Kotlin,
            Lang::Swift,
            Lang::C,
            Lang::Php,
        ],
        severity: Severity::Medium,
        find: empty_catches,
        claim: "swallowed error: it is caught and nothing is done",
        advice: "handle it, log it, or say in the block why it does not matter",
    },
    Rule {
        name: "js-eval",
        langs: &[Lang::Js, Lang::Php, Lang::Ruby],
        severity: Severity::High,
        find: |source| {
            let code = source.code();
            any_word(source, &["eval(", "new Function("])
                .into_iter()
                .filter(|at| !code[..*at].ends_with('.'))
                .collect()
        },
        claim: "text runs as code",
        advice: "parse the text, or use a table of what is allowed",
    },
    Rule {
        name: "inner-html",
        langs: &[Lang::Js],
        severity: Severity::Medium,
        find: |source| {
            any_word(
                source,
                &[
                    "innerHTML =",
                    "innerHTML +=",
                    "dangerouslySetInnerHTML",
                    "document.write(",
                ],
            )
        },
        claim: "text becomes part of the page as it is: what a user wrote can run there",
        advice: "use `textContent`, or clean the text first",
    },
    Rule {
        name: "debugger",
        langs: &[Lang::Js],
        severity: Severity::Medium,
        find: |source| words(source, "debugger;"),
        claim: "a `debugger` statement was left in",
        advice: "remove it",
    },
    Rule {
        name: "too-far",
        langs: &[Lang::Js, Lang::Java, Lang::CSharp, Lang::C, Lang::Kotlin],
        severity: Severity::High,
        find: loops_too_far,
        claim: "the loop goes one too far: `<=` with the length as its end",
        advice: "use `<`, or iterate over the items themselves",
    },
    Rule {
        name: "stack-trace",
        langs: &[Lang::Java, Lang::Kotlin],
        severity: Severity::Low,
        find: |source| parts(source, ".printStackTrace()"),
        claim: "the error goes to the console and the program goes on",
        advice: "log it with its cause, or throw it on",
    },
    Rule {
        name: "force",
        langs: &[Lang::Swift],
        severity: Severity::Medium,
        find: |source| [parts(source, "try! "), parts(source, " as! ")].concat(),
        claim: "a forced `try!` or `as!` stops the program when it fails",
        advice: "use `try?` or `as?`, and handle what is missing",
    },
    Rule {
        name: "not-null",
        langs: &[Lang::Kotlin],
        severity: Severity::Medium,
        find: |source| parts(source, "!!."),
        claim: "`!!` throws when the value is null",
        advice: "use `?.` or `?:`, or check it first",
    },
    Rule {
        name: "go-ignored",
        langs: &[Lang::Go],
        severity: Severity::Medium,
        find: go_ignored,
        claim: "the error is thrown away with `_`",
        advice: "check it, or say in a comment why it does not matter",
    },
    Rule {
        name: "go-panic",
        langs: &[Lang::Go],
        severity: Severity::Medium,
        find: |source| {
            let code = source.code();
            words(source, "panic(")
                .into_iter()
                .filter(|at| !code[..*at].ends_with('.'))
                .collect()
        },
        claim: "`panic` in code that is not a test stops the caller",
        advice: "return an error that the caller can act on",
    },
    Rule {
        name: "unbounded-copy",
        langs: &[Lang::C],
        severity: Severity::High,
        find: |source| any_word(source, &["gets(", "strcpy(", "strcat(", "sprintf(", "vsprintf("]),
        claim: "it writes without knowing how much room there is",
        advice: "use the variant that takes the size: `fgets`, `snprintf`, `strlcpy`",
    },
    Rule {
        name: "c-system",
        langs: &[Lang::C, Lang::Php],
        severity: Severity::Medium,
        find: |source| {
            let code = source.code();
            let call = |at: &usize| !code[..*at].ends_with(['.', '>', ':']);
            any_word(source, &["system(", "popen(", "shell_exec("])
                .into_iter()
                .filter(call)
                .collect()
        },
        claim: "a command goes through the shell: what it is put together from can add commands",
        advice: "start the program itself, with its arguments apart",
    },
];

fn empty_catches(source: &Source) -> Vec<usize> {
    let code = source.code();
    let empty = |at: &usize| {
        let after = window(code, *at, 200);
        let Some((head, body)) = after.split_once('{') else {
            return false;
        };
        let Some(end) = body.find('}') else { return false };
        let start = at + head.len() + 1;
        // A comment in the block is the reason.
        let silent = source.comments()[start..start + end].trim().is_empty();
        !head.contains([';', '}']) && body[..end].trim().is_empty() && silent
    };
    words(source, "catch").into_iter().filter(empty).collect()
}

fn loops_too_far(source: &Source) -> Vec<usize> {
    let code = source.code();
    let ends = [".length;", ".size();", ".Length;", ".Count;"];
    let too_far = |at: &usize| {
        let after = window(code, *at, 120);
        let Some(end) = after.find(';') else { return false };
        let line = source.line_of(*at);
        let head = source.code_line(line);
        let Some(bound) = after.get("<= ".len()..=end) else {
            return false;
        };
        let plain = !bound.trim_end_matches("size();").contains(['-', '+', '(']);
        plain && ends.iter().any(|text| bound.ends_with(text)) && head.trim_start().starts_with("for")
    };
    parts(source, "<= ").into_iter().filter(too_far).collect()
}

fn go_ignored(source: &Source) -> Vec<usize> {
    let code = source.code();
    let call = |at: &usize| {
        let statement = window(code, *at, 200).lines().next().unwrap_or_default();
        let line = source.line_of(*at);
        // A range, a type assertion or a map's second value is no error.
        let value = statement.split_once('=').map_or("", |(_, value)| value).trim();
        let is_call = value.contains('(') && !value.starts_with("range ") && !value.contains(".(");
        is_call && source.comment_line(line).trim().is_empty()
    };
    let mut found: Vec<usize> = [", _ := ", ", _ = "]
        .iter()
        .flat_map(|text| parts(source, text))
        .filter(call)
        .collect();
    found.extend(
        parts(source, "_ = ")
            .into_iter()
            .filter(|at| code[..*at].ends_with(['\t', '\n', '{']))
            .filter(call),
    );
    found
}

#[cfg(test)]
mod tests {
    use super::super::rule::met;

    #[test]
    fn swallowed_errors_of_many_languages() {
        assert_eq!(
            met(
                "a.ts",
                "try { a() } catch (e) {\n}\ntry { b() } catch { /* why */ }\n"
            ),
            [(1, "empty-catch")]
        );
        assert_eq!(
            met("a.java", "catch (A e) { }\ncatch (B e) { log(e); }\n"),
            [(1, "empty-catch")]
        );
        let text = "func a() {\n\tb, _ := c()\n\t_ = d()\n\t_ = e() // meant\n\tfor _, f := range g() {\n\th, _ := i.(j)\n\tpanic(k)\n}\n";
        assert_eq!(
            met("a.go", text),
            [(2, "go-ignored"), (3, "go-ignored"), (7, "go-panic")]
        );
    }

    #[test]
    fn loops_that_go_too_far() {
        let text = "for (let i = 0; i <= a.length; i++) {}\nfor (let i = 0; i <= a.length - 1; i++) {}\nif (i <= a.length) b();\n";
        assert_eq!(met("a.js", text), [(1, "too-far")]);
        assert_eq!(
            met("a.java", "for (int i = 0; i <= a.size(); i++) {}\n"),
            [(1, "too-far")]
        );
    }

    #[test]
    fn calls_that_trust_their_input() {
        assert_eq!(
            met(
                "a.c",
                "strcpy(a, b);\nmy_strcpy(a, b);\nsystem(c);\n/* gets( */\n"
            ),
            [(1, "unbounded-copy"), (3, "c-system")]
        );
        assert_eq!(
            met("a.js", "a.innerHTML = b;\neval(c);\nd.eval(c);\ndebugger;\n"),
            [(1, "inner-html"), (2, "js-eval"), (4, "debugger")]
        );
        assert_eq!(met("a.kt", "a!!.b()\n"), [(1, "not-null")]);
        assert_eq!(met("a.swift", "let a = try! b()\n"), [(1, "force")]);
    }

    #[test]
    fn hostile_code_ends() {
        for piece in [
            "catch",
            "catch{",
            "<= a.length;",
            ", _ = ",
            "eval(",
            "..=",
            ".parse",
            "/ ",
            ".expect(\n",
            "except:",
            "def ",
            "rm -r $",
            "curl |",
            "unsafe",
        ] {
            let text = piece.repeat(4_000);
            for path in ["a.rs", "a.py", "a.sh", "a.js", "a.go", "a.c"] {
                met(path, &text);
            }
        }
    }
}
