//! `shellcheck` on the shell scripts under the paths, known by their names or first lines.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

use super::finding::{Finding, Severity, ended, text, whole};
use super::tool::{Reviewed, Tool};
use crate::scan::{Lang, files_of};

pub(super) const TOOL: Tool = Tool {
    name: "shellcheck",
    about: "the linter of shell scripts: quoting, word splitting, unchecked commands",
    program: "shellcheck",
    probe: &["--version"],
    install: "apt-get install shellcheck, brew install shellcheck, or see https://www.shellcheck.net",
    environment: &[],
    builds: false,
    fits,
    arguments,
    read,
};

/// The most scripts that one command names.
const MOST: usize = 500;

fn fits(reviewed: &Reviewed<'_>) -> Result<(), String> {
    if scripts(reviewed)?.is_empty() {
        Err("there is no shell script".to_owned())
    } else {
        Ok(())
    }
}

fn arguments(reviewed: &Reviewed<'_>) -> Result<Vec<OsString>, String> {
    let scripts = scripts(reviewed)?;
    if scripts.len() > MOST {
        return Err(format!(
            "there are {} shell scripts, more than {MOST}: name fewer paths",
            scripts.len()
        ));
    }
    // A file of settings in the tree could name other files to be read.
    let mut arguments = ["--norc", "-f", "json1", "--"].map(OsString::from).to_vec();
    arguments.extend(scripts);
    Ok(arguments)
}

fn scripts(reviewed: &Reviewed<'_>) -> Result<Vec<OsString>, String> {
    let files = files_of(reviewed.root, reviewed.paths, is_script)
        .map_err(|error| format!("looking for shell scripts failed: {error}"))?;
    Ok(files.into_iter().map(Into::into).collect())
}

/// A script of a shell that shellcheck knows, which zsh is not.
fn is_script(path: &Path) -> bool {
    let name = path.to_string_lossy();
    if path.extension().is_some() {
        return Lang::of(&name, "") == Lang::Shell && !name.ends_with(".zsh");
    }
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(128).read_to_end(&mut start));
    let start = String::from_utf8_lossy(&start);
    let first = start.lines().next().unwrap_or_default();
    read.is_ok() && first.starts_with("#!") && !first.contains("zsh") && Lang::of(&name, first) == Lang::Shell
}

/// Exit statuses: 0 nothing found, 1 something, 2 a file could not be read, 3 and 4 wrong arguments.
fn read(reviewed: &Reviewed<'_>, stdout: &[u8], exit: Option<i32>) -> Result<Vec<Finding>, String> {
    let report = whole("shellcheck", stdout, exit)?;
    let comments = report["comments"]
        .as_array()
        .ok_or("shellcheck printed a report without comments")?;
    if !matches!(exit, Some(0 | 1)) {
        return Err(format!(
            "shellcheck failed, {}: see its standard error",
            ended(exit)
        ));
    }
    Ok(comments
        .iter()
        .filter_map(|comment| finding(reviewed, comment))
        .collect())
}

fn finding(reviewed: &Reviewed<'_>, comment: &Value) -> Option<Finding> {
    let code = comment["code"].as_u64()?;
    let severity = match text(comment, "level") {
        "error" => Severity::High,
        "warning" => Severity::Medium,
        "info" => Severity::Low,
        _ => Severity::Info,
    };
    let message = text(comment, "message");
    let replacement = comment["fix"]["replacements"][0]["replacement"]
        .as_str()
        .map(str::trim)
        .filter(|text| text.len() > 1);
    Some(Finding {
        severity,
        path: reviewed.inside(text(comment, "file"))?,
        line: comment["line"].as_u64().filter(|line| *line > 0),
        claim: message.to_owned(),
        evidence: format!("SC{code}, column {}", comment["column"].as_u64().unwrap_or(1)),
        recommendation: match replacement {
            Some(text) => format!("add `{text}`; see https://www.shellcheck.net/wiki/SC{code}"),
            None => format!("see https://www.shellcheck.net/wiki/SC{code}"),
        },
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn recorded_comments_become_findings() {
        let found = TOOL
            .findings(
                Path::new("/tree"),
                &[],
                include_bytes!("recorded/shellcheck.json"),
                Some(1),
            )
            .unwrap();
        let short: Vec<_> = found
            .iter()
            .map(|f| {
                (
                    f["line"].as_u64().unwrap(),
                    f["severity"].as_str().unwrap(),
                    f["evidence"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            short,
            [
                (6, "medium", "SC2164, column 1"),
                (6, "low", "SC2086, column 4"),
                (7, "low", "SC2035, column 4"),
            ]
        );
        assert_eq!(found[0]["path"], "scripts/backup.sh");
        assert_eq!(
            found[0]["recommendation"],
            "add `|| exit`; see https://www.shellcheck.net/wiki/SC2164"
        );
    }

    #[test]
    fn a_file_that_could_not_be_read_is_no_review() {
        assert!(
            TOOL.findings(Path::new("/tree"), &[], b"{\"comments\":[]}", Some(2))
                .is_err()
        );
        assert_eq!(
            TOOL.findings(Path::new("/tree"), &[], b"{\"comments\":[],\"new\":1}", Some(0)),
            Ok(Vec::new())
        );
    }

    #[test]
    fn scripts_are_known_by_name_or_first_line() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path();
        for (name, text) in [
            ("a.sh", ""),
            ("b", "#!/usr/bin/env bash\n"),
            ("c", "#!/usr/bin/env python3\n"),
            ("d.zsh", ""),
            ("-e.sh", ""),
        ] {
            fs::write(root.join(name), text).unwrap();
        }
        let arguments = TOOL.arguments(root, &[]).unwrap();
        assert_eq!(
            arguments,
            ["--norc", "-f", "json1", "--", "-e.sh", "a.sh", "b"].map(OsString::from)
        );
        assert_eq!(TOOL.fits(root, &[]), Ok(()));
        assert!(
            TOOL.fits(root, &[PathBuf::from("c")])
                .unwrap_err()
                .contains("no shell script")
        );
        assert!(
            TOOL.fits(root, &[PathBuf::from("nowhere")])
                .unwrap_err()
                .contains("nowhere")
        );
    }
}
