//! What is looked at, read once: the base that results hold for.
//!
//! A snapshot is a digest of content (and, for a diff, its text). It is not a copy of the tree.

use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use orch_prompts::Artefact;

use crate::beneath::{Met, Stopped, descend};
use crate::dirs::open_plain;
use crate::git;
use crate::ids::Digest;
use crate::refusal::{Refusal, Trouble};
use crate::work_tree::is_not_work;

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
    /// The files that the diff changes or adds and that are still there, relative to the work tree.
    pub changed: Vec<PathBuf>,
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
    /// The machine refused it: git is not installed, or a file may not be read.
    #[error(transparent)]
    MachineRefused(#[from] Refusal),
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
                let change = git::change_since(work_tree, base).await;
                let change = change.map_err(|trouble| {
                    let refused = trouble.refusal(format!("git diff against {base} failed"));
                    refused.map_or_else(
                        |why| SnapshotError::Diff {
                            base: base.clone(),
                            why,
                        },
                        SnapshotError::MachineRefused,
                    )
                })?;
                let (digest, files) = (Digest::of(&change.diff), change.files.len() as u64);
                let (diff, changed) = (Some(change.diff), change.files);
                Ok(Self {
                    artefact: artefact.clone(),
                    digest,
                    files,
                    diff,
                    changed,
                })
            }
            other => {
                let digest = Digest::of(other.to_string() + "\0" + text_of(other));
                Ok(Self {
                    artefact: other.clone(),
                    digest,
                    files: 1,
                    diff: None,
                    changed: Vec::new(),
                })
            }
        }
    }

    /// Reading a large tree blocks, so it is done beside the runtime; a caller that goes away ends it.
    async fn of_paths(work_tree: &Path, paths: &[PathBuf]) -> Result<Self, SnapshotError> {
        let wanted = StopOnDrop(Arc::new(AtomicBool::new(true)));
        let (work_tree, paths, flag) = (work_tree.to_owned(), paths.to_vec(), Arc::clone(&wanted.0));
        let read = tokio::task::spawn_blocking(move || read_paths(&work_tree, &paths, &flag)).await;
        drop(wanted);
        read.unwrap_or_else(|_| {
            let why = "the runtime was shut down".to_owned();
            Err(SnapshotError::Unreadable {
                path: PathBuf::from("."),
                why,
            })
        })
    }
}

/// Tells work beside the runtime that nobody waits for it any more.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

fn read_paths(work_tree: &Path, paths: &[PathBuf], wanted: &AtomicBool) -> Result<Snapshot, SnapshotError> {
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
        let unreadable = |error| unreadable(file, &error);
        // What is gone since, as an editor's own files are, is gone.
        let Some(mut opened) = open_plain(file).map_err(unreadable)? else {
            continue;
        };
        let content = Digest::of_read(&mut opened, || wanted.load(Ordering::Relaxed)).map_err(unreadable)?;
        let name = file.strip_prefix(&root).unwrap_or(file);
        parts.push(format!("{} {content}\n", Digest::of(name.as_os_str().as_bytes())));
    }
    Ok(Snapshot {
        artefact: Artefact::Paths(relative),
        digest: Digest::of(parts.concat()),
        files: parts.len() as u64,
        diff: None,
        changed: Vec::new(),
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> SnapshotError {
    let path = path.to_owned();
    let doing = format!(
        "reading {} failed",
        crate::plain::line(&path.to_string_lossy(), 300)
    );
    match Trouble::at(&path, error).refusal(doing) {
        Ok(refusal) => SnapshotError::MachineRefused(refusal),
        Err(_) => SnapshotError::Unreadable {
            path,
            why: error.to_string(),
        },
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

/// The plain files under `path`, links not followed; what is gone meanwhile is gone.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), SnapshotError> {
    let cannot = |path: PathBuf, why: &str| SnapshotError::Unreadable {
        path,
        why: why.to_owned(),
    };
    // From nowhere, so that what is met has its whole path: what is looked at may be one file.
    let collected = descend(Path::new(""), path, is_not_work, |full, met| {
        match met {
            Met::Leaf(meta) if meta.is_file() => files.push(full),
            Met::Leaf(_) | Met::Folder(_) => {}
            Met::Closed(_) => return Err(cannot(full, "it may not be read, or lies too deep")),
            Met::TooLong => return Err(cannot(full, "its path is too long")),
        }
        Ok(())
    });
    collected.map_err(|stopped| match stopped {
        Stopped::Unreadable(path, error) => unreadable(&path, &error),
        Stopped::By(error) => error,
    })
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

    #[test]
    fn files_that_come_and_go_meanwhile_are_no_failure() {
        let root = tempfile::tempdir().expect("a temporary directory");
        for n in 0..50 {
            fs::write(root.path().join(format!("x{n}")), "x").expect("a file");
        }
        let wanted = AtomicBool::new(true);
        let paths = [PathBuf::from("."), PathBuf::from("x0")];
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while wanted.load(Ordering::Relaxed) {
                    for n in 0..20 {
                        let swap = root.path().join(format!(".{n}.swp"));
                        // Whether it comes to be does not matter here.
                        let _ = fs::write(&swap, "x").and_then(|()| fs::remove_file(&swap));
                    }
                }
            });
            let looks: Vec<_> = (0..200)
                .map(|_| read_paths(root.path(), &paths, &AtomicBool::new(true)))
                .collect();
            wanted.store(false, Ordering::Relaxed);
            for look in looks {
                let look = look.expect("what is gone is gone");
                assert!(look.files >= 50, "{}", look.files);
            }
        });
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
