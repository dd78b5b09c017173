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
/// A rebase or a row of picks under way is a list of commands, and what is merged becomes a parent of the next commit.
pub(super) const OF_GIT: [&str; 23] = [
    "CHERRY_PICK_HEAD",
    "HEAD",
    "MERGE_HEAD",
    "MERGE_MODE",
    "REVERT_HEAD",
    "branches",
    "commondir",
    "config",
    "config.worktree",
    "hooks",
    "info/attributes",
    "info/exclude",
    "info/grafts",
    "info/sparse-checkout",
    "objects/info/alternates",
    "packed-refs",
    "rebase-apply",
    "rebase-merge",
    "refs",
    "reftable",
    "remotes",
    "sequencer",
    "shallow",
];

/// Folders of a repository all of whose files git obeys: it runs them, or does what they list.
const OBEYED: [&str; 4] = ["hooks", "rebase-apply", "rebase-merge", "sequencer"];

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

/// The folder of git's own to which the `.git` in `above` leads.
pub(super) fn folder_at(above: &Path) -> Option<PathBuf> {
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

/// The files beneath `folder`, a repository's own, that git obeys in a work tree of it: configuration, attributes,
/// hooks and what is under way, those of its submodules too. Not those of its linked work trees, which come and go. Blocks.
pub(crate) fn obeyed_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = ["commondir", "config", "config.worktree", "info/attributes"]
        .map(|name| folder.join(name))
        .into();
    for part in OBEYED.iter().chain(&["modules"]) {
        // What cannot be looked at is none: git cannot read it either.
        let _ = descend::<Infallible>(Path::new(""), &folder.join(part), is_bulk, |path, met| {
            if !matches!(met, Met::Folder(_))
                && (*part != "modules" || is_obeyed_in_module(path.strip_prefix(folder).unwrap_or(&path)))
            {
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
    path.file_name() == Some(OsStr::new("HEAD")) || is_obeyed_within(path)
}

/// Whether git obeys the file at `path` beneath a folder of git's own: as a setting, a rule or a command. What it only
/// moves, the heads and refs, is not meant.
pub(crate) fn is_obeyed_within(path: &Path) -> bool {
    let ends = [
        "commondir",
        "config",
        "config.worktree",
        "info/attributes",
        "info/exclude",
    ];
    ends.iter().any(|end| path.ends_with(end))
        || path
            .iter()
            .any(|part| OBEYED.iter().any(|folder| part == *folder))
}

/// Whether the folder at `path` is of a repository and large, and never obeyed. A submodule may have any name, but it
/// lies beside no `HEAD`.
pub(super) fn is_bulk(path: &Path) -> bool {
    let name = path.file_name();
    let is_named = name.is_some_and(|name| name == "objects" || name == "logs");
    is_named && path.with_file_name("HEAD").symlink_metadata().is_ok()
}

/// The `.git` beneath a tree's root on the way to `path` (from the root), if it is another than the root's own.
pub(crate) fn nested_git_of(path: &Path) -> Option<&Path> {
    let is_git = |above: &&Path| above.file_name() == Some(OsStr::new(".git"));
    let top = path.ancestors().filter(is_git).last()?;
    let is_nested = path.is_relative() && top != Path::new(".git");
    is_nested.then_some(top)
}
