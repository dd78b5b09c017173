//! Where the files lie that git obeys for a tree: found by looking, not by asking git, which obeys them.

use std::convert::Infallible;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::beneath::{Met, descend};
use crate::dirs::read_bounded;

/// The most bytes of a file that names a folder.
const NAMED: usize = 64 << 10;

/// What git obeys or moves in a repository's folder: the index is left out, since looking at a tree with git writes it.
pub(super) const OF_GIT: [&str; 9] = [
    "HEAD",
    "commondir",
    "config",
    "config.worktree",
    "hooks",
    "info/attributes",
    "info/exclude",
    "packed-refs",
    "refs",
];

/// The repository that holds a tree, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GitPlaces {
    /// The folder with all of its files.
    pub(crate) top: PathBuf,
    /// What this work tree has of its own.
    pub(crate) own: PathBuf,
    /// What all linked work trees share.
    pub(crate) common: PathBuf,
}

impl GitPlaces {
    /// Looks for the repository that holds `root`. Blocks, for a few files.
    pub(crate) fn of(root: &Path) -> Option<Self> {
        let (top, own) = root
            .ancestors()
            .find_map(|above| Some((above.to_owned(), folder_at(above)?)))?;
        let common = line_of(&own.join("commondir")).map_or_else(|| own.clone(), |named| own.join(named));
        let common = fs::canonicalize(&common).unwrap_or(common);
        Some(Self { top, own, common })
    }
}

fn folder_at(above: &Path) -> Option<PathBuf> {
    let git = above.join(".git");
    if git.is_dir() {
        return git.join("HEAD").symlink_metadata().is_ok().then_some(git);
    }
    let named = line_of(&git)?;
    let named = above.join(named.strip_prefix("gitdir: ")?);
    Some(fs::canonicalize(&named).unwrap_or(named))
}

fn line_of(path: &Path) -> Option<String> {
    let text = String::from_utf8(read_bounded(path, NAMED).ok()??).ok()?;
    Some(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// The files beneath `folder`, a repository's own, that git obeys in a work tree of it: configuration, attributes and
/// hooks, those of its submodules too. Blocks.
pub(crate) fn obeyed_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = ["commondir", "config", "config.worktree", "info/attributes"]
        .map(|name| folder.join(name))
        .into();
    for part in ["hooks", "modules"] {
        // What cannot be looked at is none: git cannot read it either.
        let _ = descend::<Infallible>(Path::new(""), &folder.join(part), is_bulk, |path, met| {
            if !matches!(met, Met::Folder(_)) && (part == "hooks" || is_obeyed_in_module(&path)) {
                files.push(path);
            }
            Ok(())
        });
    }
    files.sort();
    files
}

/// Whether git obeys the file at `path` beneath `modules`.
pub(super) fn is_obeyed_in_module(path: &Path) -> bool {
    let named = ["HEAD", "commondir", "config", "config.worktree"];
    let ends = ["info/attributes", "info/exclude"];
    let name = path.file_name();
    named.iter().any(|other| name == Some(OsStr::new(other)))
        || ends.iter().any(|end| path.ends_with(end))
        || path.iter().any(|part| part == "hooks")
}

/// What of a repository is large and never obeyed.
pub(super) fn is_bulk(name: &OsStr) -> bool {
    name == "objects" || name == "logs"
}
