//! Workers that nobody waits for any more and that may still run: told to end, their places kept until they are gone.
//!
//! There is no task for this: who waits for a place sees to the strays meanwhile, and a run's end to its own. Where
//! nobody waits, nobody misses the places.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::Notify;

use super::berth::{Berth, Paid};
use crate::engine::{Engine, JobHandle};
use crate::job::{Job, JobEnd, JobId};

/// The strays of all runs of an orchestrator.
#[derive(Debug, Default)]
pub(crate) struct Strays {
    list: Mutex<BTreeMap<JobId, Stray>>,
    added: Notify,
    /// One waiter at a time looks after them.
    watch: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Stray {
    job: Job,
    /// None when its submission was cut off.
    handle: Option<Arc<dyn JobHandle>>,
    berth: Berth,
}

impl Strays {
    /// Takes over a worker that was told to end.
    pub(crate) fn add(&self, job: Job, handle: Option<Arc<dyn JobHandle>>, berth: Berth) {
        let stray = Stray { job, handle, berth };
        self.lock().insert(stray.job.id, stray);
        self.added.notify_waiters();
    }

    /// Gives back what a worker held whose end was seen; nothing where it is no stray.
    pub(crate) fn ended(&self, id: JobId, end: &JobEnd) -> Paid {
        let stray = self.lock().remove(&id);
        stray.map(|stray| stray.berth.settle(end)).unwrap_or_default()
    }

    /// Gives back what the job of this id still holds, as of one whose end is not known.
    pub(crate) fn lose(&self, id: JobId) {
        let stray = self.lock().remove(&id);
        drop(stray);
    }

    /// Gives back what strays hold as they end; never returns.
    ///
    /// # Cancel safety
    /// Safe: another waiter goes on.
    pub(crate) async fn look_after(&self, engine: &dyn Engine) -> std::convert::Infallible {
        let _watch = self.watch.lock().await;
        loop {
            let mut added = std::pin::pin!(self.added.notified());
            added.as_mut().enable();
            let known: Vec<(Job, Option<Arc<dyn JobHandle>>)> = {
                let list = self.lock();
                let strays = list.values();
                strays
                    .map(|stray| (stray.job.clone(), stray.handle.clone()))
                    .collect()
            };
            let mut ends: FuturesUnordered<_> = known
                .into_iter()
                .map(|(job, handle)| async move { (job.id, end_of(engine, &job, handle).await) })
                .collect();
            loop {
                tokio::select! {
                    () = &mut added => break,
                    Some((id, end)) = ends.next() => {
                        // An engine that cannot be reached says nothing: its run's end does.
                        if let Some(end) = end {
                            self.ended(id, &end);
                        }
                    }
                    else => {
                        added.await;
                        break;
                    }
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<JobId, Stray>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a job that was told to end. One whose submission was cut off may have been started: submitting is
/// idempotent, and then it can be ended.
async fn end_of(engine: &dyn Engine, job: &Job, handle: Option<Arc<dyn JobHandle>>) -> Option<JobEnd> {
    let handle = match handle {
        Some(handle) => handle,
        None => engine.submit(job).await.ok()?,
    };
    handle.cancel();
    handle.wait().await.ok()
}
