//! What a run noticed of its tree that no reader is known to have done.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::work_tree::{NotLooked, Trace, Traces};

/// Each change is noticed once, however many readers were there.
#[derive(Debug, Default)]
pub(crate) struct Noticed(Mutex<Page>);

#[derive(Debug, Default)]
struct Page {
    files: BTreeMap<PathBuf, Option<Trace>>,
    /// Files of private trees, by absolute paths.
    elsewhere: BTreeMap<PathBuf, Option<Trace>>,
    uncompared: Option<NotLooked>,
}

impl Noticed {
    /// Takes `paths` of the user's tree down as they are in `now`; returns those that are news.
    pub(super) fn add(&self, paths: Vec<PathBuf>, now: &Traces) -> Vec<PathBuf> {
        let mut page = self.page();
        let news = |path: &PathBuf| {
            let trace = now.at(path);
            page.files.insert(path.clone(), trace) != Some(trace)
        };
        paths.into_iter().filter(news).collect()
    }

    /// As [`Noticed::add`], for the private tree at `root`; the news are absolute paths, and no files of the user's.
    pub(super) fn add_elsewhere(&self, root: &Path, paths: Vec<PathBuf>, now: &Traces) -> Vec<PathBuf> {
        let mut page = self.page();
        let news = |path: PathBuf| {
            let (trace, full) = (now.at(&path), root.join(path));
            let is_news = page.elsewhere.insert(full.clone(), trace) != Some(trace);
            is_news.then_some(full)
        };
        paths.into_iter().filter_map(news).collect()
    }

    /// Takes down that the tree was not compared; false when that is known.
    pub(super) fn uncompared(&self, why: &NotLooked) -> bool {
        let mut page = self.page();
        let news = page.uncompared.is_none();
        page.uncompared.get_or_insert_with(|| why.clone());
        news
    }

    /// All files of the user's tree, in order.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.page().files.keys().cloned().collect()
    }

    fn page(&self) -> MutexGuard<'_, Page> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
