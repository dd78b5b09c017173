//! Readers that were let go: nobody looked at what they did. At the end of the run it is looked once, for all of them.

use std::sync::{Arc, Mutex, PoisonError};

use super::notice::notice;
use super::watch::{Seen, Stay, Watch};
use super::work::work_of;
use crate::cx::Run;
use crate::desk::Moment;
use crate::error::Result;
use crate::event::EventKind;

/// The first reader that was let go, by what there was before it. A cheap clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unjudged(Arc<Mutex<Option<LetGo>>>);

#[derive(Debug)]
struct LetGo {
    watch: Arc<Watch>,
    before: Arc<Seen>,
    began: Moment,
}

impl Unjudged {
    /// Takes down a stay in the user's tree that nobody judged.
    pub(super) fn add(&self, stay: &Stay, began: Moment) {
        let Some(before) = stay.before().map(Arc::clone) else {
            return;
        };
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if first.as_ref().is_none_or(|first| began < first.began) {
            let watch = Arc::clone(stay.watch());
            *first = Some(LetGo { watch, before, began });
        }
    }

    /// Looks at what changed since, and tells it: whose it is, nobody can say. The run's workers are gone.
    pub(crate) async fn tell(&self, run: &Run) -> Result<()> {
        let first = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(LetGo { watch, before, began }) = first else {
            return Ok(());
        };
        let now = watch.look_now().await;
        let (before, now) = match (&before.traces, &now.traces) {
            (Ok(before), Ok(now)) => (before, now),
            (Err(why), _) | (_, Err(why)) => {
                if run.noticed.uncompared(why) {
                    let why = why.to_string();
                    run.emit(EventKind::TreeNotCompared { why }).await?;
                }
                return Ok(());
            }
        };
        let touched = before.touched_until(now);
        if touched.is_empty() {
            return Ok(());
        }
        let work = work_of(run, &watch, before, now, touched).await;
        let folders = work.folders();
        let mut touched = work.files;
        touched.extend(folders);
        let written = run.desks.written_since(began);
        touched.retain(|path| !written.iter().any(|territory| territory.covers(path)));
        notice(run, &watch, touched, now).await
    }
}
