//! The workspace whose tests these are, and its folder for what is built.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// The nearest directory upwards, from the running test's package or else the current directory, whose Cargo.toml
/// is that of a workspace.
pub(super) fn root() -> Option<PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    package
        .into_iter()
        .chain(env::current_dir())
        .find_map(|start| above(&start))
}

fn above(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .find(|folder| is_workspace(folder))
        .map(Path::to_owned)
}

fn is_workspace(folder: &Path) -> bool {
    fs::read_to_string(folder.join("Cargo.toml"))
        .is_ok_and(|manifest| manifest.lines().any(|line| line.trim_end() == "[workspace]"))
}

#[cfg(test)]
mod tests {
    use super::{above, is_workspace, root};

    #[test]
    fn the_root_is_the_nearest_workspace_upwards() {
        let root = root().unwrap();
        assert!(is_workspace(&root));
        assert_eq!(above(&root.join("a/b/c")), Some(root));
    }

    #[test]
    fn a_package_is_not_a_workspace() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"x\"\n").unwrap();
        assert!(!is_workspace(folder.path()));
    }
}
