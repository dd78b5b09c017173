//! `UPSTREAM_TESTS.md` says which of our tests cover codex's: those tests must be there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The rows of the table: group, case, and what stands here.
fn rows() -> Vec<[String; 3]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("UPSTREAM_TESTS.md");
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| line.starts_with("| ")).skip(2);
    lines
        .map(|line| {
            let cells: Vec<String> = line
                .trim_matches('|')
                .split(" | ")
                .map(|cell| cell.trim().to_owned())
                .collect();
            cells
                .try_into()
                .unwrap_or_else(|cells| panic!("{cells:?} are not three"))
        })
        .collect()
}

/// Every function that stands beneath a line `#[test]` or `#[tokio::test]` in the sources of this workspace.
fn tests() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut waiting: Vec<_> = ["orch-core", "orch-pty", "orch-testkit", "examples"]
        .map(|crate_| root.join(crate_))
        .into();
    let mut found = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                if line.starts_with("#[") {
                    is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
                } else {
                    let name = line.trim_start_matches("async ").strip_prefix("fn ");
                    if let Some(name) = name.filter(|_| is_test) {
                        found.extend(name.split('(').next().map(ToOwned::to_owned));
                    }
                    is_test = false;
                }
            }
        }
    }
    found
}

#[test]
fn every_test_that_is_named_upstream_exists() {
    let (tests, rows) = (tests(), rows());
    assert!(
        tests.contains("every_test_that_is_named_upstream_exists"),
        "tests are found"
    );
    let mut wrong = Vec::new();
    for [group, case, here] in &rows {
        let words = here.split('`').skip(1).step_by(2);
        // Names of tests are sentences; other words in code are parts of the interface.
        let named: Vec<&str> = words.filter(|word| word.matches('_').count() > 2).collect();
        wrong.extend(
            named
                .iter()
                .filter(|name| !tests.contains(**name))
                .map(|name| format!("{name} is no test")),
        );
        if named.is_empty() && !here.starts_with("no such part: ") {
            wrong.push(format!("{group}: {case}: neither a test nor a reason"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_case_upstream_has_its_row() {
    let rows = rows();
    // How many cases each group has; some rows stand for several.
    for (group, cases) in [
        ("utils/pty", 16),
        ("utils/pty, Windows", 3),
        ("utils/pty, later", 5),
        ("head_tail_buffer", 6),
        ("async_watcher", 3),
        ("unified_exec/mod_tests", 14),
        ("process_manager_tests", 13),
        ("process_tests", 4),
        ("suite/unified_exec", 34),
        ("handlers/unified_exec_tests", 5),
        ("zsh_fork", 3),
        ("nobody", 9),
    ] {
        let count = rows.iter().filter(|row| row[0] == group).count();
        assert_eq!(count, cases, "{group}");
    }
}
