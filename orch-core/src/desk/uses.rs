//! When a place was written in by the run itself: by its writers, its checks, or the program.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

static MOMENTS: AtomicU64 = AtomicU64::new(1);

/// A moment that is told from all others. An order and not a time: a paused clock has one time only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    pub(crate) fn now() -> Self {
        Self(MOMENTS.fetch_add(1, Ordering::SeqCst))
    }
}

/// The uses of one place. A cheap clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Uses(Arc<Mutex<Page>>);

#[derive(Debug, Default)]
struct Page {
    going_on: usize,
    last: Option<Moment>,
}

/// A use that goes on. Dropped, it is over.
#[derive(Debug)]
pub(crate) struct Use(Uses);

impl Uses {
    pub(crate) fn begin(&self) -> Use {
        self.page().going_on += 1;
        Use(self.clone())
    }

    /// Whether somebody wrote at some time since `moment`.
    pub(crate) fn any_since(&self, moment: Moment) -> bool {
        let page = self.page();
        page.going_on > 0 || page.last.is_some_and(|last| last > moment)
    }

    fn page(&self) -> MutexGuard<'_, Page> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        let mut page = self.0.page();
        page.going_on -= 1;
        page.last = Some(Moment::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_counts_until_it_is_over_and_for_who_was_there_before() {
        let uses = Uses::default();
        let before = Moment::now();
        assert!(!uses.any_since(before));
        let going_on = uses.begin();
        assert!(uses.any_since(Moment::now()));
        drop(going_on);
        assert!(uses.any_since(before));
        assert!(!uses.any_since(Moment::now()));
    }
}
