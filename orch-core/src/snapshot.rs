//! What is looked at, read once: the base that results hold for.
//!
//! A snapshot is a digest of content (and, for a diff, its text). It is not a copy of the tree.

use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};

use orch_prompts::Artefact;
use orch_pty::{Command, Exit, Output, Stdin};

use crate::ids::Digest;

/// The largest diff that is taken: half of it is already more than any worker reads.
const DIFF_LIMIT: usize = 64 << 20;

/// Directories that are nobody's work: versions, dependencies and build output.
const NOT_WORK: [&str; 5] = [".git", ".hg", ".svn", "node_modules", "target"];

/// An artefact with the digest of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// What is looked at; paths are relative to the work tree.
    pub artefact: Artefact,
    /// The digest of its content.
    pub digest: Digest,
    /// How many files it has.
    pub files: u64,
    /// The text of the diff, when the artefact is one.
    pub diff: Option<String>,
}

/// Why there is nothing to look at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// There is no such path.
    #[error("{} does not exist in the work tree {}", path.display(), work_tree.display())]
    Missing {
        /// The path.
        path: PathBuf,
        /// The work tree.
        work_tree: PathBuf,
    },
    /// The path is somewhere else.
    #[error("{} lies outside the work tree {}: give a path inside it, or run from another directory", path.display(), work_tree.display())]
    Outside {
        /// The path.
        path: PathBuf,
        /// The work tree.
        work_tree: PathBuf,
    },
    /// A file could not be read.
    #[error("reading {} failed: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// There is no diff.
    #[error("git diff against {base} failed: {why}")]
    Diff {
        /// The revision.
        base: String,
        /// What git says.
        why: String,
    },
}

impl Snapshot {
    /// Reads `artefact` beneath `work_tree` (an absolute path).
    ///
    /// # Errors
    /// [`SnapshotError`] names the path or revision that is wrong.
    ///
    /// # Cancel safety
    /// Safe: it only reads.
    pub async fn take(work_tree: &Path, artefact: &Artefact) -> Result<Self, SnapshotError> {
        match artefact {
            Artefact::Paths(paths) => Self::of_paths(work_tree, paths).await,
            Artefact::Diff { base } => {
                let diff = diff_against(work_tree, base).await?;
                let files = diff
                    .lines()
                    .filter(|line| line.starts_with("diff --git "))
                    .count() as u64;
                Ok(Self {
                    artefact: artefact.clone(),
                    digest: Digest::of(&diff),
                    files,
                    diff: Some(diff),
                })
            }
            other => {
                let digest = Digest::of(other.to_string() + "\0" + text_of(other));
                Ok(Self {
                    artefact: other.clone(),
                    digest,
                    files: 1,
                    diff: None,
                })
            }
        }
    }

    async fn of_paths(work_tree: &Path, paths: &[PathBuf]) -> Result<Self, SnapshotError> {
        let root = work_tree.canonicalize().map_err(|_| SnapshotError::Missing {
            path: work_tree.to_owned(),
            work_tree: work_tree.to_owned(),
        })?;
        let mut relative = Vec::with_capacity(paths.len());
        for path in paths {
            relative.push(beneath(&root, path)?);
        }
        let mut files = Vec::new();
        for path in &relative {
            collect(&root.join(path), &mut files)?;
        }
        files.sort();
        files.dedup();
        let mut parts = Vec::with_capacity(files.len());
        for file in &files {
            let bytes = std::fs::read(file).map_err(|error| SnapshotError::Unreadable {
                path: file.clone(),
                why: error.to_string(),
            })?;
            let name = file.strip_prefix(&root).unwrap_or(file);
            parts.push(format!(
                "{} {}\n",
                Digest::of(name.as_os_str().as_bytes()),
                Digest::of(bytes)
            ));
            // Reading a large tree is our own work in the caller's task: let the others run in between.
            tokio::task::yield_now().await;
        }
        Ok(Self {
            artefact: Artefact::Paths(relative),
            digest: Digest::of(parts.concat()),
            files: files.len() as u64,
            diff: None,
        })
    }
}

fn text_of(artefact: &Artefact) -> &str {
    match artefact {
        Artefact::Text { text, .. } => text,
        _ => "",
    }
}

/// The path relative to `root` (which is canonical), after every link and `..` in it is resolved.
fn beneath(root: &Path, path: &Path) -> Result<PathBuf, SnapshotError> {
    let outside = || SnapshotError::Outside {
        path: path.to_owned(),
        work_tree: root.to_owned(),
    };
    let joined = root.join(path);
    let Ok(real) = joined.canonicalize() else {
        // What does not exist cannot be resolved; say "outside" where the words alone show it.
        let mut depth = 0_i32;
        for part in path.components() {
            match part {
                Component::ParentDir => depth -= 1,
                Component::Normal(_) => depth += 1,
                Component::RootDir | Component::Prefix(_) if !path.starts_with(root) => return Err(outside()),
                _ => {}
            }
            if depth < 0 {
                return Err(outside());
            }
        }
        return Err(SnapshotError::Missing {
            path: path.to_owned(),
            work_tree: root.to_owned(),
        });
    };
    let relative = real.strip_prefix(root).map_err(|_| outside())?;
    Ok(if relative.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        relative.to_owned()
    })
}

/// The plain files under `path`, links not followed.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), SnapshotError> {
    let unreadable = |error: std::io::Error| SnapshotError::Unreadable {
        path: path.to_owned(),
        why: error.to_string(),
    };
    let kind = path.symlink_metadata().map_err(unreadable)?.file_type();
    if kind.is_file() {
        files.push(path.to_owned());
    } else if kind.is_dir() {
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            if !NOT_WORK.iter().any(|name| entry.file_name() == *name) {
                collect(&entry.path(), files)?;
            }
        }
    }
    Ok(())
}

/// What changed since the work tree left `base`, as git shows it, without any program that the repository's
/// configuration names, and without touching the index.
async fn diff_against(work_tree: &Path, base: &str) -> Result<String, SnapshotError> {
    let failed = |why: String| SnapshotError::Diff {
        base: base.to_owned(),
        why,
    };
    if base.is_empty() || base.starts_with('-') {
        return Err(failed("that is no revision".to_owned()));
    }
    let command = Command::new("git")
        .args([
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "core.fsmonitor=false",
            "-c",
            "diff.autoRefreshIndex=false",
            "-c",
            "core.quotePath=false",
        ])
        .args([
            "--no-pager",
            "--no-optional-locks",
            "diff",
            "--merge-base",
            "--no-ext-diff",
            "--no-textconv",
        ])
        .args(["--no-color", base, "--"])
        .env("GIT_TERMINAL_PROMPT", "0")
        .current_dir(work_tree)
        .stdin(Stdin::Null)
        .stdout(Output::Pipe)
        .stderr(Output::Pipe);
    let mut process = command.spawn().map_err(|error| failed(error.to_string()))?;
    let (Some(stdout), Some(stderr)) = (process.stdout.take(), process.stderr.take()) else {
        return Err(failed("git was started without pipes".to_owned()));
    };
    let (out, err) = tokio::join!(read_all(&stdout, DIFF_LIMIT), read_all(&stderr, 64 << 10));
    let exit = process
        .child
        .wait()
        .await
        .map_err(|error| failed(error.to_string()))?;
    let (out, complete) = out.map_err(|error| failed(error.to_string()))?;
    if exit != Exit::Code(0) {
        let (said, _) = err.unwrap_or_default();
        return Err(failed(crate::plain::line(&String::from_utf8_lossy(&said), 300)));
    }
    if !complete {
        return Err(failed(format!("the diff is larger than {DIFF_LIMIT} bytes")));
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Reads a pipe to its end; keeps at most `limit` bytes and says whether that was all.
async fn read_all(pipe: &orch_pty::PipeReader, limit: usize) -> std::io::Result<(Vec<u8>, bool)> {
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    async fn digest(root: &Path, paths: &[&str]) -> Result<Digest, SnapshotError> {
        let artefact = Artefact::paths(paths.iter().map(PathBuf::from));
        Snapshot::take(root, &artefact)
            .await
            .map(|snapshot| snapshot.digest)
    }

    #[tokio::test]
    async fn one_byte_more_is_another_base() {
        let root = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir_all(root.path().join("src/target")).expect("directories");
        fs::write(root.path().join("src/a.rs"), "a").expect("a file");
        let before = digest(root.path(), &["src"]).await.expect("a base");
        fs::write(root.path().join("src/target/junk"), "x").expect("a file");
        fs::write(root.path().join("b.rs"), "b").expect("a file");
        assert_eq!(
            digest(root.path(), &["src"]).await.expect("a base"),
            before,
            "only what is looked at counts"
        );
        fs::write(root.path().join("src/a.rs"), "a ").expect("a file");
        assert_ne!(digest(root.path(), &["src"]).await.expect("a base"), before);
    }

    #[tokio::test]
    async fn wrong_paths_are_named() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let tree = root.path().join("tree");
        fs::create_dir(&tree).expect("a directory");
        std::os::unix::fs::symlink(root.path(), tree.join("way-out")).expect("a link");
        for outside in ["..", "../tree2", "/etc/passwd", "way-out", "/no/such"] {
            let error = digest(&tree, &[outside]).await.expect_err("outside");
            assert!(
                matches!(error, SnapshotError::Outside { .. }),
                "{outside}: {error}"
            );
        }
        let error = digest(&tree, &["no-such-file"]).await.expect_err("missing");
        assert!(
            error
                .to_string()
                .starts_with("no-such-file does not exist in the work tree"),
            "{error}"
        );
    }
}
