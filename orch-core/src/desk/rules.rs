//! Which files of a tree are somebody's work and which are not (build output, caches): by the tree's `.gitignore` files,
//! read by git with a configuration of ours. No repository of the tree has a say in it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::beneath::walk;
use crate::git::{Git, paths_of};

/// An empty private repository through which a tree is listed.
#[derive(Debug)]
pub(super) struct Rules {
    repository: PathBuf,
}

impl Rules {
    /// Makes the private repository in `room`; `exclude` has further rules.
    pub(super) async fn new(room: &Path, exclude: Option<&Path>) -> Result<Self, String> {
        let repository = room.join("rules.git");
        let init = ["init", "--quiet", "--bare", "--template="].map(OsStr::new);
        let init = init.into_iter().chain([repository.as_os_str()]);
        Git::alone(room).ask(init).await?;
        if let Some(rules) = exclude.and_then(|path| fs::read(path).ok()) {
            let made = fs::create_dir_all(repository.join("info"))
                .and_then(|()| fs::write(repository.join("info/exclude"), rules));
            made.map_err(|error| error.to_string())?;
        }
        Ok(Self { repository })
    }

    /// The files beneath `within` (paths from `top`) that no rule ignores, from `top`.
    pub(super) async fn list(&self, top: &Path, within: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
        let git = Git::alone(top)
            .variable("GIT_DIR", &self.repository)
            .variable("GIT_WORK_TREE", top);
        let command = ["ls-files", "-z", "--others", "--exclude-standard", "--"].map(OsStr::new);
        let within = within.iter().map(|path| match path.as_os_str() {
            empty if empty.is_empty() => OsStr::new("."),
            path => path,
        });
        let listed = git.ask(command.into_iter().chain(within)).await?;
        let mut files = Vec::new();
        for path in paths_of(&listed) {
            // A folder is named only where it is a repository of its own: then all of it counts.
            if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
                let folder: PathBuf = path.components().collect();
                walk(top, &folder, &mut files).map_err(|error| error.to_string())?;
            } else {
                files.push(path);
            }
        }
        Ok(files)
    }
}
