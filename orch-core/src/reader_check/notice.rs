//! Tells what a run noticed; what that is, [`Noticed`](super::Noticed) remembers.

use std::path::PathBuf;

use super::watch::Watch;
use crate::cx::Run;
use crate::error::Result;
use crate::event::EventKind;
use crate::plain;
use crate::work_tree::Traces;

/// The most paths that one event names.
const TOLD: usize = 50;

/// Tells, once, what somebody changed.
pub(super) async fn notice(run: &Run, watch: &Watch, others: Vec<PathBuf>, now: &Traces) -> Result<()> {
    let news = if watch.is_private() {
        run.noticed.add_elsewhere(watch.root(), others, now)
    } else {
        run.noticed.add(others, now)
    };
    if news.is_empty() {
        return Ok(());
    }
    let count = news.len() as u64;
    let paths = news
        .iter()
        .take(TOLD)
        .map(|path| plain::line(&path.to_string_lossy(), 300));
    let paths = paths.collect();
    run.emit(EventKind::TreeChanged { paths, count }).await
}
