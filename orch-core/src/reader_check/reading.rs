//! One reader's time in the trees where it can do harm, and what is made of what changed there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::apart::Apart;
use super::notice::notice;
use super::unjudged::Unjudged;
use super::watch::{Seen, Stay};
use super::work::work_of;
use crate::beneath::by_words;
use crate::cx::Run;
use crate::desk::{Moment, Room, Seat};
use crate::engine::Job;
use crate::error::Result;
use crate::event::EventKind;
use crate::outcome::{FailClass, Failure, NotStarted, Outcome, Unfinished};
use crate::work_tree::{NotLooked, Traces, named};

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
    began: Moment,
    desk: Option<Arc<Seat>>,
    /// Whether there is nothing to judge: it was looked at, or the reader has not started.
    judged: AtomicBool,
    /// Takes down that nobody judged it.
    unjudged: Unjudged,
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
        began: Moment::now(),
        desk: None,
        judged: AtomicBool::new(true),
        unjudged: run.unjudged.clone(),
        apart: None,
    };
    // Somewhere else nobody can look, and what is there is not the user's.
    if run.config.engine.abilities().remote {
        return Ok(reading);
    }
    match stand {
        Stand::WorkTree => {}
        Stand::Apart => {
            let cannot =
                |trouble| NotStarted::of(trouble, "a copy of the work tree to read in cannot be made");
            let room = run.desks.room(&run.config.state, run.id()).map_err(cannot)?;
            let apart = Apart::of(room, run.work_tree()).await.map_err(cannot)?;
            apart.stands().clone_into(&mut job.work_tree);
            reading.apart = Some(apart);
        }
        Stand::Desk(seat) => {
            job.work_tree = seat.stands();
            reading.desk = Some(Arc::clone(seat));
        }
    }
    reading.began = Moment::now();
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
    /// Says that the reader is about to start.
    pub(crate) fn start(&self) {
        self.judged.store(false, Ordering::SeqCst);
    }

    /// The place of the reader's own copy, which is to be kept until the reader is gone.
    pub(crate) fn into_room(mut self) -> Option<Room> {
        self.apart.take().map(Apart::into_room)
    }

    /// What became of the reader once it is looked at what changed; `said` is what its agent says that it changed.
    pub(crate) async fn judged<T>(
        &self,
        run: &Run,
        outcome: Outcome<T>,
        said: &[String],
    ) -> Result<Outcome<T>> {
        match outcome {
            Outcome::Unfinished(Unfinished::Cancelled) => return Ok(outcome),
            Outcome::Unfinished(Unfinished::NotStarted(_)) => {
                self.judged.store(true, Ordering::SeqCst);
                return Ok(outcome);
            }
            _ => {}
        }
        self.judged.store(true, Ordering::SeqCst);
        let mut own = Vec::new();
        for stay in &self.stays {
            let now = stay.now().await;
            match self.split(run, stay, &now, said).await {
                Ok((mine, others, traces)) => {
                    own.extend(mine);
                    notice(run, stay.watch(), others, traces).await?;
                }
                Err(why) if self.made_unreadable(stay) => {
                    let detail = format!("a reader left a tree of its own that cannot be looked at: {why}");
                    return Ok(violation(detail));
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
        Ok(violation(format!("a reader changed {}", named(&own))))
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
        let touched = before.touched_until(now);
        let watch = stay.watch();
        if touched.is_empty() {
            return Ok((touched, Vec::new(), now));
        }
        let work = work_of(run, watch, before, now, touched).await;
        let mut folders = work.folders();
        if self.is_provable(stay) {
            return Ok((work.files, folders, now));
        }
        let said: Vec<PathBuf> = said
            .iter()
            .filter_map(|path| beneath(watch.root(), path))
            .collect();
        let (mut own, mut others): (Vec<_>, Vec<_>) =
            work.files.into_iter().partition(|path| said.contains(path));
        let apart = work.apart.into_iter().map(|(path, _)| path);
        own.extend(apart.filter(|path| said.contains(path)));
        if !watch.is_private() {
            let written = run.desks.written_since(self.began);
            let is_written = |path: &PathBuf| written.iter().any(|territory| territory.covers(path));
            others.retain(|path| !is_written(path));
            folders.retain(|path| !is_written(path));
            if let Some(seat) = self.desk.as_ref().filter(|seat| seat.is_in_place())
                && stay.is_alone()
                && self.nobody_wrote()
            {
                // The paths are leased: nobody else of the run's was to write there.
                own.extend(others.extract_if(.., |path| seat.territory().covers(path)));
            }
        }
        others.extend(folders);
        Ok((own, others, now))
    }

    /// Whether nobody else writes in the tree, and nobody else was there.
    fn is_provable(&self, stay: &Stay) -> bool {
        stay.watch().is_private() && stay.is_alone() && self.nobody_wrote()
    }

    /// Whether a tree of the reader's own could be looked at before it came.
    fn made_unreadable(&self, stay: &Stay) -> bool {
        self.is_provable(stay) && stay.before().is_some_and(|seen| seen.traces.is_ok())
    }

    fn nobody_wrote(&self) -> bool {
        let desk = self.desk.as_ref();
        desk.is_none_or(|seat| !seat.uses().any_since(self.began))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if !self.judged.load(Ordering::SeqCst)
            && let Some(stay) = self.stays.first()
        {
            self.unjudged.add(stay, self.began);
        }
    }
}

fn violation<T>(detail: String) -> Outcome<T> {
    let failure = Failure::new(FailClass::ScopeViolation, detail);
    Outcome::Unfinished(Unfinished::Failed(failure))
}

/// A path in an agent's words, as one from `root`.
fn beneath(root: &Path, path: &str) -> Option<PathBuf> {
    let path = by_words(&root.join(path));
    path.strip_prefix(root).ok().map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_an_agents_words_is_the_same_however_it_is_spelled() {
        let root = Path::new("/home/tree");
        for spelled in [
            "src/a.rs",
            "./src//a.rs",
            "/home/tree/src/a.rs",
            "/home/tree/src/../src/a.rs",
            "/home/tree/../tree/src/a.rs",
            "/home/other/../tree/./src/b/../a.rs",
            "../tree/src/a.rs",
            "/../home/tree/src/a.rs",
        ] {
            assert_eq!(beneath(root, spelled), Some("src/a.rs".into()), "{spelled}");
        }
        for elsewhere in ["/home/a.rs", "../a.rs", "/home/tree/../a.rs", "../../../../a.rs"] {
            assert_eq!(beneath(root, elsewhere), None, "{elsewhere}");
        }
    }
}
