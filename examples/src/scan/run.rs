//! One lens over one tree: walk, read, look, print.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use super::hit::{Hit, Severity, visible};
use super::lens::ScanLens;
use super::links::Links;
use super::sheet::Sheet;
use super::source::{Lang, Source};
use super::walk::{self, walk};
use super::{prose, risks, secrets, structure};

/// A file with a zero byte among its first so many is no text.
const SNIFFED: usize = 8192;

/// Looks at `paths` (relative to `root`, or under it; the whole root when there are none) through one lens, and
/// prints each finding to `out` as one line of JSON, flushed, as soon as it is known. The same tree gives the same
/// lines. What is to be said about the run itself goes to standard error.
///
/// # Errors
/// When the root or a path does not exist, when a path is not under the root, or when `out` takes no more.
pub fn run(lens: ScanLens, root: &Path, paths: &[PathBuf], out: &mut impl Write) -> io::Result<()> {
    scan(lens, root, paths, out, &mut io::stderr())
}

fn scan(
    lens: ScanLens,
    root: &Path,
    paths: &[PathBuf],
    out: &mut impl Write,
    notes: &mut impl Write,
) -> io::Result<()> {
    let root = root
        .canonicalize()
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", root.display())))?;
    let tree = walk(&root, paths)?;
    let mut links = Links::new(&root);
    let mut sheet = Sheet::new(lens, out);
    if tree.whole && lens == ScanLens::Structure {
        sheet.take(structure::look_at_root(&root))?;
    }
    let (mut read, mut skipped) = (0_usize, 0_usize);
    let mut unread = tree.unread;
    for path in tree.files {
        // Links alone asks for one kind of file by its name, and need not read the others.
        if lens == ScanLens::Links && Lang::of(&path.to_string_lossy(), "") != Lang::Markdown {
            continue;
        }
        let name = path
            .iter()
            .map(|part| part.to_string_lossy())
            .collect::<Vec<_>>()
            .join("/");
        match text_of(&root.join(&path)) {
            Ok(Some(bytes)) => {
                read += 1;
                let source = Source::new(name, &bytes);
                sheet.take(match lens {
                    ScanLens::Risks => risks::look(&source),
                    ScanLens::Links => links.look(&source),
                    ScanLens::Structure => structure::look(&source),
                    ScanLens::Secrets => secrets::look(&source),
                    ScanLens::Prose => prose::look(&source),
                })?;
            }
            Ok(None) => skipped += 1,
            Err(error) => unread.push((path, error.to_string())),
        }
    }
    for (path, reason) in &unread {
        let hit = Hit::whole(&path.to_string_lossy(), "unread", Severity::Info)
            .claim(format!("not reviewed: {}", visible(reason)))
            .evidence("it could not be read, so nothing is known about it")
            .advise("make it readable, or leave it out of the review");
        sheet.take(vec![hit])?;
    }
    for note in sheet.finish()? {
        writeln!(notes, "{lens}: {note}")?;
    }
    let unread = unread.len();
    writeln!(
        notes,
        "{lens}: {read} files read, {skipped} that are no text or too large left out, {unread} unreadable"
    )
}

/// The bytes of a file, unless it is no text or larger than what is read.
fn text_of(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(walk::LARGEST + 1)
        .read_to_end(&mut bytes)?;
    let too_large = bytes.len() as u64 > walk::LARGEST;
    Ok((!too_large && !bytes.iter().take(SNIFFED).any(|byte| *byte == 0)).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use serde_json::Value;

    use super::*;

    fn findings(lens: ScanLens, root: &Path, paths: &[&str]) -> (Vec<Value>, String) {
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        scan(lens, root, &paths, &mut out, &mut notes).unwrap();
        let lines = String::from_utf8(out).unwrap();
        (
            lines
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
            String::from_utf8(notes).unwrap(),
        )
    }

    #[test]
    fn any_bytes_are_read_and_what_is_no_text_is_left_out() {
        let home = tempfile::tempdir().unwrap();
        fs::write(
            home.path().join("a.rs"),
            b"\xff\xfe // caf\xe9\nfn a() { b.unwrap() }\n",
        )
        .unwrap();
        fs::write(home.path().join("b.rs"), b"\0fn a() { b.unwrap() }\n").unwrap();
        fs::write(
            home.path().join("c.rs"),
            vec![b'a'; usize::try_from(walk::LARGEST).unwrap() + 1],
        )
        .unwrap();
        let (found, notes) = findings(ScanLens::Risks, home.path(), &[]);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (&found[0]["path"], &found[0]["line"]),
            (&"a.rs".into(), &2.into())
        );
        assert_eq!(
            notes,
            "risks: 1 files read, 2 that are no text or too large left out, 0 unreadable\n"
        );
    }

    #[test]
    fn a_linked_file_is_read_under_its_own_name_alone() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("root");
        fs::create_dir(&root).unwrap();
        fs::write(home.path().join("out.rs"), "fn a() { panic!() }\n").unwrap();
        symlink(home.path().join("out.rs"), root.join("in.rs")).unwrap();
        fs::write(root.join("real.rs"), "fn a() { panic!() }\n").unwrap();
        let (found, _) = findings(ScanLens::Risks, &root, &[]);
        assert_eq!(
            found.iter().map(|hit| hit["path"].clone()).collect::<Vec<_>>(),
            ["real.rs"]
        );
    }

    #[test]
    fn every_lens_finds_something_in_the_sample_and_says_the_same_twice() {
        let home = tempfile::tempdir().unwrap();
        crate::sample::unpack(home.path()).unwrap();
        for lens in ScanLens::ALL {
            let (found, notes) = findings(lens, home.path(), &[]);
            assert!(!found.is_empty(), "{lens}");
            assert_eq!((found.clone(), notes), findings(lens, home.path(), &[]), "{lens}");
            for finding in found {
                assert_eq!(finding["lens"], lens.name());
                assert_eq!(finding.as_object().unwrap().len(), 8);
                for key in ["claim", "evidence", "recommendation"] {
                    assert_ne!(finding[key].as_str().unwrap(), "", "{finding}");
                }
            }
        }
    }

    #[test]
    fn a_named_path_is_all_that_is_looked_at() {
        let home = tempfile::tempdir().unwrap();
        crate::sample::unpack(home.path()).unwrap();
        let (found, _) = findings(ScanLens::Risks, home.path(), &["src/main.rs"]);
        assert!(found.iter().all(|hit| hit["path"] == "src/main.rs") && !found.is_empty());
        let error = run(ScanLens::Risks, home.path(), &["/etc".into()], &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
