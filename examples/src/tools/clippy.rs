//! `cargo clippy` on the package at the root.
//!
//! It compiles the package, so build scripts and procedural macros of the package and of its dependencies run, as in
//! any build. It writes to its target directory alone: `--locked` keeps it from writing a lock file into the tree.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::finding::{Finding, Severity, ended, objects, text};
use super::tool::{Reviewed, Tool};

pub(super) const TOOL: Tool = Tool {
    name: "clippy",
    about: "the Rust linter on a Cargo package: what compiles and is still wrong",
    program: "cargo",
    probe: &["clippy", "--version"],
    install: "rustup component add clippy",
    environment: &[
        "HOME",
        "CARGO_HOME",
        "RUSTUP_HOME",
        "RUSTUP_TOOLCHAIN",
        "RUSTFLAGS",
    ],
    builds: true,
    fits,
    arguments,
    read,
};

/// Lints beyond those that are on by default: what stops a program, loses an error or changes a number.
const LINTS: [&str; 16] = [
    "unwrap_used",
    "expect_used",
    "panic",
    "todo",
    "unimplemented",
    "let_underscore_must_use",
    "cast_possible_truncation",
    "cast_possible_wrap",
    "cast_sign_loss",
    "undocumented_unsafe_blocks",
    "mem_forget",
    "dbg_macro",
    "float_cmp",
    "match_wild_err_arm",
    "too_many_lines",
    "needless_pass_by_value",
];

/// Lints and warnings that point to a defect; the others ask for a change of style.
const DEFECTS: [&str; 13] = [
    "clippy::unwrap_used",
    "clippy::panic",
    "clippy::cast_possible_truncation",
    "clippy::cast_possible_wrap",
    "clippy::cast_sign_loss",
    "clippy::undocumented_unsafe_blocks",
    "clippy::mem_forget",
    "clippy::float_cmp",
    "clippy::await_holding_lock",
    "clippy::suspicious_else_formatting",
    "unused_must_use",
    "unreachable_code",
    "unconditional_recursion",
];

fn fits(reviewed: &Reviewed<'_>) -> Result<(), String> {
    if !reviewed.root.join("Cargo.toml").is_file() {
        return Err("there is no Cargo.toml at the root".to_owned());
    }
    let is_rust = |path: &PathBuf| {
        let name = path.to_string_lossy();
        name.ends_with(".rs") || name.ends_with("Cargo.toml") || reviewed.root.join(path).is_dir()
    };
    if !reviewed.paths.is_empty() && !reviewed.paths.iter().any(is_rust) {
        return Err("none of the paths is Rust code".to_owned());
    }
    // The lock file of a workspace is in a folder above.
    if !reviewed
        .root
        .ancestors()
        .any(|folder| folder.join("Cargo.lock").is_file())
    {
        return Err(
            "there is no Cargo.lock, and a reviewer writes none: run `cargo generate-lockfile`".to_owned(),
        );
    }
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that every tool has")]
fn arguments(_: &Reviewed<'_>) -> Result<Vec<OsString>, String> {
    let mut arguments: Vec<OsString> = [
        "clippy",
        "--quiet",
        "--offline",
        "--locked",
        "--message-format=json",
        "--",
    ]
    .map(OsString::from)
    .into();
    for lint in LINTS {
        arguments.extend(["-W".into(), format!("clippy::{lint}").into()]);
    }
    Ok(arguments)
}

/// Exit statuses: 0, and 101 when the package does not compile, which is a finding, or when cargo itself failed.
fn read(reviewed: &Reviewed<'_>, stdout: &[u8], exit: Option<i32>) -> Result<Vec<Finding>, String> {
    let mut findings = Vec::new();
    let mut built = None;
    for object in objects(stdout) {
        match text(&object, "reason") {
            "compiler-message" => findings.extend(finding(reviewed, &object)),
            "build-finished" => built = object["success"].as_bool(),
            _ => {}
        }
    }
    let compile_errors = findings
        .iter()
        .any(|finding| finding.severity == Severity::Critical);
    match (built, exit) {
        (Some(true), Some(_)) => Ok(findings),
        // The first errors end the compilation: what is behind them was not looked at, and each of them says so.
        (Some(false), Some(_)) if compile_errors => Ok(findings),
        (Some(false), _) => Err(format!(
            "cargo clippy could not build the package, {}",
            ended(exit)
        )),
        (_, _) => Err(format!(
            "cargo clippy did not finish, {}: see its standard error",
            ended(exit)
        )),
    }
}

fn finding(reviewed: &Reviewed<'_>, object: &Value) -> Option<Finding> {
    let message = &object["message"];
    let code = message["code"]["code"].as_str().unwrap_or_default();
    let severity = match text(message, "level") {
        // A lint that is denied by default says that the code is wrong; an error of the compiler, that it is no program.
        "error" if code.starts_with("clippy::") => Severity::High,
        "error" => Severity::Critical,
        "warning" if DEFECTS.contains(&code) => Severity::Medium,
        "warning" => Severity::Low,
        _ => return None,
    };
    let span = message["spans"]
        .as_array()?
        .iter()
        .find(|span| span["is_primary"] == true)?;
    let (path, span) = place(reviewed, object, span)?;
    let source = span["text"][0]["text"].as_str().unwrap_or_default().trim();
    let unfinished = if severity == Severity::Critical {
        "; the compilation ended with it"
    } else {
        ""
    };
    Some(Finding {
        severity,
        path,
        line: span["line_start"].as_u64().filter(|line| *line > 0),
        claim: text(message, "message").to_owned(),
        evidence: if code.is_empty() {
            format!("{source}{unfinished}")
        } else {
            format!("{source} ({code}{unfinished})")
        },
        recommendation: advice(message, code),
    })
}

/// The path in the tree, and the span there; for code that a macro made, the place where the macro was called.
fn place<'a>(reviewed: &Reviewed<'_>, object: &Value, span: &'a Value) -> Option<(String, &'a Value)> {
    let mut span = span;
    // A macro in a macro in a macro: more than any real one.
    for _ in 0..64 {
        let name = text(span, "file_name");
        if !name.starts_with('<')
            && let Some(path) = reviewed.inside(&from_root(reviewed, object, name))
        {
            return Some((path, span));
        }
        span = span["expansion"].get("span")?;
    }
    None
}

/// rustc names files from the folder of the workspace, which may be above the root: then what lies between is cut.
fn from_root(reviewed: &Reviewed<'_>, object: &Value, name: &str) -> String {
    let first = |path: &str| path.split('/').next().map(str::to_owned);
    let target = Path::new(object["target"]["src_path"].as_str().unwrap_or_default());
    let own = target.strip_prefix(reviewed.root).ok().and_then(Path::to_str);
    if Path::new(name).is_absolute() || own.is_none() || own.and_then(first) == first(name) {
        return name.to_owned();
    }
    let between: Vec<&str> = reviewed.root.iter().filter_map(|part| part.to_str()).collect();
    let cut = (1..between.len()).find_map(|from| {
        let prefix = between[from..].join("/");
        name.strip_prefix(&prefix)?.strip_prefix('/').map(str::to_owned)
    });
    cut.unwrap_or_else(|| name.to_owned())
}

/// What the lint suggests, with the code it suggests where that is short; else its page.
fn advice(message: &Value, code: &str) -> String {
    let children = message["children"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let help = children
        .iter()
        .filter(|child| text(child, "level") == "help" && !text(child, "message").contains("https://"))
        .map(|child| {
            // A suggestion of several pieces makes no sense by one of them.
            let spans = child["spans"].as_array().filter(|spans| spans.len() == 1);
            let code = spans
                .map(|spans| text(&spans[0], "suggested_replacement"))
                .unwrap_or_default();
            let said = text(child, "message");
            if code.is_empty() || code.len() > 80 || code.contains('\n') {
                said.to_owned()
            } else {
                format!("{said}: `{code}`")
            }
        })
        .next();
    help.unwrap_or_else(|| match code.strip_prefix("clippy::") {
        Some("unwrap_used" | "expect_used") => {
            "hand the error on with `?`, match on it, or say in the code why it cannot happen".to_owned()
        }
        Some(lint) => format!("see https://rust-lang.github.io/rust-clippy/stable/index.html#{lint}"),
        None if code.is_empty() => "correct what the compiler complains about".to_owned(),
        None => format!("see `rustc --explain {code}`, or the lint of that name in its book"),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use serde_json::json;

    use super::*;

    fn found(root: &str, paths: &[PathBuf], stdout: &[u8], exit: i32) -> Vec<(String, u64, String, String)> {
        let found = TOOL.findings(Path::new(root), paths, stdout, Some(exit)).unwrap();
        let field = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
        found
            .iter()
            .map(|f| {
                (
                    field(f, "path"),
                    f["line"].as_u64().unwrap(),
                    field(f, "severity"),
                    field(f, "claim"),
                )
            })
            .collect()
    }

    #[test]
    fn recorded_warnings_become_findings() {
        let found = found("/tree", &[], include_bytes!("recorded/clippy.jsonl"), 0);
        let at = |path: &str, line: u64| {
            found
                .iter()
                .filter(|f| f.0 == path && f.1 == line)
                .map(|f| (f.2.as_str(), f.3.as_str()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            at("src/main.rs", 8),
            [("medium", "used `unwrap()` on an `Option` value")]
        );
        assert_eq!(
            at("src/ledger.rs", 21),
            [("medium", "used `unwrap()` on a `Result` value")]
        );
        assert_eq!(
            at("src/ledger.rs", 31),
            [("low", "the loop variable `i` is only used to index `entries`")]
        );
        assert_eq!(
            at("src/ledger.rs", 61).len(),
            1,
            "the place where `panic!` is called, not its definition"
        );
        assert_eq!(found.len(), 9);
        assert!(
            found
                .windows(2)
                .all(|pair| pair[0].2 != "low" || pair[1].2 != "medium"),
            "the worst first"
        );
    }

    #[test]
    fn a_finding_has_the_eight_keys() {
        let found = TOOL.findings(
            Path::new("/tree"),
            &["src/main.rs".into()],
            include_bytes!("recorded/clippy.jsonl"),
            Some(0),
        );
        let found = found.unwrap();
        assert_eq!(found.len(), 2, "the named file alone");
        assert_eq!(
            found[0],
            json!({
                "path": "src/main.rs", "line": 8, "severity": "medium",
                "claim": "used `unwrap()` on an `Option` value",
                "evidence": "let path = env::args().nth(1).unwrap(); (clippy::unwrap_used)",
                "recommendation": "hand the error on with `?`, match on it, or say in the code why it cannot happen",
                "lens": "clippy", "confidence": null,
            })
        );
    }

    #[test]
    fn a_package_that_does_not_compile_is_a_finding_and_says_that_the_rest_is_unseen() {
        let found = TOOL
            .findings(
                Path::new("/tree"),
                &[],
                include_bytes!("recorded/clippy-broken.jsonl"),
                Some(101),
            )
            .unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (&found[0]["severity"], &found[0]["line"]),
            (&"critical".into(), &21.into())
        );
        assert!(
            found[0]["evidence"]
                .as_str()
                .unwrap()
                .ends_with("(E0425; the compilation ended with it)")
        );
        assert!(
            TOOL.findings(
                Path::new("/tree"),
                &[],
                b"{\"reason\":\"build-finished\",\"success\":false}",
                Some(101)
            )
            .is_err()
        );
    }

    #[test]
    fn output_that_was_cut_is_no_review() {
        let whole = include_bytes!("recorded/clippy.jsonl");
        assert!(
            TOOL.findings(Path::new("/tree"), &[], &whole[..whole.len() / 2], Some(0))
                .is_err()
        );
        assert!(TOOL.findings(Path::new("/tree"), &[], whole, None).is_err());
    }

    #[test]
    fn files_are_named_from_the_workspace_above_and_from_the_root() {
        let line = |name: &str, source: &str| {
            let message = json!({"reason": "compiler-message", "target": {"src_path": source}, "message": {
                "level": "warning", "message": "m", "code": null, "children": [], "unknown": 1,
                "spans": [{"is_primary": true, "file_name": name, "line_start": 3, "text": [], "expansion": null}]}});
            format!("{message}\n{{\"reason\":\"build-finished\",\"success\":true}}\n")
        };
        for (root, name, source, path) in [
            ("/w/member", "member/src/a.rs", "/w/member/src/lib.rs", "src/a.rs"),
            (
                "/w/in/member",
                "in/member/src/a.rs",
                "/w/in/member/src/lib.rs",
                "src/a.rs",
            ),
            ("/w/tool", "tool/a.rs", "/w/tool/tool/lib.rs", "tool/a.rs"),
            ("/w", "member/src/a.rs", "/w/member/src/lib.rs", "member/src/a.rs"),
            ("/w", "/w/src/a.rs", "/w/src/lib.rs", "src/a.rs"),
        ] {
            let found = found(root, &[], line(name, source).as_bytes(), 0);
            assert_eq!(
                found.iter().map(|f| f.0.as_str()).collect::<Vec<_>>(),
                [path],
                "{root} {name}"
            );
        }
        let elsewhere = line("/home/registry/a.rs", "/w/src/lib.rs");
        assert_eq!(found("/w", &[], elsewhere.as_bytes(), 0), []);
    }

    #[test]
    fn it_fits_a_locked_package() {
        let home = tempfile::tempdir().unwrap();
        assert!(TOOL.fits(home.path(), &[]).unwrap_err().contains("Cargo.toml"));
        fs::write(home.path().join("Cargo.toml"), "").unwrap();
        assert!(
            TOOL.fits(home.path(), &[])
                .unwrap_err()
                .contains("cargo generate-lockfile")
        );
        fs::write(home.path().join("Cargo.lock"), "").unwrap();
        assert_eq!(TOOL.fits(home.path(), &[]), Ok(()));
        let arguments = TOOL.arguments(home.path(), &[]).unwrap();
        assert!(arguments.iter().any(|argument| argument == "--locked"));
    }
}
