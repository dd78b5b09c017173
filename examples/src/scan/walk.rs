//! Which files of a tree are looked at, in which order. It reads directories and names, not the files.
//!
//! Symbolic links are never followed: what they lead to is met under its own name, or is not in the tree.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Directories of things that nobody wrote by hand.
const SKIPPED_FOLDERS: [&str; 25] = [
    ".bzr",
    ".cache",
    ".direnv",
    ".eggs",
    ".git",
    ".gradle",
    ".hg",
    ".idea",
    ".jj",
    ".mypy_cache",
    ".next",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".terraform",
    ".tox",
    ".venv",
    "__pycache__",
    "bower_components",
    "dist",
    "node_modules",
    "target",
    "vendor",
    "venv",
];

/// Files that a program writes, by name.
const SKIPPED_FILES: [&str; 5] = [
    "package-lock.json",
    "pnpm-lock.yaml",
    "go.sum",
    "npm-shrinkwrap.json",
    "bun.lockb",
];
/// Files that a program writes, by the end of the name.
const SKIPPED_ENDS: [&str; 7] = [".lock", ".min.js", ".min.css", ".map", ".svg", ".snap", ".ipynb"];

/// The largest file that is read, in bytes.
pub(super) const LARGEST: u64 = 1 << 20;
/// The most files that one run looks at.
const MOST_FILES: usize = 50_000;
/// The deepest folder that is entered, counted from a path that was asked for.
const DEEPEST: usize = 64;

/// What a walk found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Walk {
    /// Relative to the root, in the order of their names.
    pub(super) files: Vec<PathBuf>,
    /// The root itself was asked for.
    pub(super) whole: bool,
    /// What could not be looked at, with the reason.
    pub(super) unread: Vec<(PathBuf, String)>,
}

/// The files under `paths` (the whole root when there are none), each once.
///
/// A file that is named itself is taken, whatever its name is. `root` must be canonical.
///
/// # Errors
/// When a path does not exist, or is not under the root.
pub(super) fn walk(root: &Path, paths: &[PathBuf]) -> io::Result<Walk> {
    let mut found = Walk::default();
    let everything = [PathBuf::new()];
    for path in if paths.is_empty() { &everything } else { paths } {
        let full = root
            .join(path)
            .canonicalize()
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        let Ok(inside) = full.strip_prefix(root) else {
            let text = format!(
                "{} is not under {}: name a path of the tree",
                path.display(),
                root.display()
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        };
        found.whole |= inside.as_os_str().is_empty();
        if full.is_dir() {
            found.enter(root, inside, 0);
        } else if full.is_file() {
            found.files.push(inside.to_owned());
        } else {
            // A pipe or a socket: opening it could wait for ever.
            found
                .unread
                .push((inside.to_owned(), "neither a file nor a folder".to_owned()));
        }
    }
    found.files.sort();
    found.files.dedup();
    Ok(found)
}

/// The files under `paths`, relative to the root, that `keep` wants; for tools that take no folders.
///
/// # Errors
/// When a path does not exist, or is not under the root.
pub(crate) fn files_of(
    root: &Path,
    paths: &[PathBuf],
    keep: impl Fn(&Path) -> bool,
) -> io::Result<Vec<PathBuf>> {
    let root = root.canonicalize()?;
    let mut files = walk(&root, paths)?.files;
    files.retain(|file| keep(&root.join(file)));
    Ok(files)
}

impl Walk {
    fn enter(&mut self, root: &Path, folder: &Path, depth: usize) {
        let full = root.join(folder);
        let entries = match fs::read_dir(&full).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(error) => return self.unread.push((folder.to_owned(), error.to_string())),
        };
        let mut entries: Vec<_> = entries
            .into_iter()
            .map(|entry| (entry.file_name(), entry))
            .collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, entry) in entries {
            let path = folder.join(&name);
            let name = name.to_string_lossy();
            // The type of the entry itself: a link is neither a file nor a folder here.
            match entry.file_type() {
                Err(error) => self.unread.push((path, error.to_string())),
                Ok(kind) if kind.is_file() && !skipped_file(&name) => {
                    if self.files.len() >= MOST_FILES {
                        return self
                            .unread
                            .push((path, format!("more than {MOST_FILES} files: name fewer paths")));
                    }
                    self.files.push(path);
                }
                Ok(kind) if kind.is_dir() && !SKIPPED_FOLDERS.contains(&&*name) => {
                    if depth == DEEPEST {
                        self.unread.push((
                            path,
                            format!("more than {DEEPEST} folders deep: name it as a path"),
                        ));
                    } else {
                        self.enter(root, &path, depth + 1);
                    }
                }
                Ok(_) => {}
            }
        }
    }
}

fn skipped_file(name: &str) -> bool {
    SKIPPED_FILES.contains(&name)
        || SKIPPED_ENDS
            .iter()
            .any(|end| name.len() > end.len() && name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn tree(files: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().canonicalize().unwrap().join("tree");
        for file in files {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), "x").unwrap();
        }
        (home, root)
    }

    #[test]
    fn what_nobody_wrote_is_skipped_and_the_order_is_that_of_names() {
        let (_home, root) = tree(&[
            "b.rs",
            "a/z.md",
            "a/.github/w.yml",
            "target/x.rs",
            "a/node_modules/m.js",
            "Cargo.lock",
            ".git/config",
            "app.min.js",
            "package-lock.json",
        ]);
        let found = walk(&root, &[]).unwrap();
        assert_eq!(
            found.files,
            ["a/.github/w.yml", "a/z.md", "b.rs"].map(PathBuf::from)
        );
        assert!(found.whole && found.unread.is_empty());
    }

    #[test]
    fn a_named_file_is_taken_and_each_file_once() {
        let (_home, root) = tree(&["Cargo.lock", "a/b.rs", "a/c.rs"]);
        let found = walk(
            &root,
            &["Cargo.lock".into(), "a/b.rs".into(), "a".into(), root.join("a")],
        )
        .unwrap();
        assert_eq!(found.files, ["Cargo.lock", "a/b.rs", "a/c.rs"].map(PathBuf::from));
        assert!(!found.whole);
    }

    #[test]
    fn links_are_not_followed_and_cannot_lead_out() {
        let (home, root) = tree(&["a/b.rs"]);
        let outside = home.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("secret.rs"), "x").unwrap();
        symlink(&outside, root.join("away")).unwrap();
        symlink(outside.join("secret.rs"), root.join("a/secret.rs")).unwrap();
        symlink(&root, root.join("loop")).unwrap();
        assert_eq!(walk(&root, &[]).unwrap().files, [PathBuf::from("a/b.rs")]);
        for path in ["away", "away/secret.rs", "../outside", "a/../../outside"] {
            assert_eq!(
                walk(&root, &[path.into()]).unwrap_err().kind(),
                io::ErrorKind::InvalidInput,
                "{path}"
            );
        }
    }

    #[test]
    fn a_path_that_is_not_there_is_named() {
        let (_home, root) = tree(&["a.rs"]);
        let error = walk(&root, &["nowhere.rs".into()]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(error.to_string().starts_with("nowhere.rs: "), "{error}");
    }
}
