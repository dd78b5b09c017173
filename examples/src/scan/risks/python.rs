//! Risks of Python programs.

use super::find::{any_word, lines, parts, window, words};
use super::rule::Rule;
use crate::scan::hit::Severity;
use crate::scan::source::{Lang, Source};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "bare-except",
        langs: &[Lang::Python],
        severity: Severity::Medium,
        find: |source| clauses(source, |head, _| head == "except"),
        claim: "bare `except:` catches everything, also the interrupt of the user and the exit",
        advice: "name the exceptions that are expected",
    },
    Rule {
        name: "except-pass",
        langs: &[Lang::Python],
        severity: Severity::Medium,
        find: |source| {
            clauses(source, |head, body| {
                head != "except" && matches!(body, "pass" | "...")
            })
        },
        claim: "swallowed error: the exception is caught and nothing is done",
        advice: "handle it, log it, or let it pass on; `contextlib.suppress` says that it is meant",
    },
    Rule {
        name: "mutable-default",
        langs: &[Lang::Python],
        severity: Severity::Medium,
        find: mutable_defaults,
        claim: "mutable data structure as an argument's default: all calls share it",
        advice: "use `None` as the default, and make the value inside",
    },
    Rule {
        name: "py-eval",
        langs: &[Lang::Python],
        severity: Severity::High,
        find: |source| calls(source, &["eval(", "exec("]),
        claim: "`eval` or `exec` runs whatever text it is given",
        advice: "use `ast.literal_eval`, or a table of what is allowed",
    },
    Rule {
        name: "shell-true",
        langs: &[Lang::Python],
        severity: Severity::Medium,
        find: |source| any_word(source, &["shell=True", "os.system(", "os.popen("]),
        claim: "a command goes through the shell: what it is put together from can add commands",
        advice: "pass a list of arguments to `subprocess.run`, without `shell=True`",
    },
    Rule {
        name: "unsafe-load",
        langs: &[Lang::Python],
        severity: Severity::Medium,
        find: |source| {
            let safe = |at: &usize| {
                window(source.code(), *at, 120)
                    .lines()
                    .next()
                    .is_some_and(|l| l.contains("Safe"))
            };
            let yaml = words(source, "yaml.load(").into_iter().filter(|at| !safe(at));
            yaml.chain(any_word(
                source,
                &["pickle.load(", "pickle.loads(", "marshal.loads("],
            ))
            .collect()
        },
        claim: "what is loaded here can run code of its own",
        advice: "use `yaml.safe_load` or JSON for data that you did not write",
    },
    Rule {
        name: "none-compare",
        langs: &[Lang::Python],
        severity: Severity::Low,
        find: |source| any_word(source, &["== None", "!= None"]),
        claim: "comparison to `None` with `==` asks the other side, not whether it is None",
        advice: "use `is None` or `is not None`",
    },
    Rule {
        name: "py-empty-division",
        langs: &[Lang::Python],
        severity: Severity::Low,
        find: |source| {
            let guarded = |at: &usize| {
                let line = source.line_of(*at);
                (line.saturating_sub(5)..=line).any(|number| {
                    let line = source.code_line(number);
                    line.contains("if ")
                        || line.contains("max(")
                        || line.contains("assert ")
                        || line.contains(" or ")
                })
            };
            parts(source, "/ len(")
                .into_iter()
                .filter(|at| !guarded(at))
                .collect()
        },
        claim: "division by a length that may be zero",
        advice: "decide what an empty input means before the division",
    },
];

/// The `except` lines whose head (without the colon) and first line of the body are wanted.
fn clauses(source: &Source, wanted: fn(&str, &str) -> bool) -> Vec<usize> {
    let code: Vec<_> = lines(source).collect();
    let mut found = Vec::new();
    for (at, (_, offset, line)) in code.iter().enumerate() {
        let line = line.trim();
        let Some((head, rest)) = line.split_once(':').filter(|(head, _)| {
            *head == "except" || head.starts_with("except ") || head.starts_with("except(")
        }) else {
            continue;
        };
        let body = if rest.trim().is_empty() {
            code.get(at + 1).map_or("", |next| next.2.trim())
        } else {
            rest.trim()
        };
        if wanted(head.trim(), body) {
            found.push(*offset);
        }
    }
    found
}

fn mutable_defaults(source: &Source) -> Vec<usize> {
    let code = source.code();
    words(source, "def ")
        .into_iter()
        .filter(|at| {
            let head = window(code, *at, 600);
            let parameters = head
                .find("):")
                .or_else(|| head.find(") ->"))
                .map_or("", |end| &head[..=end]);
            ["=[]", "= []", "={}", "= {}", "=list()", "=dict()", "=set()"]
                .iter()
                .any(|value| parameters.contains(value))
        })
        .collect()
}

/// Calls of the built-in functions, not of methods with their names.
fn calls(source: &Source, names: &[&str]) -> Vec<usize> {
    let code = source.code();
    let method = |at: &usize| code[..*at].ends_with(['.']) || code[..*at].ends_with("def ");
    any_word(source, names)
        .into_iter()
        .filter(|at| !method(at))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::rule::met;

    #[test]
    fn swallowed_exceptions() {
        let text = "try:\n    a()\nexcept:\n    b()\nexcept (C, D) as e:\n    # no\n    pass\nexcept E:\n    log()\nexcept F: pass\n";
        assert_eq!(
            met("a.py", text),
            [(3, "bare-except"), (5, "except-pass"), (10, "except-pass")]
        );
    }

    #[test]
    fn dangerous_calls_and_defaults() {
        let text = "def a(b, c=[]):\n    eval(b)\n    model.eval()\n    run(b, shell=True)\n    yaml.load(b)\n    yaml.load(b, SafeLoader)\n    \"eval(b)\"\n    if b == None: pass\n    get(b, verify=False)\ndef d(e=()): return {}\n";
        assert_eq!(
            met("a.py", text),
            [
                (1, "mutable-default"),
                (2, "py-eval"),
                (4, "shell-true"),
                (5, "unsafe-load"),
                (8, "none-compare"),
                (9, "unchecked-tls")
            ]
        );
    }

    #[test]
    fn a_mean_of_nothing() {
        assert_eq!(
            met("a.py", "def m(a):\n    return sum(a) / len(a)\n"),
            [(2, "py-empty-division")]
        );
        assert_eq!(
            met("a.py", "def m(a):\n    return sum(a) / len(a) if a else 0\n"),
            []
        );
    }
}
