//! A file that somebody names, as one that may be written.

use std::path::{Component, Path, PathBuf};

/// The file that `said` names beneath `root`, when it lies in one of the paths `given` (relative to `root`, which itself
/// is `.`); none when it lies elsewhere, is reached through a link or is one, is no file, or is git's own.
///
/// What is said may come from a worker: it chooses among what the user gave, and adds nothing to it.
pub fn file_within(root: &Path, given: &[PathBuf], said: &Path) -> Option<PathBuf> {
    let file = ordinary(said)?;
    let inside = |given: &PathBuf| ordinary(given).is_some_and(|given| file.starts_with(given));
    if !given.iter().any(inside) {
        return None;
    }
    let mut at = root.to_owned();
    for part in &file {
        if part.eq_ignore_ascii_case(".git") {
            return None;
        }
        at.push(part);
        if at.symlink_metadata().ok()?.is_symlink() {
            return None;
        }
    }
    at.is_file().then_some(file)
}

/// The path without `.`; none when there is more to it than names.
fn ordinary(path: &Path) -> Option<PathBuf> {
    let mut names = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => names.push(name),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn what_is_said_chooses_among_what_was_given_and_adds_nothing() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["docs/.git", "docs/.GIT", "docsx", "src"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        for file in [
            "docs/a.md",
            "docs/.git/config",
            "docs/.GIT/config",
            "docsx/b.md",
            "src/c.rs",
        ] {
            fs::write(root.path().join(file), "text").unwrap();
        }
        symlink("../src/c.rs", root.path().join("docs/link.md")).unwrap();
        symlink("../src", root.path().join("docs/linked")).unwrap();
        let within = |given: &str, said: &str| file_within(root.path(), &[given.into()], Path::new(said));
        for said in ["docs/a.md", "./docs/a.md", "docs/./a.md", "docs//a.md"] {
            assert_eq!(within("docs", said), Some("docs/a.md".into()), "{said}");
            assert_eq!(within(".", said), Some("docs/a.md".into()), "{said}");
            assert_eq!(within("docs/a.md", said), Some("docs/a.md".into()), "{said}");
        }
        let absolute = root.path().join("docs/a.md");
        for said in [
            "src/c.rs",
            "docsx/b.md",
            "docs/../src/c.rs",
            "docs/link.md",
            "docs/linked/c.rs",
            "docs/.git/config",
            "docs/.GIT/config",
            "docs",
            "docs/none.md",
            "",
            ".",
            absolute.to_str().unwrap(),
        ] {
            assert_eq!(within("docs", said), None, "{said}");
        }
    }
}
