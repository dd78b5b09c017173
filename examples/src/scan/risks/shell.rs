//! Risks of shell scripts, and of shell lines in build files and workflows.

use super::find::{is_word, lines};
use super::rule::Rule;
use crate::scan::hit::Severity;
use crate::scan::source::{Lang, Source};

const SHELLS: &[Lang] = &[Lang::Shell, Lang::Build, Lang::Config];

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "or-true",
        langs: SHELLS,
        severity: Severity::Low,
        find: |source| {
            each(source, |code, _| {
                code.find("|| true").or_else(|| ends_in(code, "|| :"))
            })
        },
        claim: "swallowed error: `|| true` hides every failure of the command",
        advice: "handle the failure that is expected, and let the others stop the script",
    },
    Rule {
        name: "rm-variable",
        langs: SHELLS,
        severity: Severity::High,
        find: |source| each(source, removes_variable),
        claim: "`rm -r` of a path that begins with a variable: if that is empty, it removes from the root",
        advice: "write `${name:?}`, which stops when it is empty, and put it in double quotes",
    },
    Rule {
        name: "pipe-to-shell",
        langs: SHELLS,
        severity: Severity::High,
        find: |source| each(source, piped_to_shell),
        claim: "what is downloaded runs at once, and nobody has read or checked it",
        advice: "download it to a file, compare its digest, then run it",
    },
    Rule {
        name: "cd-unchecked",
        langs: &[Lang::Shell],
        severity: Severity::Medium,
        find: |source| {
            if stops_on_error(source) {
                Vec::new()
            } else {
                each(source, plain_cd)
            }
        },
        claim: "`cd` may fail, and what follows then runs in the wrong folder",
        advice: "write `cd … || exit`, or begin the script with `set -e`",
    },
    Rule {
        name: "goes-on",
        langs: &[Lang::Shell],
        severity: Severity::Low,
        find: |source| {
            let script = source.text.starts_with("#!") && lines(source).count() > 2;
            if script && !stops_on_error(source) {
                vec![0]
            } else {
                Vec::new()
            }
        },
        claim: "the script goes on after a command has failed",
        advice: "begin it with `set -eu`, so that it stops at the first failure and at a name without a value",
    },
    Rule {
        name: "sh-eval",
        langs: &[Lang::Shell],
        severity: Severity::Medium,
        find: |source| each(source, |code, _| command(code, "eval ")),
        claim: "`eval` runs whatever text it is given",
        advice: "use an array or a function",
    },
    Rule {
        name: "chmod-all",
        langs: SHELLS,
        severity: Severity::Medium,
        find: |source| {
            each(source, |code, _| {
                command(code, "chmod 777").or_else(|| command(code, "chmod -R 777"))
            })
        },
        claim: "everybody on the machine may write here",
        advice: "give the rights to the user or group that needs them",
    },
    Rule {
        name: "insecure-download",
        langs: SHELLS,
        severity: Severity::High,
        find: |source| {
            each(source, |code, _| {
                let at = command(code, "curl ").or_else(|| command(code, "wget "))?;
                let flags = ["--insecure", " -k ", "--no-check-certificate"];
                flags.iter().any(|flag| code[at..].contains(flag)).then_some(at)
            })
        },
        claim: "certificates are not checked: anybody on the way can change what is downloaded",
        advice: "check them; for a private authority name its certificate with `--cacert`",
    },
    Rule {
        name: "latest-image",
        langs: &[Lang::Build],
        severity: Severity::Low,
        find: |source| {
            each(source, |code, _| {
                let image = code
                    .strip_prefix("FROM ")?
                    .split_whitespace()
                    .find(|word| !word.starts_with("--"))?;
                let floats =
                    image.ends_with(":latest") || !image.contains([':', '@', '$']) && image.contains('/');
                floats.then_some(0)
            })
        },
        claim: "the base image is whatever is latest: tomorrow's build is another",
        advice: "name a version, or better a digest",
    },
    Rule {
        name: "floating-action",
        langs: &[Lang::Config],
        severity: Severity::Low,
        find: |source| {
            each(source, |code, _| {
                let at = code.find("uses: ")?;
                code.trim_end()
                    .ends_with("@main")
                    .then_some(at)
                    .or(code.trim_end().ends_with("@master").then_some(at))
            })
        },
        claim: "the workflow runs whatever is on that branch at the time",
        advice: "name a release, or better a commit",
    },
];

/// The places in which `find` finds something: it gets each line's code and its text.
fn each(source: &Source, find: fn(&str, &str) -> Option<usize>) -> Vec<usize> {
    let found =
        |(number, offset, code): (usize, usize, &str)| Some(offset + find(code, source.line(number))?);
    lines(source).filter_map(found).collect()
}

/// Where a command with this beginning stands, as a word of its own.
fn command(code: &str, text: &str) -> Option<usize> {
    code.match_indices(text)
        .map(|(at, _)| at)
        .find(|at| is_word(code, *at, text.len()) && !code[..*at].ends_with(['-', '.', '/', '$', '=']))
}

fn ends_in(code: &str, end: &str) -> Option<usize> {
    code.trim_end().strip_suffix(end).map(str::len)
}

fn removes_variable(code: &str, line: &str) -> Option<usize> {
    let at = command(code, "rm -")?;
    let mut words = line[at..].split_whitespace().skip(1);
    let flags = words.next()?;
    let recursive = flags.starts_with('-') && flags.contains(['r', 'R']);
    let bare = |word: &str| {
        let path = word.trim_start_matches('"');
        // `$name/…`, not `${name:?}/…` and not `$name` alone.
        path.starts_with('$') && path.contains('/') && !path.contains(":?") && !path.starts_with("$(")
    };
    (recursive
        && words
            .take_while(|word| !matches!(*word, "&&" | "||" | ";" | "|"))
            .any(bare))
    .then_some(at)
}

fn piped_to_shell(code: &str, _: &str) -> Option<usize> {
    let at = command(code, "curl ").or_else(|| command(code, "wget "))?;
    let shell = code[at..].split('|').skip(1).any(|part| {
        let mut words = part
            .split_whitespace()
            .filter(|word| !matches!(*word, "sudo" | "-E" | "env"));
        words.next().is_some_and(|word| {
            matches!(
                word.rsplit('/').next(),
                Some("sh" | "bash" | "zsh" | "dash" | "python" | "python3")
            )
        })
    });
    shell.then_some(at)
}

fn plain_cd(code: &str, _: &str) -> Option<usize> {
    let line = code.trim();
    let safe = line.contains("||") || line.contains("&&") || line == "cd -" || line.starts_with("cd ..");
    (line.starts_with("cd ") && !safe).then(|| code.len() - code.trim_start().len())
}

/// The script begins with `set -e`, in whatever way it is written.
fn stops_on_error(source: &Source) -> bool {
    source.line(1).starts_with("#!") && source.line(1).split_whitespace().skip(1).any(is_errexit)
        || lines(source).any(|(_, _, line)| {
            let mut words = line.split_whitespace();
            words.next() == Some("set") && words.any(is_errexit)
        })
}

fn is_errexit(word: &str) -> bool {
    word == "errexit" || word.starts_with('-') && !word.starts_with("--") && word.contains('e')
}

#[cfg(test)]
mod tests {
    use super::super::rule::met;

    #[test]
    fn a_script_that_goes_on() {
        let text = "#!/bin/sh\ncd \"$1\"\nmake\ncd x || exit\n";
        assert_eq!(met("a.sh", text), [(1, "goes-on"), (2, "cd-unchecked")]);
        for start in [
            "#!/bin/sh -eu\n",
            "#!/bin/sh\nset -euo pipefail\n",
            "#!/bin/bash\nset -o errexit\n",
        ] {
            assert_eq!(met("a.sh", &format!("{start}cd x\nmake\nls\n")), [], "{start}");
        }
    }

    #[test]
    fn what_removes_or_runs_too_much() {
        let text = "set -e\nrm -rf $a/*\nrm -rf \"$a\"/b\nrm -rf \"${a:?}/b\" c\nrm -f $a/b\nrm -rf $a\ncurl -s x | sudo bash\ncurl x | tee y\nls || true # why\n# curl x | sh\nalarm -rf $a/b\nchmod 777 x\ncurl -k x\ncurl --insecure x\n";
        assert_eq!(
            met("a.sh", text),
            [
                (2, "rm-variable"),
                (3, "rm-variable"),
                (7, "pipe-to-shell"),
                (9, "or-true"),
                (12, "chmod-all"),
                (13, "insecure-download"),
                (14, "insecure-download")
            ]
        );
    }

    #[test]
    fn build_files_and_workflows() {
        let text = "FROM --platform=x a/b:latest AS c\nFROM scratch\nFROM a/b@sha256:0\nRUN make || true\n";
        assert_eq!(met("Dockerfile", text), [(1, "latest-image"), (4, "or-true")]);
        let text = "jobs:\n  - uses: a/b@main\n  - uses: a/b@v4\n  - run: curl x | sh\n";
        assert_eq!(
            met(".github/workflows/a.yml", text),
            [(2, "floating-action"), (4, "pipe-to-shell")]
        );
    }
}
