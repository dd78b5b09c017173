//! `ruff check` on the Python files under the paths. It writes no cache into the tree and mends nothing.

use std::ffi::OsString;

use serde_json::Value;

use super::finding::{Finding, Severity, ended, text, whole};
use super::tool::{Reviewed, Tool};
use crate::scan::files_of;

pub(super) const TOOL: Tool = Tool {
    name: "ruff",
    about: "the linter of Python: unused and undefined names, bare excepts, wrong comparisons",
    program: "ruff",
    probe: &["--version"],
    install: "pipx install ruff, or see https://docs.astral.sh/ruff/installation",
    environment: &["HOME"],
    builds: false,
    fits,
    arguments,
    read,
};

fn fits(reviewed: &Reviewed<'_>) -> Result<(), String> {
    let python = |path: &std::path::Path| {
        path.extension()
            .is_some_and(|ending| ending == "py" || ending == "pyi")
    };
    let files = files_of(reviewed.root, reviewed.paths, python)
        .map_err(|error| format!("looking for Python files failed: {error}"))?;
    if files.is_empty() {
        Err("there is no Python file".to_owned())
    } else {
        Ok(())
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that every tool has")]
fn arguments(reviewed: &Reviewed<'_>) -> Result<Vec<OsString>, String> {
    let mut arguments = [
        "check",
        "--quiet",
        "--no-cache",
        "--no-fix",
        "--force-exclude",
        "--output-format",
        "json",
        "--",
    ]
    .map(OsString::from)
    .to_vec();
    arguments.extend(reviewed.arguments());
    Ok(arguments)
}

/// Exit statuses: 0 nothing found, 1 something, 2 wrong settings or arguments.
fn read(reviewed: &Reviewed<'_>, stdout: &[u8], exit: Option<i32>) -> Result<Vec<Finding>, String> {
    let report = whole("ruff", stdout, exit)?;
    let violations = report.as_array().ok_or("ruff printed a report that is no list")?;
    if !matches!(exit, Some(0 | 1)) {
        return Err(format!("ruff failed, {}: see its standard error", ended(exit)));
    }
    if let Some(unread) = violations
        .iter()
        .find(|violation| text(violation, "code") == "E902")
    {
        return Err(format!(
            "ruff could not read {}: {}",
            text(unread, "filename"),
            text(unread, "message")
        ));
    }
    Ok(violations
        .iter()
        .filter_map(|violation| finding(reviewed, violation))
        .collect())
}

fn finding(reviewed: &Reviewed<'_>, violation: &Value) -> Option<Finding> {
    let path = reviewed.inside(text(violation, "filename"))?;
    // Files that do not parse had no code in older versions.
    let code = violation["code"].as_str().unwrap_or("invalid-syntax");
    let fix = text(&violation["fix"], "message");
    let page = text(violation, "url");
    Some(Finding {
        severity: severity(code),
        path,
        line: violation["location"]["row"].as_u64().filter(|line| *line > 0),
        claim: text(violation, "message").to_owned(),
        evidence: match text(violation, "name") {
            "" => code.to_owned(),
            name if name == code => code.to_owned(),
            name => format!("{code} ({name})"),
        },
        recommendation: match (fix, page) {
            ("", "") => "correct it: Python cannot run this file".to_owned(),
            ("", page) => format!("see {page}"),
            (fix, _) => fix.to_owned(),
        },
    })
}

/// ruff calls everything an error; what a rule is about is in the letters of its code.
fn severity(code: &str) -> Severity {
    let letters = code.trim_end_matches(|c: char| c.is_ascii_digit());
    match (letters, code) {
        (_, "invalid-syntax" | "E999") => Severity::Critical,
        // Undefined names, and comparisons that are always true.
        (_, "F821" | "F822" | "F823" | "F632") => Severity::High,
        (_, "E722") | ("S" | "B" | "BLE" | "PLE" | "ASYNC", _) => Severity::Medium,
        ("F" | "E" | "PLW" | "RUF" | "UP" | "SIM" | "C", _) => Severity::Low,
        _ => Severity::Info,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn recorded_violations_become_findings() {
        let found = TOOL
            .findings(
                Path::new("/tree"),
                &[],
                include_bytes!("recorded/ruff.json"),
                Some(1),
            )
            .unwrap();
        let at = |path: &str, line: u64| {
            let mut found = found.iter().filter(|f| f["path"] == path && f["line"] == line);
            let first = found.next().unwrap_or_else(|| panic!("{path}:{line}"));
            (
                first["severity"].as_str().unwrap().to_owned(),
                first["evidence"].as_str().unwrap().to_owned(),
            )
        };
        assert_eq!(at("broken.py", 1), ("critical".into(), "invalid-syntax".into()));
        assert_eq!(at("sums.py", 1), ("low".into(), "F401 (unused-import)".into()));
        assert_eq!(at("sums.py", 7), ("medium".into(), "E722 (bare-except)".into()));
        assert_eq!(found[0]["path"], "broken.py", "the worst first");
    }

    #[test]
    fn a_file_that_could_not_be_read_is_no_review() {
        let unread = br#"[{"code":"E902","filename":"/tree/a.py","message":"No such file","location":{"row":1,"column":1}}]"#;
        let error = TOOL
            .findings(Path::new("/tree"), &[], unread, Some(1))
            .unwrap_err();
        assert_eq!(error, "ruff could not read /tree/a.py: No such file");
        assert_eq!(
            TOOL.findings(Path::new("/tree"), &[], b"[]", Some(0)),
            Ok(Vec::new())
        );
        assert!(TOOL.findings(Path::new("/tree"), &[], b"[]", Some(2)).is_err());
    }

    #[test]
    fn it_fits_trees_with_python_and_is_given_the_paths() {
        let home = tempfile::tempdir().unwrap();
        assert!(
            TOOL.fits(home.path(), &[])
                .unwrap_err()
                .contains("no Python file")
        );
        fs::write(home.path().join("a.py"), "").unwrap();
        assert_eq!(TOOL.fits(home.path(), &[]), Ok(()));
        let last = |paths: &[std::path::PathBuf]| TOOL.arguments(home.path(), paths).unwrap().pop().unwrap();
        assert_eq!(last(&[]), ".");
        assert_eq!(last(&[home.path().join("a.py")]), "a.py");
    }
}
