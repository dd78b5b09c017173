//! The seam between the example and an installed tool.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::finding::Finding;
use super::{clippy, ruff, shellcheck, typos};

/// The most findings of one tool that are kept.
const MOST: usize = 300;

/// Reads what a tool printed, with its exit status.
pub(super) type Read = fn(&Reviewed<'_>, &[u8], Option<i32>) -> Result<Vec<Finding>, String>;

/// An installed program that reviews.
#[derive(Debug)]
pub struct Tool {
    /// The lens it is asked for by.
    pub name: &'static str,
    /// One line of help.
    pub about: &'static str,
    /// The program that is started, looked up in PATH.
    pub program: &'static str,
    /// A command that says that it is installed, by ending with 0: the program's arguments.
    pub probe: &'static [&'static str],
    /// How to install it.
    pub install: &'static str,
    /// The variables of the environment that it needs, beyond PATH, where they are set.
    pub environment: &'static [&'static str],
    /// It builds: give it a target directory of its own in `CARGO_TARGET_DIR`.
    pub builds: bool,
    pub(super) fits: fn(&Reviewed<'_>) -> Result<(), String>,
    pub(super) arguments: fn(&Reviewed<'_>) -> Result<Vec<OsString>, String>,
    pub(super) read: Read,
}

/// What is reviewed: paths in a tree; the whole tree where there are none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reviewed<'a> {
    pub(super) root: &'a Path,
    pub(super) paths: &'a [PathBuf],
}

impl Tool {
    /// Every tool, in the order in which they are listed.
    pub const ALL: [&'static Self; 4] = [&clippy::TOOL, &shellcheck::TOOL, &ruff::TOOL, &typos::TOOL];

    /// The tool of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.into_iter().find(|tool| tool.name == name)
    }

    /// Whether the tree has what this tool reads; it looks at the tree, not whether the tool is installed.
    ///
    /// # Errors
    /// What is missing, as a sentence for the user.
    pub fn fits(&self, root: &Path, paths: &[PathBuf]) -> Result<(), String> {
        (self.fits)(&Reviewed { root, paths })
    }

    /// The arguments of the program, which is to be started in the root.
    ///
    /// # Errors
    /// When the tree cannot be read, or has more files than can be named.
    pub fn arguments(&self, root: &Path, paths: &[PathBuf]) -> Result<Vec<OsString>, String> {
        (self.arguments)(&Reviewed { root, paths })
    }

    /// The findings in what the tool printed, as objects with the eight keys of a finding, the worst first, each
    /// once, and only those under `paths`. `root` is the canonical root; `exit` is `None` where a signal ended it.
    ///
    /// # Errors
    /// When the tool failed, or its output is not whole: that is no review, and not "no findings".
    pub fn findings(
        &self,
        root: &Path,
        paths: &[PathBuf],
        stdout: &[u8],
        exit: Option<i32>,
    ) -> Result<Vec<Value>, String> {
        let reviewed = Reviewed { root, paths };
        let mut findings = (self.read)(&reviewed, stdout, exit)?;
        findings.retain(|finding| reviewed.covers(&finding.path));
        findings.sort();
        findings.dedup();
        if let Some(first) = findings.get(MOST) {
            let left_out = findings.len() - MOST;
            let note = Finding::bound(first, left_out, MOST);
            findings.truncate(MOST);
            findings.push(note);
        }
        Ok(findings.iter().map(|finding| finding.json(self.name)).collect())
    }
}

impl Reviewed<'_> {
    /// The path, as a tool printed it, relative to the root; `None` where it is not under the root.
    pub(super) fn inside(&self, printed: &str) -> Option<String> {
        let path = Path::new(printed);
        let path = if path.is_absolute() {
            path.strip_prefix(self.root).ok()?
        } else {
            path
        };
        let mut parts = Vec::new();
        for part in path.to_str()?.split('/') {
            match part {
                "" | "." => {}
                ".." => return None,
                part => parts.push(part),
            }
        }
        (!parts.is_empty()).then(|| parts.join("/"))
    }

    /// The paths as arguments, relative to the root; the root itself where there are none.
    pub(super) fn arguments(&self) -> Vec<OsString> {
        let relative = |path: &PathBuf| path.strip_prefix(self.root).unwrap_or(path).to_owned();
        let mut paths: Vec<_> = self.paths.iter().map(relative).collect();
        paths.retain(|path| !path.as_os_str().is_empty());
        if paths.len() < self.paths.len() || paths.is_empty() {
            return vec![OsString::from(".")];
        }
        paths.into_iter().map(PathBuf::into_os_string).collect()
    }

    fn covers(&self, path: &str) -> bool {
        self.arguments().iter().any(|wanted| {
            let wanted = Path::new(wanted)
                .components()
                .filter(|part| !matches!(part, std::path::Component::CurDir));
            Path::new(path).starts_with(wanted.collect::<PathBuf>())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_apart_and_found() {
        for tool in Tool::ALL {
            assert_eq!(Tool::named(tool.name).map(|found| found.name), Some(tool.name));
            assert!(!tool.about.is_empty() && !tool.install.is_empty() && !tool.probe.is_empty());
        }
        assert!(Tool::named("nothing").is_none());
    }

    #[test]
    fn printed_paths_become_relative_or_are_left_out() {
        let reviewed = Reviewed {
            root: Path::new("/tree"),
            paths: &[],
        };
        assert_eq!(reviewed.inside("/tree/a/b.rs").as_deref(), Some("a/b.rs"));
        assert_eq!(reviewed.inside("./a//b.rs").as_deref(), Some("a/b.rs"));
        for outside in ["/elsewhere/a.rs", "../a.rs", "a/../../b.rs", "/tree", "", "."] {
            assert_eq!(reviewed.inside(outside), None, "{outside}");
        }
    }

    #[test]
    fn paths_are_named_from_the_root() {
        let root = Path::new("/tree");
        let covers = |paths: &[&str], path: &str| {
            let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
            Reviewed { root, paths: &paths }.covers(path)
        };
        assert!(covers(&[], "a/b.rs") && covers(&["."], "a/b.rs") && covers(&["/tree"], "a/b.rs"));
        assert!(covers(&["./a"], "a/b.rs") && covers(&["/tree/a/b.rs"], "a/b.rs"));
        assert!(!covers(&["a"], "ab/b.rs") && !covers(&["a/b.rs"], "a/c.rs"));
    }

    #[test]
    fn nothing_printed_is_no_review() {
        for tool in Tool::ALL {
            for exit in [None, Some(0), Some(1), Some(101)] {
                if tool.name == "typos" && exit == Some(0) {
                    continue; // nothing to say is what it says when nothing is wrong
                }
                let said = tool.findings(Path::new("/tree"), &[], b"", exit);
                assert!(said.is_err(), "{} {exit:?}: {said:?}", tool.name);
            }
        }
    }

    #[test]
    fn rubbish_is_an_error_and_no_panic() {
        let lines: [&[u8]; 7] = [
            b"\xff\xfe\0",
            b"{",
            b"[1, null]",
            b"{\"comments\": 3}",
            b"null",
            b"{\"comments\":[{}]}\n[{}]",
            b"[[[[",
        ];
        for tool in Tool::ALL {
            for line in lines {
                for exit in [None, Some(0), Some(1), Some(2)] {
                    if let Ok(findings) = tool.findings(Path::new("/tree"), &[], line, exit) {
                        assert_eq!(findings, Vec::<Value>::new(), "{} {line:?}", tool.name);
                    }
                }
            }
        }
    }
}
