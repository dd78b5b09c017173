//! A patch as a commit on a new branch: work tree, index and `HEAD` of the repository are not touched.
//!
//! Contents are kept as they are on disk: a repository that converts line ends or stores files by a filter gets them
//! unconverted.

use std::ffi::OsStr;
use std::path::Path;

use super::merge::{Merged, merged};
use super::{Change, Conflict, PatchError};
use crate::beneath::Leaf;
use crate::git::Git;
use crate::refusal::Trouble;

/// Commits `changes` on top of `head` as the new branch `name`; returns the commit's id.
pub(super) async fn commit(
    scratch: &Path,
    work_tree: &Path,
    head: Option<&str>,
    changes: &[Change],
    name: &str,
) -> Result<String, PatchError> {
    let failed = |doing| move |trouble| PatchError::of_git(doing, trouble);
    if name.starts_with('-') {
        let why = format!("{name:?} is no name of a branch");
        return Err(failed("check-ref-format")(why.into()));
    }
    let git = Git::at(work_tree).await.map_err(failed("config"))?;
    let ask = async |doing, git: &Git, arguments: &[&str]| git.line(arguments).await.map_err(failed(doing));
    ask(
        "check-ref-format",
        &git,
        &["check-ref-format", &format!("refs/heads/{name}")],
    )
    .await?;
    let prefix = ask("rev-parse", &git, &["rev-parse", "--show-prefix"]).await?;
    let index = scratch.join("index");
    let staged = git.clone().variable("GIT_INDEX_FILE", &index).writes_in(scratch);
    match head {
        Some(head) => ask("read-tree", &staged, &["read-tree", head]).await?,
        None => ask("read-tree", &staged, &["read-tree", "--empty"]).await?,
    };
    let (mut lines, mut conflicts) = (Vec::new(), Vec::new());
    for change in changes {
        let path = Path::new(&prefix).join(&change.path);
        let there = leaf_in(&staged, &path).await.map_err(failed("cat-file"))?;
        let becomes = match merged(scratch, change, there.as_ref())
            .await
            .map_err(failed("merge-file"))?
        {
            Merged::Already => continue,
            Merged::Becomes(leaf) => leaf,
            Merged::Conflict(why) => {
                let path = change.path.clone();
                conflicts.push(Conflict { path, why });
                continue;
            }
        };
        let (mode, id) = match &becomes {
            Some(leaf) => {
                let (bytes, mode) = leaf.blob();
                let file = crate::dirs::unused_beneath(scratch);
                let written = crate::dirs::write_private(&file, bytes);
                written.map_err(|error| failed("hash-object")(Trouble::of_ours(scratch, &error)))?;
                let write = [
                    OsStr::new("hash-object"),
                    OsStr::new("-w"),
                    OsStr::new("--no-filters"),
                    file.as_os_str(),
                ];
                (mode, git.line(write).await.map_err(failed("hash-object"))?)
            }
            None => ("0", "0".repeat(40)),
        };
        lines.extend_from_slice(format!("{mode} {id}\t").as_bytes());
        lines.extend_from_slice(path.as_os_str().as_encoded_bytes());
        lines.push(0);
    }
    if !conflicts.is_empty() {
        return Err(PatchError::Conflicts(conflicts));
    }
    let update = ["update-index", "-z", "--index-info"];
    ask("update-index", &staged.clone().input(lines), &update).await?;
    let tree = ask("write-tree", &staged, &["write-tree"]).await?;
    let message = format!("{name}\n\nWork of a worker, not reviewed.\n");
    let mut commit = vec!["commit-tree", &tree, "-m", &message];
    if let Some(head) = head {
        commit.extend(["-p", head]);
    }
    let mut named = git.clone();
    for (setting, role, otherwise) in [
        ("user.name", "NAME", "orch"),
        ("user.email", "EMAIL", "orch@localhost"),
    ] {
        if git.ask(["config", "--get", setting]).await.is_err() {
            named = named
                .variable(format!("GIT_AUTHOR_{role}"), otherwise)
                .variable(format!("GIT_COMMITTER_{role}"), otherwise);
        }
    }
    let id = ask("commit-tree", &named, &commit).await?;
    let reference = format!("refs/heads/{name}");
    // The old value of no digits at all: the branch must not be there.
    ask(
        "update-ref",
        &named,
        &[
            "update-ref",
            "-m",
            "orch: a worker's patch",
            &reference,
            &id,
            &"0".repeat(id.len()),
        ],
    )
    .await?;
    Ok(id)
}

/// What the index holds at `path`.
async fn leaf_in(staged: &Git, path: &Path) -> Result<Option<Leaf>, Trouble> {
    let top = staged.line(["rev-parse", "--show-toplevel"]).await?;
    let full = Path::new(&top).join(path);
    let listed = staged
        .ask([
            OsStr::new("ls-files"),
            OsStr::new("-z"),
            OsStr::new("--stage"),
            OsStr::new("--full-name"),
            OsStr::new("--"),
            full.as_os_str(),
        ])
        .await?;
    // What lies beneath a folder of that name is listed too.
    let named = [b"\t", path.as_os_str().as_encoded_bytes()].concat();
    let entry = listed
        .split(|&byte| byte == 0)
        .find(|entry| entry.ends_with(&named));
    let Some(entry) = entry else { return Ok(None) };
    let words = String::from_utf8_lossy(entry);
    let mut words = words.split([' ', '\t']);
    let (Some(mode), Some(id)) = (words.next(), words.next()) else {
        return Err("git ls-files printed what is no entry".into());
    };
    let bytes = staged.ask(["cat-file", "blob", id]).await?;
    Ok(Some(Leaf::of_blob(mode, bytes)))
}
