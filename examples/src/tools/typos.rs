//! `typos` on the paths: words that are known misspellings, in documents and in code.

use std::ffi::OsString;

use serde_json::Value;

use super::finding::{Finding, Severity, ended, objects, text};
use super::tool::{Reviewed, Tool};

pub(super) const TOOL: Tool = Tool {
    name: "typos",
    about: "misspelt words in documents, comments and names",
    program: "typos",
    probe: &["--version"],
    install: "cargo install typos-cli, or see https://github.com/crate-ci/typos",
    environment: &["HOME"],
    builds: false,
    fits: |_| Ok(()),
    arguments,
    read,
};

#[expect(clippy::unnecessary_wraps, reason = "the shape that every tool has")]
fn arguments(reviewed: &Reviewed<'_>) -> Result<Vec<OsString>, String> {
    let mut arguments = ["--format", "json", "--"].map(OsString::from).to_vec();
    arguments.extend(reviewed.arguments());
    Ok(arguments)
}

/// Exit statuses: 0 nothing found, 2 something; others are failures.
fn read(reviewed: &Reviewed<'_>, stdout: &[u8], exit: Option<i32>) -> Result<Vec<Finding>, String> {
    let findings: Vec<_> = objects(stdout)
        .filter_map(|object| finding(reviewed, &object))
        .collect();
    match exit {
        Some(0) => Ok(findings),
        Some(2) if !findings.is_empty() => Ok(findings),
        _ => Err(format!("typos failed, {}: see its standard error", ended(exit))),
    }
}

fn finding(reviewed: &Reviewed<'_>, object: &Value) -> Option<Finding> {
    if text(object, "type") != "typo" {
        return None;
    }
    let typo = text(object, "typo");
    let corrections: Vec<String> = object["corrections"]
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .map(|word| format!("`{word}`"))
        .collect();
    Some(Finding {
        severity: Severity::Low,
        // A misspelt file name has no line.
        line: object["line_num"].as_u64().filter(|line| *line > 0),
        path: reviewed.inside(text(object, "path"))?,
        claim: format!("misspelt: `{typo}`"),
        evidence: format!("`{typo}` is a known misspelling"),
        recommendation: match corrections.as_slice() {
            [] => "use another word: this one is not allowed here".to_owned(),
            words => format!("write {}", words.join(" or ")),
        },
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn recorded_typos_become_findings() {
        let found = TOOL
            .findings(
                Path::new("/tree"),
                &[],
                include_bytes!("recorded/typos.jsonl"),
                Some(2),
            )
            .unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (&found[0]["path"], &found[0]["line"]),
            (&"docs/guide.md".into(), &7.into())
        );
        assert_eq!(found[0]["recommendation"], "write `occurred`");
    }

    #[test]
    fn failures_are_no_reviews() {
        assert_eq!(
            TOOL.findings(Path::new("/tree"), &[], b"", Some(0)),
            Ok(Vec::new())
        );
        for exit in [None, Some(1), Some(64), Some(78)] {
            assert!(
                TOOL.findings(
                    Path::new("/tree"),
                    &[],
                    include_bytes!("recorded/typos.jsonl"),
                    exit
                )
                .is_err()
            );
        }
    }
}
