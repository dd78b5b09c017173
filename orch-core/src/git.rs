//! What git says of a work tree, asked in a way that reads only.
//!
//! Hooks, file-system monitors, external diff and text-conversion programs of the repository's configuration are not
//! run, and the index is not touched. Clean filters (`filter.*.clean`) that the configuration names still are: git has
//! no switch for them.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use orch_pty::{Command, Exit, Output, PipeReader, Stdin};

/// The most bytes that git may print: far more than any worker reads.
const OUTPUT_LIMIT: usize = 64 << 20;

/// The largest new file that is shown whole.
const NEW_FILE_LIMIT: u64 = 1 << 20;

/// What a work tree changes since it left a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// As a unified diff, with `a/` and `b/` before the paths; files that git does not track are in it as new ones.
    pub(crate) diff: String,
    /// The files that are changed or new and still there, relative to the work tree.
    pub(crate) files: Vec<PathBuf>,
}

/// What `work_tree` changes since it left `base`.
pub(crate) async fn change_since(work_tree: &Path, base: &str) -> Result<Change, String> {
    if base.is_empty() || base.starts_with('-') {
        return Err("that is no revision".to_owned());
    }
    let common = [
        "diff",
        "--merge-base",
        "--relative",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
    ];
    let shown = ["--src-prefix=a/", "--dst-prefix=b/", base, "--"];
    let diff = git(work_tree, &[&common[..], &shown[..]].concat()).await?;
    let named = ["--name-only", "-z", "--diff-filter=d", base, "--"];
    let mut files = paths_of(&git(work_tree, &[&common[..], &named[..]].concat()).await?);
    let new = paths_of(&git(work_tree, &["ls-files", "-z", "--others", "--exclude-standard"]).await?);
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
fn paths_of(bytes: &[u8]) -> Vec<PathBuf> {
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
    let small = fs::symlink_metadata(&full).is_ok_and(|file| file.is_file() && file.len() <= NEW_FILE_LIMIT);
    let text = if small {
        fs::read(&full)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
    } else {
        None
    };
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

async fn git(work_tree: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    const CONFIGURATION: [&str; 8] = [
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "diff.autoRefreshIndex=false",
        "-c",
        "core.quotePath=false",
    ];
    let command = Command::new("git")
        .args(CONFIGURATION)
        .args(["--no-pager", "--no-optional-locks"])
        .args(arguments.iter().copied())
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .current_dir(work_tree)
        .stdin(Stdin::Null)
        .stdout(Output::Pipe)
        .stderr(Output::Pipe);
    let mut process = command.spawn().map_err(|error| error.to_string())?;
    let (Some(stdout), Some(stderr)) = (process.stdout.take(), process.stderr.take()) else {
        return Err("git was started without pipes".to_owned());
    };
    let (out, err) = tokio::join!(read_all(&stdout, OUTPUT_LIMIT), read_all(&stderr, 64 << 10));
    let exit = process.child.wait().await.map_err(|error| error.to_string())?;
    let (out, complete) = out.map_err(|error| error.to_string())?;
    if exit != Exit::Code(0) {
        let (said, _) = err.unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        if said.contains("--no-index") || said.contains("not a git repository") {
            return Err(format!("{} is no git work tree", work_tree.display()));
        }
        return Err(crate::plain::line(&said, 300));
    }
    if complete {
        Ok(out)
    } else {
        Err(format!("git printed more than {OUTPUT_LIMIT} bytes"))
    }
}

/// Reads a pipe to its end; keeps at most `limit` bytes and says whether that was all.
async fn read_all(pipe: &PipeReader, limit: usize) -> std::io::Result<(Vec<u8>, bool)> {
    let mut kept = Vec::new();
    let mut complete = true;
    let mut chunk = vec![0; 16 << 10];
    loop {
        let count = pipe.read(&mut chunk).await?;
        if count == 0 {
            return Ok((kept, complete));
        }
        let room = count.min(limit - kept.len());
        kept.extend_from_slice(&chunk[..room]);
        complete &= room == count;
    }
}
