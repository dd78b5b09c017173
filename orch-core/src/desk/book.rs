//! What one run knows of its desks: which steps have one, which writers are still on their way out, and what is yet to be
//! recorded.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::sweep::sweep;
use super::{Moment, Room, Seat, Uses};
use crate::dirs::StateDir;
use crate::event::EventKind;
use crate::ids::RunId;
use crate::lease::Territory;
use crate::refusal::Trouble;

/// The desks of one run.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pages: Arc<Mutex<Pages>>,
    lingers: Notify,
    /// The removals of private places that go on.
    removals: TaskTracker,
}

#[derive(Debug, Default)]
struct Pages {
    /// The paths of the steps that have, or wait for, a desk.
    steps: Vec<Vec<String>>,
    /// Seats that were left while their writer was not yet gone.
    lingering: Vec<Arc<Seat>>,
    /// All seats that somebody may have.
    seats: Vec<Weak<Seat>>,
    notes: Vec<EventKind>,
    /// The desks of the run, and when the user's files were written through them.
    uses: Vec<(Territory, Vec<Uses>)>,
}

/// A step that has a desk. Dropped, it may have another.
#[derive(Debug)]
pub(crate) struct Step {
    pages: Arc<Mutex<Pages>>,
    path: Vec<String>,
}

impl Book {
    /// Gives the step at `path` the right to a desk.
    ///
    /// # Errors
    /// The path of a step at, above or beneath it that has one: it could wait for itself.
    pub(crate) fn enter(&self, path: &[String]) -> Result<Step, Vec<String>> {
        let mut pages = lock(&self.pages);
        let related = |other: &&Vec<String>| other.starts_with(path) || path.starts_with(other);
        if let Some(other) = pages.steps.iter().find(related) {
            return Err(other.clone());
        }
        pages.steps.push(path.to_vec());
        Ok(Step {
            pages: Arc::clone(&self.pages),
            path: path.to_vec(),
        })
    }

    /// Takes down that a desk was taken: what the run writes of its territory is told by its uses.
    pub(crate) fn taken(&self, seat: &Seat) {
        let (territory, uses) = (seat.territory().clone(), seat.uses_of_the_users_tree());
        lock(&self.pages).uses.push((territory, uses));
    }

    /// The territories of which the run itself wrote the user's files at some time since `moment`.
    pub(crate) fn written_since(&self, moment: Moment) -> Vec<Territory> {
        let pages = lock(&self.pages);
        let written = |(_, uses): &&(Territory, Vec<Uses>)| uses.iter().any(|uses| uses.any_since(moment));
        let written = pages.uses.iter().filter(written);
        written.map(|(territory, _)| territory.clone()).collect()
    }

    /// Records, with the next event, what happened where nothing can be waited for.
    pub(crate) fn note(&self, kind: EventKind) {
        lock(&self.pages).notes.push(kind);
    }

    /// What is yet to be recorded.
    pub(crate) fn notes(&self) -> Vec<EventKind> {
        std::mem::take(&mut lock(&self.pages).notes)
    }

    /// Keeps a seat, and with it its lease, until the writer in it is gone.
    pub(crate) fn linger(&self, seat: Arc<Seat>) {
        seat.linger(true);
        lock(&self.pages).lingering.push(seat);
        self.lingers.notify_waiters();
    }

    /// Waits until a writer that nobody waits for is gone, and frees its seat. Never returns while there is none.
    pub(crate) async fn see_one_off(&self) {
        let seat = loop {
            let more = self.lingers.notified();
            let mut more = std::pin::pin!(more);
            more.as_mut().enable();
            let first = lock(&self.pages).lingering.first().cloned();
            match first {
                Some(seat) => break seat,
                None => more.await,
            }
        };
        seat.empty().await;
        lock(&self.pages)
            .lingering
            .retain(|other| !Arc::ptr_eq(other, &seat));
        let kept = Arc::downgrade(&seat);
        drop(seat);
        // Somebody has a handle of it still: whoever waits for it may wait for itself.
        if let Some(seat) = kept.upgrade() {
            seat.linger(false);
        }
    }

    /// Removes what killed programs left in `state`, until `enough`. It goes on by itself; [`Book::close`] waits for it.
    pub(crate) fn sweep(&self, state: StateDir, enough: CancellationToken) {
        let pages = Arc::clone(&self.pages);
        let note = move |kind| lock(&pages).notes.push(kind);
        // Without a runtime nothing can be done beside the run.
        if let Ok(runtime) = Handle::try_current() {
            self.removals.spawn_on(sweep(state, enough, note), &runtime);
        }
    }

    /// A new private place of the run `run`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn room(&self, state: &StateDir, run: RunId) -> Result<Room, Trouble> {
        let made = state.room("runs", &run.to_string());
        let made = made.map_err(|error| Trouble::of_ours(state.path(), &error))?;
        Ok(Room::new(made, self.removals.clone()))
    }

    /// Takes down that somebody has this seat.
    pub(crate) fn seated(&self, seat: &Arc<Seat>) {
        let mut pages = lock(&self.pages);
        pages.seats.retain(|seat| seat.strong_count() > 0);
        pages.seats.push(Arc::downgrade(seat));
    }

    /// Frees all leases, also those of seats whose handles were kept: every writer of the run is gone, and nothing
    /// starts in it any more. Returns when the private places that were left are removed.
    pub(crate) async fn close(&self) {
        let (lingering, seats) = {
            let mut pages = lock(&self.pages);
            (
                std::mem::take(&mut pages.lingering),
                std::mem::take(&mut pages.seats),
            )
        };
        drop(lingering);
        for seat in seats.iter().filter_map(Weak::upgrade) {
            // The program's own hand may be at it.
            drop(seat.hand().await);
            seat.release();
        }
        self.removals.close();
        self.removals.wait().await;
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        let mut pages = lock(&self.pages);
        if let Some(index) = pages.steps.iter().position(|path| *path == self.path) {
            pages.steps.swap_remove(index);
        }
    }
}

fn lock(pages: &Mutex<Pages>) -> MutexGuard<'_, Pages> {
    pages.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_and_its_children_have_one_desk_at_a_time() {
        let path = |labels: &[&str]| labels.iter().map(ToString::to_string).collect::<Vec<_>>();
        let book = Book::default();
        let step = book.enter(&path(&["a", "b"])).expect("the first");
        for related in [&["a", "b"][..], &["a", "b", "c"], &["a"], &[]] {
            book.enter(&path(related)).expect_err("it could wait for itself");
        }
        let _apart = book.enter(&path(&["a", "c"])).expect("another step");
        drop(step);
        book.enter(&path(&["a", "b", "c"])).expect("it is free");
    }
}
