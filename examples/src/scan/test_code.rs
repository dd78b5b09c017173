//! Which code only tests run: whole files by where they lie, and the marked items of a Rust file.

use std::ops::Range;

/// Folders whose files are made for tests.
const FOLDERS: [&str; 10] = [
    "tests",
    "test",
    "__tests__",
    "spec",
    "specs",
    "testdata",
    "fixtures",
    "benches",
    "e2e",
    "snapshots",
];

/// The longest attribute that is read, in bytes.
const LONGEST: usize = 400;

/// A path, divided by `/`, names a file that is a test or made for tests.
pub(super) fn is_test_path(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    folders.split('/').any(|folder| FOLDERS.contains(&folder))
        || matches!(stem, "test" | "tests" | "conftest")
        || ["_test", "_tests", "_spec"].iter().any(|end| stem.ends_with(end))
        || stem.starts_with("test_")
        || name.contains(".test.")
        || name.contains(".spec.")
}

/// The items of Rust code (comments and strings blank) that stand under `#[test]`, `#[cfg(test)]` and the like, in
/// order and apart from each other.
pub(super) fn ranges(code: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = code[at..].find('#').map(|next| at + next) {
        at = start + 1;
        let inner = code[at..].starts_with('!');
        let open = at + usize::from(inner);
        let Some(close) = bracket_end(code, open) else {
            continue;
        };
        at = close;
        if marks_test(&code[open..close]) {
            let end = if inner { code.len() } else { item_end(code, close) };
            if inner {
                found.clear();
            }
            found.push(if inner { 0..end } else { start..end });
            at = end;
        }
    }
    found
}

/// Past the `]` of the attribute whose `[` is here.
fn bracket_end(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open).take(LONGEST) {
        match byte {
            b'[' => depth += 1,
            b']' if depth == 1 => return Some(at + 1),
            b']' => depth = depth.checked_sub(1)?,
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// An attribute, brackets and all, says that only tests have what follows.
fn marks_test(attribute: &str) -> bool {
    let text: String = attribute.split_whitespace().collect();
    let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let named = words.any(|word| matches!(word, "test" | "rstest" | "test_case" | "bench" | "proptest"));
    named && !text.contains("not(test") && !text.starts_with("[cfg_attr") && !text.starts_with("[allow")
}

/// Past the item that begins here: its block's end, or its semicolon, or the end of what surrounds it.
fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    let mut braces = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'(' | b'[' => depth += 1,
            b'{' => (depth, braces) = (depth + 1, braces + 1),
            b')' | b']' | b'}' if depth == 0 => return at,
            b')' | b']' => depth -= 1,
            b'}' => {
                (depth, braces) = (depth - 1, braces.saturating_sub(1));
                if depth == 0 {
                    return at + 1;
                }
            }
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tested(code: &str) -> Vec<&str> {
        ranges(code).into_iter().map(|range| &code[range]).collect()
    }

    #[test]
    fn marked_items_are_found_whole() {
        let code = "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { [1]; } }\nfn c() {}\n#[test] #[x] fn d(e: [u8; 2]) { } #[cfg(test)] use f; g";
        assert_eq!(
            tested(code),
            [
                "#[cfg(test)]\nmod tests { fn b() { [1]; } }",
                "#[test] #[x] fn d(e: [u8; 2]) { }",
                "#[cfg(test)] use f;"
            ]
        );
    }

    #[test]
    fn other_attributes_mark_nothing() {
        for code in [
            "#[cfg(not(test))] fn a() {}",
            "#[cfg_attr(test, derive(Debug))] struct A {}",
            "#[cfg(feature = \"    \")] fn a() {}",
            "#[latest] fn a() {}",
            "a # b",
        ] {
            assert!(tested(code).is_empty(), "{code}");
        }
        assert_eq!(tested("x #![cfg(test)] fn a() {}"), ["x #![cfg(test)] fn a() {}"]);
        assert_eq!(
            tested("#[tokio::test(flavor)] async fn a() {} b"),
            ["#[tokio::test(flavor)] async fn a() {}"]
        );
    }

    #[test]
    fn hostile_code_ends() {
        for piece in ["#[", "#[test]", "#[test](", "#[test]}", "]", "#![", "#[test]{"] {
            ranges(&piece.repeat(20_000));
        }
    }

    #[test]
    fn test_files_go_by_their_place_and_name() {
        for path in [
            "tests/a.rs",
            "a/src/tests.rs",
            "x_test.go",
            "test_a.py",
            "a.spec.ts",
            "a/fixtures/b.json",
        ] {
            assert!(is_test_path(path), "{path}");
        }
        for path in [
            "src/contest.rs",
            "latest/a.rs",
            "attestation.py",
            "src/lib.rs",
            "testing.md",
        ] {
            assert!(!is_test_path(path), "{path}");
        }
    }
}
