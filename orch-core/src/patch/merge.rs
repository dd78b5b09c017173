//! What one change comes to on top of what is there now. It writes nothing but private scratch files.

use std::ffi::OsString;
use std::path::Path;

use orch_pty::Exit;

use super::Change;
use crate::beneath::Leaf;
use crate::dirs;
use crate::git::Git;
use crate::refusal::Trouble;

/// What a change comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Merged {
    /// It is there already.
    Already,
    /// The path becomes this.
    Becomes(Option<Leaf>),
    /// It cannot be merged, and why.
    Conflict(String),
}

/// Merges `change` onto `now`. Two changes to one text are merged line by line, in the private directory `scratch`.
///
/// # Errors
/// When git could not be run.
pub(super) async fn merged(scratch: &Path, change: &Change, now: Option<&Leaf>) -> Result<Merged, Trouble> {
    let conflict = |why: &str| Ok(Merged::Conflict(why.to_owned()));
    if is_of_git(&change.path) {
        return conflict("it is git's own, and no worker's to write");
    }
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    if now == after {
        return Ok(Merged::Already);
    }
    if now == before {
        return Ok(Merged::Becomes(after.cloned()));
    }
    let (now, before, after) = match (now, before, after) {
        (Some(now), Some(before), Some(after)) => (now, before, after),
        (None, ..) => return conflict("it was removed meanwhile"),
        (_, None, _) => return conflict("it was added meanwhile"),
        (_, _, None) => return conflict("the worker removed it, and it was changed meanwhile"),
    };
    let (Some((now, now_runs)), Some((before, before_runs)), Some((after, after_runs))) =
        (text(now), text(before), text(after))
    else {
        return conflict("it was changed meanwhile, and it is no text that could be merged");
    };
    let executable = if before_runs == after_runs {
        now_runs
    } else {
        after_runs
    };
    let Some(bytes) = merged_text(scratch, [now, before, after]).await? else {
        return conflict("the same lines were changed meanwhile");
    };
    Ok(Merged::Becomes(Some(Leaf::File { bytes, executable })))
}

/// Whether git would take it for its own. In any case: a file system may know no difference.
fn is_of_git(path: &Path) -> bool {
    path.components()
        .any(|part| part.as_os_str().eq_ignore_ascii_case(".git"))
}

fn text(leaf: &Leaf) -> Option<(&[u8], bool)> {
    match leaf {
        Leaf::File { bytes, executable } if !bytes.contains(&0) => Some((bytes, *executable)),
        _ => None,
    }
}

/// Ours, base and theirs in one; `None` when they conflict.
async fn merged_text(scratch: &Path, texts: [&[u8]; 3]) -> Result<Option<Vec<u8>>, Trouble> {
    let mut arguments = vec![OsString::from("merge-file"), "-p".into(), "-q".into()];
    for text in texts {
        let file = dirs::unused_beneath(scratch);
        dirs::write_private(&file, text).map_err(|error| Trouble::of_ours(scratch, &error))?;
        arguments.push(file.into());
    }
    let git = Git::alone(scratch).writes_in(scratch);
    let said = git.run(arguments).await?;
    match said.exit {
        Exit::Code(0) => Ok(Some(said.out)),
        Exit::Code(1..=127) => Ok(None),
        exit => Err(git.failed(&said, format!("git merge-file ended with {exit}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_git_s_own_is_refused_in_any_case() {
        let scratch = tempfile::tempdir().expect("a temporary directory");
        let leaf = Leaf::File {
            bytes: b"#!/bin/sh".to_vec(),
            executable: true,
        };
        for (path, refused) in [
            (".git/hooks/pre-commit", true),
            (".GIT/hooks/pre-commit", true),
            ("sub/.Git/config", true),
            (".github/workflows/ci.yml", false),
            (".gitignore", false),
        ] {
            let change = Change {
                path: path.into(),
                before: None,
                after: Some(leaf.clone()),
            };
            let came = merged(scratch.path(), &change, None)
                .await
                .expect("git is not asked");
            assert_eq!(matches!(came, Merged::Conflict(_)), refused, "{path}: {came:?}");
        }
    }
}
