//! Which files of a tree are somebody's work and which are not (build output, caches): by the tree's `.gitignore` files,
//! read by git with a configuration of ours. No repository of the tree has a say in it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use orch_pty::Exit;

use crate::beneath::walk;
use crate::dirs::{make_private, write_private};
use crate::git::{Git, paths_of};

/// An empty private repository through which a tree is listed.
#[derive(Debug)]
pub(crate) struct Rules {
    repository: PathBuf,
}

impl Rules {
    /// Makes the private repository in `room`; `exclude` has further rules.
    pub(crate) async fn new(room: &Path, exclude: Option<&Path>) -> Result<Self, String> {
        let repository = room.join("rules.git");
        // Said outright, since git makes its files by the umask otherwise.
        let init = ["init", "--quiet", "--bare", "--template=", "--shared=0600"].map(OsStr::new);
        let init = init.into_iter().chain([repository.as_os_str()]);
        Git::alone(room).ask(init).await?;
        if let Some(rules) = exclude.and_then(|path| fs::read(path).ok()) {
            let info = repository.join("info");
            let made = make_private(&info).and_then(|()| write_private(&info.join("exclude"), &rules));
            made.map_err(|error| error.to_string())?;
        }
        Ok(Self { repository })
    }

    /// Those of `paths` (from `top`) that a rule ignores, tracked or not.
    pub(crate) async fn ignored(&self, top: &Path, paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
        let mut asked = Vec::new();
        for path in paths {
            // This command takes no literal paths; so led, no name begins with what it would read as more than a name.
            asked.extend_from_slice(b"./");
            asked.extend_from_slice(path.as_os_str().as_encoded_bytes());
            asked.push(0);
        }
        let git = Git::alone(top)
            .variable("GIT_DIR", &self.repository)
            .variable("GIT_WORK_TREE", top)
            .input(asked);
        let command = [
            "--no-literal-pathspecs",
            "check-ignore",
            "--no-index",
            "-z",
            "--stdin",
        ];
        let said = git.run(command).await?;
        match said.exit {
            // 1: none of them is.
            Exit::Code(0 | 1) => {
                let bare = |path: PathBuf| path.strip_prefix("./").map_or(path.clone(), Path::to_owned);
                Ok(paths_of(&said.out).into_iter().map(bare).collect())
            }
            _ => Err("git could not say which files are ignored".to_owned()),
        }
    }

    /// The files beneath `within` (paths from `top`) that no rule ignores, from `top`.
    pub(crate) async fn list(&self, top: &Path, within: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
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
