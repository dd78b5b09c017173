//! What of a change is somebody's work: not what the tree's own rules ignore.
//!
//! The rules are those of before: a reader that writes rules hides nothing by them, but for a new folder that ignores
//! itself, as caches do. What git tracks is work whatever the rules say.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use super::watch::Watch;
use crate::cx::Run;
use crate::desk::Repository;
use crate::refusal::Trouble;
use crate::work_tree::{GitPlaces, Rules, Traces, nested_git_of};

/// Those of `touched` that are work.
pub(super) async fn work_of(
    run: &Run,
    watch: &Watch,
    before: &Traces,
    now: &Traces,
    touched: Vec<PathBuf>,
) -> Vec<PathBuf> {
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
    let kept = files.into_iter().filter(|path| !ignored.contains(path));
    let kept = without_husks(kept.collect(), &ignored, before, now);
    of_git.into_iter().chain(kept).collect()
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
) -> Result<BTreeSet<PathBuf>, Trouble> {
    if files.is_empty() {
        return Ok(BTreeSet::new());
    }
    let (root, places) = (watch.root(), watch.places());
    let top = places.map_or(root, |places| &places.top);
    let prefix = root.strip_prefix(top).unwrap_or(Path::new(""));
    let is_rules = |path: &&PathBuf| path.file_name() == Some(OsStr::new(".gitignore"));
    let in_a_new_folder = |path: &&PathBuf| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.is_some_and(|folder| !before.has_beneath(folder))
    };
    let changed = files
        .iter()
        .filter(is_rules)
        .filter(|path| !in_a_new_folder(path));
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
    let from_root = |path: PathBuf| Some(path.strip_prefix(prefix).ok()?.to_owned());
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
