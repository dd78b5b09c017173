//! One writer's seat: the lease, the place, and who is in it. The lease is not freed before its writer is gone.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::{Place, Use, Uses};
use crate::engine::{Engine, JobHandle};
use crate::isolation::Isolation;
use crate::job::Job;
use crate::lease::{Lease, Owner, Territory};
use crate::outcome::{FailClass, Failure, Outcome, Unfinished};
use crate::patch::{Patch, PatchError};
use crate::work_tree::named;

/// Where one writer works, and the right to.
#[derive(Debug)]
pub(crate) struct Seat {
    engine: Arc<dyn Engine>,
    // Before the lease: what is cleared away is cleared away under it.
    place: Place,
    lease: Mutex<Option<Arc<Lease>>>,
    territory: Territory,
    owner: Owner,
    sitting: Mutex<Vec<Sitting>>,
    /// When it was written here.
    uses: Uses,
    /// When a patch that was made here was brought into the user's tree.
    landings: Uses,
    /// Taken while the program itself writes here.
    hand: Arc<tokio::sync::Mutex<()>>,
}

/// The program's own hand at a seat. Whatever comes next there waits until it is dropped.
#[derive(Debug)]
pub(crate) struct Hand {
    seat: Arc<Seat>,
    _alone: OwnedMutexGuard<()>,
    /// In place: no patch of the same lease is brought in meanwhile.
    _in_tree: Option<OwnedMutexGuard<()>>,
}

impl Hand {
    /// Where it writes.
    pub(crate) fn stands(&self) -> PathBuf {
        self.seat.stands()
    }
}

/// A writer that was, or is about to be, submitted.
#[derive(Debug, Clone)]
struct Sitting {
    job: Job,
    handle: Option<Arc<dyn JobHandle>>,
    _use: Arc<Use>,
}

impl Seat {
    pub(crate) fn new(engine: Arc<dyn Engine>, place: Place, lease: Lease, owner: Owner) -> Self {
        Self {
            engine,
            place,
            territory: lease.territory().clone(),
            lease: Mutex::new(Some(Arc::new(lease))),
            owner,
            sitting: Mutex::default(),
            uses: Uses::default(),
            landings: Uses::default(),
            hand: Arc::default(),
        }
    }

    /// A seat of the same lease at another place, for who looks and does not write.
    pub(crate) fn beside(&self, place: Place) -> Self {
        Self {
            engine: Arc::clone(&self.engine),
            place,
            lease: Mutex::new(self.lease()),
            territory: self.territory.clone(),
            owner: self.owner.clone(),
            sitting: Mutex::default(),
            uses: Uses::default(),
            landings: Uses::default(),
            hand: Arc::default(),
        }
    }

    /// What may be written here.
    pub(crate) fn territory(&self) -> &Territory {
        &self.territory
    }

    /// Frees the lease, whoever still has the seat: its run has ended.
    pub(super) fn release(&self) {
        let lease = self.lease.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(lease);
    }

    /// The lease; none when the run has ended.
    fn lease(&self) -> Option<Arc<Lease>> {
        self.lease.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says whether the desk was given back and its writer is yet to go.
    pub(super) fn linger(&self, lingers: bool) {
        if let Some(lease) = self.lease() {
            lease.linger(lingers);
        }
    }

    /// Where the worker stands.
    pub(crate) fn stands(&self) -> PathBuf {
        self.place.stands()
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Says that `job` is about to be submitted.
    pub(crate) fn sit(&self, job: &Job) {
        let job = job.clone();
        let sitting = Sitting {
            job,
            handle: None,
            _use: Arc::new(self.uses.begin()),
        };
        self.sitting().push(sitting);
    }

    /// Says that it was submitted.
    pub(crate) fn took_off(&self, taken: &Arc<dyn JobHandle>) {
        if let Some(sitting) = self.sitting().last_mut() {
            sitting.handle = Some(Arc::clone(taken));
        }
    }

    /// Says that the writer is gone and reported.
    pub(crate) fn left(&self) {
        self.sitting().clear();
    }

    /// When it was written here, by whomever of the run.
    pub(crate) fn uses(&self) -> &Uses {
        &self.uses
    }

    /// When the run itself wrote the territory of the user's tree: its writers, where they stand there, and its patches.
    pub(crate) fn uses_of_the_users_tree(&self) -> Vec<Uses> {
        let in_place = self.is_in_place().then_some(&self.uses);
        in_place.into_iter().chain([&self.landings]).cloned().collect()
    }

    pub(crate) fn is_in_place(&self) -> bool {
        self.place.isolation() == Isolation::InPlace
    }

    /// Whether a writer may still be at work.
    pub(crate) fn is_taken(&self) -> bool {
        !self.sitting().is_empty()
    }

    /// The right to write here in the program's own name; keeps the seat as long as it lives.
    pub(crate) async fn hand(self: &Arc<Self>) -> Hand {
        let alone = Arc::clone(&self.hand).lock_owned().await;
        let in_tree = match self.lease().filter(|_| self.is_in_place()) {
            Some(lease) => Some(lease.alone().await),
            None => None,
        };
        Hand {
            seat: Arc::clone(self),
            _alone: alone,
            _in_tree: in_tree,
        }
    }

    /// Ends the writer that nobody waits for any more and waits until it is gone; so with the program's own hand.
    pub(crate) async fn empty(&self) {
        drop(self.hand.lock().await);
        loop {
            let first = self.sitting().first().cloned();
            let Some(Sitting { job, handle, .. }) = first else {
                return;
            };
            let handle = match handle {
                Some(handle) => Ok(handle),
                // It may have been started: submitting is idempotent, and then it can be ended.
                None => self.engine.submit(&job).await,
            };
            // An engine that cannot be reached says nothing more about it, however long it is waited for.
            if let Ok(handle) = handle {
                handle.cancel();
                let _ = handle.wait().await;
            }
            self.sitting().retain(|other| other.job.id != job.id);
        }
    }

    /// What became of a writer once it is looked at what it wrote beside its paths.
    pub(crate) async fn judged<T>(&self, outcome: Outcome<T>) -> Outcome<T> {
        if let Outcome::Unfinished(Unfinished::Cancelled | Unfinished::NotStarted(_)) = outcome {
            return outcome;
        }
        let fail =
            |class, detail: String| Outcome::Unfinished(Unfinished::Failed(Failure::new(class, detail)));
        match self
            .place
            .trespasses(&self.territory, self.lease().as_deref())
            .await
        {
            Ok(paths) if paths.is_empty() => outcome,
            Ok(paths) => {
                let detail = format!("a writer of {} also changed {}", self.territory(), named(&paths));
                fail(FailClass::ScopeViolation, detail)
            }
            Err(trouble) => {
                let doing = "what the writer changed cannot be looked at";
                match trouble.refusal(doing) {
                    Ok(refusal) => fail(FailClass::MachineRefused, refusal.to_string()),
                    Err(why) => fail(FailClass::Other, format!("{doing}: {why}")),
                }
            }
        }
    }

    /// What the writers here did since the desk was taken.
    pub(crate) async fn patch(&self) -> Result<Patch, PatchError> {
        let failed = |trouble| PatchError::of_git("ls-files", trouble);
        let changes = self.place.changes(self.territory()).await.map_err(failed)?;
        let left_out = self.place.strays(self.territory()).await.map_err(failed)?;
        let lease = self.lease().as_ref().map(Arc::downgrade).unwrap_or_default();
        let landings = self.landings.clone();
        let origin = self
            .place
            .origin(self.territory().clone(), self.owner.merge(), lease, landings);
        Patch::of(origin, changes, left_out).await
    }

    fn sitting(&self) -> MutexGuard<'_, Vec<Sitting>> {
        self.sitting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
