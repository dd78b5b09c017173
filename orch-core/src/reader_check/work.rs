//! What of a change is somebody's work: not what the tree's own rules ignore.
//!
//! The rules are those of before: a reader that writes rules hides nothing by them. A new folder that ignores itself, as
//! tools make them, is no work, but it is named: tools also obey folders (`.cargo`), and only the few caches that nobody
//! obeys are passed over. What git tracks is work whatever the rules say.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use super::watch::Watch;
use crate::cx::Run;
use crate::desk::Repository;
use crate::refusal::Trouble;
use crate::work_tree::{GitPlaces, Rules, Traces, nested_git_of};

/// Caches that ignore themselves and in which nothing is run or obeyed.
const CACHES: [&str; 3] = [".mypy_cache", ".pytest_cache", ".ruff_cache"];

/// What of a change is somebody's.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// The files that are work.
    pub(super) files: Vec<PathBuf>,
    /// Files in new folders that ignore themselves, each with its folder.
    pub(super) apart: Vec<(PathBuf, PathBuf)>,
}

impl Work {
    /// The folders that ignore themselves.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        let mut folders: Vec<PathBuf> = self.apart.iter().map(|(_, folder)| folder.clone()).collect();
        folders.sort();
        folders.dedup();
        folders
    }
}

/// What of `touched` is work.
pub(super) async fn work_of(
    run: &Run,
    watch: &Watch,
    before: &Traces,
    now: &Traces,
    touched: Vec<PathBuf>,
) -> Work {
    // A repository that is new in a folder that is ignored is nobody's work either.
    let was_there = |path: &Path| nested_git_of(path).is_some_and(|git| before.has_beneath(git));
    let of_git = |path: &PathBuf| {
        path.is_absolute() || path.starts_with(".git") || was_there(path) || watch.is_named(path)
    };
    let (mut of_git, files): (Vec<PathBuf>, Vec<PathBuf>) = touched.into_iter().partition(of_git);
    of_git.retain(|path| !is_of_a_passing_work_tree(path, before, now));
    // Where nobody can say what is ignored, nothing is.
    let ignored = ignored(run, watch, before, &of_git, &files)
        .await
        .unwrap_or_default();
    let kept = files.into_iter().filter(|path| !ignored.contains_key(path));
    let names = ignored.keys().cloned().collect();
    let kept = without_husks(kept.collect(), &names, before, now);
    let files = of_git.into_iter().chain(kept).collect();
    let ignores_itself = |(path, rules): (PathBuf, PathBuf)| {
        let folder = new_folder_of(&rules, before).filter(|folder| path.starts_with(folder))?;
        let is_cache = CACHES.iter().any(|name| folder.ends_with(name));
        (!is_cache).then(|| (path, folder.to_owned()))
    };
    let apart = ignored.into_iter().filter_map(ignores_itself).collect();
    Work { files, apart }
}

/// The folder for which the file `rules` speaks, if there was nothing in it before.
fn new_folder_of<'p>(rules: &'p Path, before: &Traces) -> Option<&'p Path> {
    let is_rules = rules.file_name() == Some(OsStr::new(".gitignore"));
    let folder = rules
        .parent()
        .filter(|folder| is_rules && !folder.as_os_str().is_empty());
    folder.filter(|folder| !before.has_beneath(folder))
}

/// Whether `path` is of a linked work tree's entry that came or went as a whole: whoever makes one makes that.
fn is_of_a_passing_work_tree(path: &Path, before: &Traces, now: &Traces) -> bool {
    let is_entry = |above: &&Path| {
        let held = above.parent().filter(|held| held.ends_with("worktrees"));
        held.is_some_and(|held| before.at(&held.with_file_name("HEAD")).is_some())
    };
    let entry = path.ancestors().filter(is_entry).last();
    entry.is_some_and(|entry| !before.has_beneath(entry) || !now.has_beneath(entry))
}

async fn ignored(
    run: &Run,
    watch: &Watch,
    before: &Traces,
    of_git: &[PathBuf],
    files: &[PathBuf],
) -> Result<BTreeMap<PathBuf, PathBuf>, Trouble> {
    if files.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (root, places) = (watch.root(), watch.places());
    let top = places.map_or(root, |places| &places.top);
    let prefix = root.strip_prefix(top).unwrap_or(Path::new(""));
    let is_rules = |path: &&PathBuf| path.file_name() == Some(OsStr::new(".gitignore"));
    let changed = files
        .iter()
        .filter(is_rules)
        .filter(|path| new_folder_of(path, before).is_none());
    let unheard: BTreeSet<PathBuf> = changed.map(|path| prefix.join(path)).collect();
    let exclude = places.map(|places| places.common.join("info/exclude"));
    let exclude = exclude.filter(|_| !of_git.iter().any(|path| path.ends_with("info/exclude")));

    let place = run.config.state.room("runs", &run.id().to_string());
    let place = place.map_err(|error| Trouble::of_ours(run.config.state.path(), &error))?;
    let rules = Rules::new(place.path(), exclude.as_deref()).await?;
    let asked: Vec<PathBuf> = files.iter().map(|path| prefix.join(path)).collect();
    let mut ignored = rules.ignored(top, &asked, &unheard).await?;
    if !ignored.is_empty() && GitPlaces::of(run.work_tree()).is_some() {
        // The user's own repository says what is tracked: that of a copy is the reader's to change.
        if let Some(repository) = Repository::of(run.work_tree()).await? {
            for tracked in repository.tracked_or_committed().await? {
                ignored.remove(&tracked);
            }
        }
    }
    let from_root = |(path, rules): (PathBuf, PathBuf)| {
        let rules = rules.strip_prefix(prefix).unwrap_or(&rules);
        Some((path.strip_prefix(prefix).ok()?.to_owned(), rules.to_owned()))
    };
    Ok(ignored.into_iter().filter_map(from_root).collect())
}

/// Leaves out the folders that came or went with nothing in them but what is ignored.
fn without_husks(
    kept: Vec<PathBuf>,
    ignored: &BTreeSet<PathBuf>,
    before: &Traces,
    now: &Traces,
) -> Vec<PathBuf> {
    let holds = |folder: &Path, paths: &BTreeSet<PathBuf>| {
        let mut beneath = paths.range::<Path, _>((Bound::Excluded(folder), Bound::Unbounded));
        beneath.next().is_some_and(|first| first.starts_with(folder))
    };
    let came_or_went = |path: &Path| match (before.at(path), now.at(path)) {
        (Some(trace), None) | (None, Some(trace)) => trace.is_folder(),
        _ => false,
    };
    let (husks, work): (Vec<PathBuf>, Vec<PathBuf>) = kept
        .into_iter()
        .partition(|path| came_or_went(path) && holds(path, ignored));
    let work: BTreeSet<PathBuf> = work.into_iter().collect();
    let full = husks.into_iter().filter(|husk| holds(husk, &work));
    let mut all: Vec<PathBuf> = full.collect();
    all.extend(work);
    all.sort();
    all
}
