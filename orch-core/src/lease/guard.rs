//! A lease that is held: taken by waiting or not at all, freed when it is dropped.
//!
//! Inside this process askers wait in line and are woken. For other processes there is nothing to wait on that also
//! ends when the holder is killed and can be given up half-way, so their leases are asked for again and again, with a
//! pause that grows to half a second: this is the one place where the library polls.

use std::io;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedMutexGuard, watch};

use super::register::{Entry, Register, Taken};
use super::table::{Table, Ticket};
use super::{Owner, Territory};
use crate::dirs::StateDir;

/// The first and the longest pause between two looks at other processes' leases.
const PAUSE: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

static TABLE: Mutex<Table> = Mutex::new(Table::new());

/// Counts those who left, for those who wait.
static LEFT: LazyLock<watch::Sender<u64>> = LazyLock::new(|| watch::Sender::new(0));

/// A lease of paths of one work tree. Dropping it frees them.
#[derive(Debug)]
pub(crate) struct Lease {
    territory: Territory,
    // Before the place in the line: whoever comes next finds the file gone.
    entry: Entry,
    place: Place,
    /// Taken while files are brought into the tree under this lease.
    landing: Arc<tokio::sync::Mutex<()>>,
}

/// Why there is no lease.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LeaseError {
    #[error("paths {wanted} are leased: {held} is being written{by}; wait for it, or name other paths")]
    Held {
        wanted: Territory,
        held: Territory,
        by: &'static str,
    },
    #[error(
        "paths {wanted} would be waited for for ever: {by} holds {held} itself; drop its desk, and every handle of that desk, first"
    )]
    WaitsForItself {
        wanted: Territory,
        held: Territory,
        by: Owner,
    },
    #[error("lease of {wanted} cannot be recorded: {source}")]
    Record { wanted: Territory, source: io::Error },
}

/// A place in this process's line.
#[derive(Debug)]
struct Place(Ticket);

impl Lease {
    /// Takes `territory` of the work tree `tree`, a canonical path; waits for those who are in the way, or fails: also
    /// where `owner` would wait for itself.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the line and frees what it had.
    pub(crate) async fn take(
        state: &StateDir,
        tree: &Path,
        territory: Territory,
        owner: &Owner,
        waits: bool,
    ) -> Result<Self, LeaseError> {
        let mut left = LEFT.subscribe();
        let place = Place(table().ask(tree, &territory, owner));
        loop {
            left.mark_unchanged();
            let (held, own) = {
                let table = table();
                let own = table.waits_for_itself(place.0);
                let own = own.map(|(held, by)| (held.clone(), by.clone()));
                (table.in_the_way(place.0).cloned(), own)
            };
            match held {
                None => break,
                Some(_) if waits && let Some((held, by)) = own => {
                    let wanted = territory;
                    return Err(LeaseError::WaitsForItself { wanted, held, by });
                }
                Some(_) if waits => {
                    // The sender is static: there is always one.
                    let _ = left.changed().await;
                }
                Some(held) => {
                    let (wanted, by) = (territory, " by this program");
                    return Err(LeaseError::Held { wanted, held, by });
                }
            }
        }
        let record = |source| LeaseError::Record {
            wanted: territory.clone(),
            source,
        };
        let register = Register::of(state, tree).map_err(record)?;
        let mut pause = PAUSE.0;
        loop {
            match register.take(&territory).map_err(record)? {
                Taken::Entry(entry) => {
                    return Ok(Self {
                        territory,
                        entry,
                        place,
                        landing: Arc::default(),
                    });
                }
                Taken::HeldBy(held) if !waits => {
                    let (wanted, by) = (territory, " by another program");
                    return Err(LeaseError::Held { wanted, held, by });
                }
                Taken::HeldBy(_) | Taken::Busy => {}
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    pub(crate) fn territory(&self) -> &Territory {
        &self.territory
    }

    /// Waits until nobody else brings files into the tree under this lease. What is there is compared, merged and
    /// replaced in steps, so whoever does that does it alone.
    pub(crate) async fn alone(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.landing).lock_owned().await
    }

    /// Says whether it was given back and is held until its writer is gone. Those who wait look again.
    pub(crate) fn linger(&self, lingers: bool) {
        table().linger(self.place.0, lingers);
        LEFT.send_modify(|count| *count += 1);
    }

    /// What others hold now of the same work tree, in this process and in others.
    pub(crate) fn others(&self, state: &StateDir, tree: &Path) -> Vec<Territory> {
        let register = Register::of(state, tree);
        register
            .and_then(|register| register.held_beside(&self.entry))
            .unwrap_or_default()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        table().leave(self.0);
        LEFT.send_modify(|count| *count += 1);
    }
}

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;
    use crate::ids::RunId;

    fn somebody() -> Owner {
        Owner::desk(RunId::fresh(), [].into())
    }

    fn at(path: &str) -> Territory {
        Territory::survey(Path::new("/no/such/tree"), [path]).expect("a path")
    }

    #[tokio::test]
    async fn lease_overlapping_waits_or_fails_and_a_drop_frees_it() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let state = StateDir::at(root.path().join("state"));
        let take =
            async |path: &str, waits| Lease::take(&state, root.path(), at(path), &somebody(), waits).await;
        let first = take("src", true).await.expect("it is free");
        let _apart = take("docs", false).await.expect("it lies apart");
        let refused = take("src/a", false).await.expect_err("it overlaps");
        assert!(
            refused.to_string().starts_with("paths src/a are leased: src"),
            "{refused}"
        );
        let mut waits = Box::pin(take("src/a", true));
        assert!((&mut waits).now_or_never().is_none());
        let mut behind = Box::pin(take("src", true));
        assert!((&mut behind).now_or_never().is_none());
        drop(first);
        let second = waits.await.expect("it was freed");
        assert!((&mut behind).now_or_never().is_none(), "one after the other");
        drop(second);
        behind.await.expect("it was freed");
    }

    #[tokio::test]
    async fn lease_a_waiter_that_is_dropped_is_in_nobodys_way() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let state = StateDir::at(root.path().join("state"));
        let take =
            async |path: &str, waits| Lease::take(&state, root.path(), at(path), &somebody(), waits).await;
        let _first = take("src", true).await.expect("it is free");
        let mut all = Box::pin(take(".", true));
        assert!((&mut all).now_or_never().is_none());
        assert!(take("docs", false).await.is_err(), "somebody waits for all");
        drop(all);
        take("docs", false).await.expect("nobody waits any more");
    }
}
