//! One reader's time in the trees where it can do harm, and what is made of what changed there.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::time::Instant;

use super::apart::Apart;
use super::watch::{Seen, Stay};
use crate::cx::Run;
use crate::desk::{Room, Seat};
use crate::engine::Job;
use crate::error::Result;
use crate::event::EventKind;
use crate::outcome::{FailClass, Failure, NotStarted, Outcome, Unfinished};
use crate::plain;
use crate::work_tree::{NotLooked, Rules, Traces, named};

/// The most paths that one event names.
const TOLD: usize = 50;

/// Where a reader stands.
#[derive(Debug, Clone, Default)]
pub(crate) enum Stand {
    /// In the user's work tree.
    #[default]
    WorkTree,
    /// In a copy of its own.
    Apart,
    /// Where the writers of a desk stand.
    Desk(Arc<Seat>),
}

/// The time from before a reader starts until what it did was looked at.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The user's tree, and where the reader stands if that is elsewhere.
    stays: Vec<Stay>,
    began: Instant,
    desk: Option<(Arc<Seat>, u64)>,
    /// The reader's own copy; it goes last.
    apart: Option<Apart>,
}

/// Looks at what there is before a reader starts; in `job` the reader stands where it is to stand.
///
/// # Errors
/// When it cannot be given a copy of its own.
pub(crate) async fn begin(run: &Run, job: &mut Job, stand: &Stand) -> Result<Reading, NotStarted> {
    let mut reading = Reading {
        stays: Vec::new(),
        began: Instant::now(),
        desk: None,
        apart: None,
    };
    // Somewhere else nobody can look, and what is there is not the user's.
    if run.config.engine.abilities().remote {
        return Ok(reading);
    }
    match stand {
        Stand::WorkTree => {}
        Stand::Apart => {
            let cannot = |why| {
                NotStarted::SpawnFailed(format!(
                    "a copy of the work tree to read in cannot be made: {why}"
                ))
            };
            let room = run.desks.room(&run.config.state, run.id()).map_err(cannot)?;
            let apart = Apart::of(room, run.work_tree()).await.map_err(cannot)?;
            apart.stands().clone_into(&mut job.work_tree);
            reading.apart = Some(apart);
        }
        Stand::Desk(seat) => {
            job.work_tree = seat.stands();
            reading.desk = Some((Arc::clone(seat), seat.writes()));
        }
    }
    reading.began = Instant::now();
    let elsewhere = reading.apart.is_some() || reading.desk.is_some();
    let own = elsewhere && job.work_tree != run.work_tree();
    reading
        .stays
        .push(Stay::begin(run.watches.of(run.work_tree(), false)).await);
    if own {
        reading
            .stays
            .push(Stay::begin(run.watches.of(&job.work_tree, true)).await);
    }
    Ok(reading)
}

impl Reading {
    /// The place of the reader's own copy, which is to be kept until the reader is gone.
    pub(crate) fn into_room(self) -> Option<Room> {
        self.apart.map(Apart::into_room)
    }

    /// What became of the reader once it is looked at what changed; `said` is what its agent says that it changed.
    pub(crate) async fn judged<T>(
        &self,
        run: &Run,
        outcome: Outcome<T>,
        said: &[String],
    ) -> Result<Outcome<T>> {
        if let Outcome::Unfinished(Unfinished::Cancelled | Unfinished::NotStarted(_)) = outcome {
            return Ok(outcome);
        }
        let mut own = Vec::new();
        for stay in &self.stays {
            let now = stay.now().await;
            match self.split(run, stay, &now, said).await {
                Ok((mine, others, traces)) => {
                    own.extend(mine);
                    notice(run, others, traces).await?;
                }
                Err(why) => {
                    if run.noticed.uncompared(&why) {
                        let why = why.to_string();
                        run.emit(EventKind::TreeNotCompared { why }).await?;
                    }
                }
            }
        }
        if own.is_empty() {
            return Ok(outcome);
        }
        let detail = format!("a reader changed {}", named(&own));
        let failure = Failure::new(FailClass::ScopeViolation, detail);
        Ok(Outcome::Unfinished(Unfinished::Failed(failure)))
    }

    /// What changed in one tree: the reader's own changes, and anybody else's.
    async fn split<'a>(
        &self,
        run: &Run,
        stay: &Stay,
        now: &'a Seen,
        said: &[String],
    ) -> Result<(Vec<PathBuf>, Vec<PathBuf>, &'a Traces), NotLooked> {
        let before = stay.before().map(|seen| seen.traces.as_ref());
        let (Some(before), now) = (before.transpose().map_err(NotLooked::clone)?, now.traces.as_ref()) else {
            return Err(NotLooked::Unreadable(
                "nobody looked before it started".to_owned(),
            ));
        };
        let now = now.map_err(NotLooked::clone)?;
        let mut touched = before.touched_until(now);
        let watch = stay.watch();
        if touched.is_empty() {
            return Ok((touched, Vec::new(), now));
        }
        leave_ignored_out(run, watch.root(), &mut touched).await;
        // Nobody else writes there, and nobody else was there.
        if watch.is_private() && stay.is_alone() && self.no_writer_was_there() {
            return Ok((touched, Vec::new(), now));
        }
        let said: Vec<PathBuf> = said
            .iter()
            .filter_map(|path| beneath(watch.root(), path))
            .collect();
        let (own, mut others): (Vec<_>, Vec<_>) = touched.into_iter().partition(|path| said.contains(path));
        if !watch.is_private() {
            let desks = run.desks.territories_since(self.began);
            others.retain(|path| !desks.iter().any(|territory| territory.covers(path)));
        }
        Ok((own, others, now))
    }

    fn no_writer_was_there(&self) -> bool {
        let desk = self.desk.as_ref();
        desk.is_none_or(|(seat, writes)| seat.writes() == *writes && !seat.is_taken())
    }
}

/// Tells, once, what somebody changed.
async fn notice(run: &Run, others: Vec<PathBuf>, now: &Traces) -> Result<()> {
    let news = run.noticed.add(others, now);
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

/// Takes out of `touched` what is nobody's work by the tree's own rules. Where the rules themselves were touched, they say
/// nothing any more.
async fn leave_ignored_out(run: &Run, root: &Path, touched: &mut Vec<PathBuf>) {
    let exclude = Path::new(".git/info/exclude");
    let rules = |path: &PathBuf| path.file_name() == Some(OsStr::new(".gitignore")) || path == exclude;
    if touched.iter().any(rules) {
        return;
    }
    let (of_git, files): (Vec<PathBuf>, Vec<PathBuf>) =
        touched.drain(..).partition(|path| path.starts_with(".git"));
    let ignored = ignored(run, root, &root.join(exclude), &files)
        .await
        .unwrap_or_default();
    let kept = files.into_iter().filter(|path| !ignored.contains(path));
    touched.extend(of_git.into_iter().chain(kept));
}

async fn ignored(run: &Run, root: &Path, exclude: &Path, files: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let place = run.config.state.room("runs", &run.id().to_string());
    let place = place.map_err(|error| error.to_string())?;
    let rules = Rules::new(place.path(), Some(exclude)).await?;
    rules.ignored(root, files).await
}

/// A path in an agent's words, as one from `root`.
fn beneath(root: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    let path = path.strip_prefix(root).unwrap_or(path);
    path.is_relative().then(|| path.components().collect())
}
