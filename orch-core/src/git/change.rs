//! What a work tree changes since it left a revision. It reads only: the index is not touched.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use super::Git;
use crate::dirs::read_bounded;
use crate::refusal::Trouble;

/// The largest new file that is shown whole.
const NEW_FILE_LIMIT: usize = 1 << 20;

/// What a work tree changes since it left a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// As a unified diff, with `a/` and `b/` before the paths; files that git does not track are in it as new ones.
    pub(crate) diff: String,
    /// The files that are changed or new and still there, relative to the work tree.
    pub(crate) files: Vec<PathBuf>,
}

/// What `work_tree` changes since it left `base`.
pub(crate) async fn change_since(work_tree: &Path, base: &str) -> Result<Change, Trouble> {
    if base.is_empty() || base.starts_with('-') {
        return Err("that is no revision".into());
    }
    let git = Git::at(work_tree).await?;
    let common = [
        "diff",
        "--merge-base",
        "--ignore-submodules=all",
        "--relative",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
    ];
    let shown = ["--src-prefix=a/", "--dst-prefix=b/", base, "--"];
    let diff = git.ask([&common[..], &shown[..]].concat()).await?;
    let named = ["--name-only", "-z", "--diff-filter=d", base, "--"];
    let mut files = paths_of(&git.ask([&common[..], &named[..]].concat()).await?);
    let new = paths_of(
        &git.ask(["ls-files", "-z", "--others", "--exclude-standard"])
            .await?,
    );
    let mut diff = String::from_utf8_lossy(&diff).into_owned();
    for path in new {
        diff.push_str(&as_new(work_tree, &path));
        files.push(path);
    }
    files.sort();
    files.dedup();
    Ok(Change { diff, files })
}

/// Paths that end with a zero byte each.
pub(crate) fn paths_of(bytes: &[u8]) -> Vec<PathBuf> {
    let parts = bytes.split(|&byte| byte == 0).filter(|part| !part.is_empty());
    parts
        .map(|part| PathBuf::from(OsString::from_vec(part.to_vec())))
        .collect()
}

/// A file that git does not track, as a diff would show it.
fn as_new(work_tree: &Path, path: &Path) -> String {
    let name = crate::plain::line(&path.to_string_lossy(), 1_000);
    let head = format!("diff --git a/{name} b/{name}\nnew file, not tracked by git\n");
    let full = work_tree.join(path);
    let bytes = read_bounded(&full, NEW_FILE_LIMIT).ok().flatten();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(text) = text.filter(|text| !text.contains('\0')) else {
        return format!("{head}(not shown: it is no text, or large)\n");
    };
    let lines: Vec<String> = text.lines().map(|line| format!("+{line}\n")).collect();
    let lines = lines.concat();
    format!(
        "{head}--- /dev/null\n+++ b/{name}\n@@ -0,0 +1,{} @@\n{lines}",
        text.lines().count()
    )
}
