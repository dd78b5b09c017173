//! A small package with known defects, embedded so that the first run needs nothing but this program.
//!
//! The files carry the suffix `.sample`, so that no tool takes them for code of this workspace; it is dropped when
//! they are unpacked. They are text to be reviewed: they compile, but nothing here builds or runs them.

use std::io;
use std::path::Path;

use crate::unpack;

/// Each file: where it goes, and what is in it.
const FILES: [(&str, &str); 9] = [
    ("Cargo.toml", include_str!("sample/Cargo.toml.sample")),
    ("Cargo.lock", include_str!("sample/Cargo.lock.sample")),
    ("README.md", include_str!("sample/README.md.sample")),
    ("settings.toml", include_str!("sample/settings.toml.sample")),
    ("src/main.rs", include_str!("sample/src/main.rs.sample")),
    ("src/lib.rs", include_str!("sample/src/lib.rs.sample")),
    ("src/ledger.rs", include_str!("sample/src/ledger.rs.sample")),
    ("docs/guide.md", include_str!("sample/docs/guide.md.sample")),
    (
        "scripts/backup.sh",
        include_str!("sample/scripts/backup.sh.sample"),
    ),
];

/// Writes the sample into the directory `into`; see [`unpack`](unpack::unpack).
///
/// # Errors
/// When `into` is no directory or cannot be made, or when one of the sample's names is already taken in it.
pub fn unpack(into: &Path) -> io::Result<()> {
    unpack::unpack(into, &FILES)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use serde_json::Value;

    use super::*;

    #[test]
    fn every_file_is_there_and_private() {
        let home = tempfile::tempdir().unwrap();
        let into = home.path().join("sample");
        unpack(&into).unwrap();
        for (name, text) in FILES {
            assert_eq!(fs::read_to_string(into.join(name)).unwrap(), text);
            assert_eq!(
                fs::metadata(into.join(name)).unwrap().permissions().mode() & 0o777,
                0o600,
                "{name}"
            );
        }
        let folders = ["src", "docs", "scripts"].map(|folder| into.join(folder));
        for folder in folders.iter().chain([&into]) {
            assert_eq!(
                fs::metadata(folder).unwrap().permissions().mode() & 0o777,
                0o700,
                "{}",
                folder.display()
            );
        }
    }

    #[test]
    fn a_link_that_waits_there_is_not_followed() {
        let home = tempfile::tempdir().unwrap();
        let (into, victim) = (home.path().join("sample"), home.path().join("victim"));
        fs::create_dir(&into).unwrap();
        fs::write(&victim, "kept").unwrap();
        symlink(&victim, into.join("Cargo.toml")).unwrap();
        assert_eq!(unpack(&into).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&victim).unwrap(), "kept");

        let (linked, real) = (home.path().join("linked"), home.path().join("real"));
        fs::create_dir(&real).unwrap();
        symlink(&real, &linked).unwrap();
        unpack(&linked).unwrap_err();
        assert_eq!(
            fs::read_dir(&real).unwrap().count(),
            0,
            "nothing is written through a linked folder"
        );
    }

    /// Path, line and claim of each finding of a scanner in the sample.
    fn scanned(lens: &str) -> Vec<(String, u64, String)> {
        let home = tempfile::tempdir().unwrap();
        unpack(home.path()).unwrap();
        let mut out = Vec::new();
        crate::scan::run(lens.parse().unwrap(), home.path(), &[], &mut out).unwrap();
        let findings: Vec<Value> = String::from_utf8(out)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        findings.iter().map(places).collect()
    }

    fn places(finding: &Value) -> (String, u64, String) {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        (text("path"), finding["line"].as_u64().unwrap_or(0), text("claim"))
    }

    #[test]
    fn some_defects_are_seen_by_two_lenses_in_different_words() {
        let clippy = crate::tools::Tool::named("clippy").unwrap();
        let recorded = include_bytes!("tools/recorded/clippy.jsonl");
        let clippy: Vec<_> = clippy
            .findings(Path::new("/tree"), &[], recorded, Some(0))
            .unwrap()
            .iter()
            .map(places)
            .collect();
        let shellcheck = crate::tools::Tool::named("shellcheck").unwrap();
        let recorded = include_bytes!("tools/recorded/shellcheck.json");
        let shellcheck: Vec<_> = shellcheck
            .findings(Path::new("/tree"), &[], recorded, Some(1))
            .unwrap()
            .iter()
            .map(places)
            .collect();
        for (scanner, tool, path, lines) in [
            ("risks", &clippy, "src/main.rs", &[8, 22][..]),
            ("risks", &clippy, "src/ledger.rs", &[21, 22, 31, 61]),
            ("structure", &clippy, "src/lib.rs", &[19]),
            ("risks", &shellcheck, "scripts/backup.sh", &[6]),
        ] {
            let scanned = scanned(scanner);
            for line in lines {
                let at = |found: &(String, u64, String)| found.0 == path && found.1 == *line;
                let one = scanned
                    .iter()
                    .find(|found| at(found))
                    .unwrap_or_else(|| panic!("{scanner} {path}:{line}"));
                let other = tool
                    .iter()
                    .find(|found| at(found))
                    .unwrap_or_else(|| panic!("tool {path}:{line}"));
                assert_ne!(one.2, other.2, "{path}:{line}");
            }
        }
    }

    #[test]
    fn the_recorded_output_is_that_of_this_sample() {
        let clippy = crate::tools::Tool::named("clippy").unwrap();
        let recorded = include_bytes!("tools/recorded/clippy.jsonl");
        for finding in clippy
            .findings(Path::new("/tree"), &[], recorded, Some(0))
            .unwrap()
        {
            let (path, line, _) = places(&finding);
            let text = FILES.iter().find(|(name, _)| *name == path).unwrap().1;
            let line = text
                .lines()
                .nth(usize::try_from(line).unwrap() - 1)
                .unwrap()
                .trim();
            assert!(
                finding["evidence"].as_str().unwrap().starts_with(line),
                "{path}: {line}"
            );
        }
    }

    #[test]
    fn neighbouring_defects_are_apart() {
        let risks = scanned("risks");
        let at = |line: u64| {
            risks
                .iter()
                .filter(|found| found.0 == "src/ledger.rs" && found.1 == line)
                .collect::<Vec<_>>()
        };
        assert_eq!((at(21).len(), at(22).len()), (1, 1));
        assert_ne!(at(21)[0].2, at(22)[0].2);
        assert!(
            !risks
                .iter()
                .any(|found| found.0 == "src/ledger.rs" && found.1 == 17),
            "`unwrap` in a comment"
        );
        assert!(
            !risks
                .iter()
                .any(|found| found.0 == "src/ledger.rs" && found.1 > 65),
            "`unwrap` in a test"
        );
    }

    #[test]
    fn what_is_there_is_never_overwritten() {
        let home = tempfile::tempdir().unwrap();
        unpack(home.path()).unwrap();
        assert_eq!(
            unpack(home.path()).unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
    }
}
