//! Empty directories that a CLI leaves in the work tree when it is interrupted.
//!
//! Only what was absent before and is empty afterwards is removed, so nothing that anybody made is lost.

use std::fs;
use std::path::{Path, PathBuf};

/// The directories to look at afterwards: those that are not there now.
#[derive(Debug)]
pub(super) struct Stubs(Vec<PathBuf>);

impl Stubs {
    pub(super) fn absent(work_tree: &Path, names: &[String]) -> Self {
        // A name, not a path: it does not lead out of the work tree.
        let plain = |name: &&String| !name.is_empty() && *name != ".." && !name.contains('/');
        let paths = names.iter().filter(plain).map(|name| work_tree.join(name));
        Self(paths.filter(|path| path.symlink_metadata().is_err()).collect())
    }

    /// Removes those that are empty directories now.
    pub(super) fn clear(self) {
        for path in self.0 {
            // It fails for what is not empty, is no directory, or is not there: all of these stay as they are.
            let _ = fs::remove_dir(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_absent_and_is_empty_is_removed() {
        let tree = tempfile::tempdir().expect("a temporary directory");
        let make = |name: &str| fs::create_dir(tree.path().join(name)).expect("a directory");
        make(".git");
        let names = [".git", ".codex", ".aws", ".agents", "../beside", ".."].map(str::to_owned);
        let stubs = Stubs::absent(tree.path(), &names);
        make(".codex");
        make(".aws");
        fs::write(tree.path().join(".aws/credentials"), "").expect("a file");
        fs::write(tree.path().join(".agents"), "").expect("a file");
        stubs.clear();
        let is_there = |name: &str| tree.path().join(name).exists();
        assert!(is_there(".git") && is_there(".aws") && is_there(".agents"));
        assert!(!is_there(".codex"));
    }
}
