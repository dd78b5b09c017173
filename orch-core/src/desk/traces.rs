//! Which files were touched: by what the file system says of them, not by their content. A write of the same bytes is a
//! write.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Files and what the file system said of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Traces(BTreeMap<PathBuf, Trace>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trace {
    mode: u32,
    size: u64,
    inode: u64,
    modified: (i64, i64),
    /// No program can set it back.
    changed: (i64, i64),
}

impl Traces {
    /// Looks at `paths` beneath `root`. Blocks.
    pub(super) fn of(root: &Path, paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let trace = |path: PathBuf| {
            let meta = root
                .join(&path)
                .symlink_metadata()
                .ok()
                .filter(|meta| !meta.is_dir())?;
            let trace = Trace {
                mode: meta.mode(),
                size: meta.size(),
                inode: meta.ino(),
                modified: (meta.mtime(), meta.mtime_nsec()),
                changed: (meta.ctime(), meta.ctime_nsec()),
            };
            Some((path, trace))
        };
        Self(paths.into_iter().filter_map(trace).collect())
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.0.keys()
    }

    /// The files that are in one of them only, or were touched in between.
    pub(super) fn touched_until(&self, later: &Self) -> Vec<PathBuf> {
        let gone_or_touched = self
            .0
            .iter()
            .filter(|(path, trace)| later.0.get(*path) != Some(trace));
        let new = later.0.keys().filter(|path| !self.0.contains_key(*path));
        let mut touched: Vec<PathBuf> = gone_or_touched
            .map(|(path, _)| path)
            .chain(new)
            .cloned()
            .collect();
        touched.sort();
        touched
    }
}
