//! `HAZARDS.md` and `STORIES.md` say which tests prove what: those tests must be there, and no row may be missing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rows of a table of this package: the cells of each.
fn rows<const CELLS: usize>(file: &str) -> Vec<[String; CELLS]> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let lines = text.lines().filter(|line| line.starts_with("| ")).skip(2);
    let cells = |line: &str| -> Vec<String> {
        let cells = line.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    lines
        .map(|line| {
            let row = cells(line).try_into();
            row.unwrap_or_else(|row: Vec<String>| panic!("{row:?} are not {CELLS} cells"))
        })
        .collect()
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every test of the workspace by its full name: the crate, the modules, the function.
fn tests() -> BTreeSet<String> {
    let root = workspace();
    let crates = [
        "orch-pty",
        "orch-prompts",
        "orch-core",
        "orch-patterns",
        "orch-testkit",
        "examples",
    ];
    let mut waiting: Vec<_> = crates.map(|crate_| root.join(crate_)).into();
    let mut found = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let module = module(path.strip_prefix(&root).unwrap());
            let names = names(&fs::read_to_string(path).unwrap());
            found.extend(names.into_iter().map(|name| format!("{module}::{name}")));
        }
    }
    found
}

/// `orch-core/src/plain/stripper.rs` is `orch_core::plain::stripper`; folders that are no modules, and modules that hold
/// the tests of another one, are left out.
fn module(file: &Path) -> String {
    let file = file.with_extension("");
    let parts = file.iter().map(|part| part.to_str().unwrap().replace('-', "_"));
    let silent = ["src", "tests", "mod", "lib", "main"];
    parts
        .filter(|part| !silent.contains(&part.as_str()))
        .collect::<Vec<_>>()
        .join("::")
}

/// The functions that stand beneath `#[test]` or `#[tokio::test]`, and those that `each_target!` makes.
fn names(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") {
            is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        } else {
            let name = line.trim_start_matches("async ").strip_prefix("fn ");
            if let Some(name) = name.filter(|_| is_test) {
                found.extend(name.split(['(', '<']).next().map(ToOwned::to_owned));
            }
            is_test &= line.starts_with("//");
        }
    }
    if let Some((_, made)) = text.split_once("\neach_target!(") {
        let made = made.split(')').next().unwrap_or_default();
        found.extend(made.split(',').map(|name| name.trim().to_owned()));
    }
    found
}

/// The full names in a cell.
fn named(cell: &str) -> Vec<&str> {
    let words = cell.split('`').skip(1).step_by(2);
    words.filter(|word| word.contains("::")).collect()
}

/// What is wrong with the cells that name tests; each row has its title.
fn wrong<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let tests = tests();
    let mut wrong = Vec::new();
    for (title, cell) in rows {
        let named = named(cell);
        if named.is_empty() {
            wrong.push(format!("{title}: no test"));
        }
        let missing = named.into_iter().filter(|name| !tests.contains(*name));
        wrong.extend(missing.map(|name| format!("{title}: {name} is no test")));
    }
    wrong
}

#[test]
fn every_test_that_is_named_for_a_hazard_exists_and_no_row_is_missing() {
    let rows = rows::<5>("HAZARDS.md");
    let numbers: Vec<u32> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
    assert_eq!(numbers, (46..=66).collect::<Vec<_>>());
    let wrong = wrong(rows.iter().map(|row| (row[1].as_str(), row[3].as_str())));
    assert!(wrong.is_empty(), "{wrong:#?}");
    let how = rows.iter().filter(|row| row[4].is_empty());
    assert_eq!(how.count(), 0, "each row says how it is scaled");
}

#[test]
fn every_test_that_is_named_for_a_story_exists_and_no_story_is_missing() {
    let rows = rows::<3>("STORIES.md");
    let numbers: BTreeSet<u32> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
    let asked = (1..=4).chain(6..=9).chain(11..=13).chain(17..=20).chain([25]);
    assert_eq!(numbers, asked.collect());
    let wrong = wrong(rows.iter().map(|row| (row[1].as_str(), row[2].as_str())));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_test_that_is_not_there_is_found_out() {
    let here = "`orch_testkit::integration::tables::a_test_that_is_not_there_is_found_out`";
    assert_eq!(wrong([("here", here)].into_iter()), Vec::<String>::new());
    let gone = here.replace("out`", "out_not`");
    for cell in [gone.as_str(), "", "`a_test_without_its_place`"] {
        assert_eq!(wrong([("gone", cell)].into_iter()).len(), 1, "{cell}");
    }
}
