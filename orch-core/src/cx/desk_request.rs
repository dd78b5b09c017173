//! Asking for a desk: its paths are checked, its lease is taken, its place is made.

use std::fmt;
use std::future::IntoFuture;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use futures::future::BoxFuture;

use super::desk::Desk;
use super::run::Run;
use crate::desk::{Place, Seat, Uses, clear};
use crate::error::{Error, Halt, Result};
use crate::event::EventKind;
use crate::ids::Digest;
use crate::isolation::Isolation;
use crate::lease::{Lease, LeaseError, Owner, Territory};
use crate::limits::Purse;
use crate::outcome::{NotStarted, Unfinished};
use crate::patch::{Origin, Patch};
use crate::refusal::Trouble;

/// A desk that was asked for. Awaiting it takes the desk.
///
/// # Errors
/// [`Halt::Misuse`] when a path is absolute, has a `..`, a zero byte or a link in it, or lies in `.git`; when this step, a
/// step above or one beneath it has a desk already (it could wait for itself: steps side by side take a
/// [`Cx::child`](super::Cx::child) each), or kept a handle of one ([`Desk::cx`]) and would wait for that; when steps of the
/// run would wait for each other; when there is a repository that git does not read; or when the isolation that was asked
/// for cannot be had.
/// [`NotStarted::Leased`] when the paths are taken and it was to fail then. [`NotStarted::MachineRefused`] when the
/// machine has no place for it: the disk is full, git is missing. Other steps may go on.
///
/// # Cancel safety
/// Dropping the future gives back what it had.
#[must_use = "a desk is taken when it is awaited"]
pub struct DeskRequest {
    run: Arc<Run>,
    path: Arc<[String]>,
    base: Option<Digest>,
    purse: Purse,
    paths: Vec<PathBuf>,
    waits: bool,
    isolation: Option<Isolation>,
    /// Whether the handle that asks is one of a desk: it holds that desk's lease.
    at_desk: bool,
}

impl DeskRequest {
    pub(super) fn new(
        run: Arc<Run>,
        path: Arc<[String]>,
        base: Option<Digest>,
        purse: Purse,
        paths: Vec<PathBuf>,
        at_desk: bool,
    ) -> Self {
        Self {
            run,
            path,
            base,
            purse,
            paths,
            waits: true,
            isolation: None,
            at_desk,
        }
    }

    /// Fails when somebody else writes, or waits for, an overlapping path, instead of waiting. Askers of one process
    /// wait in the order in which they came; between processes there is no order.
    pub fn or_fail(mut self) -> Self {
        self.waits = false;
        self
    }

    /// Says where the writers of this desk stand.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.isolation = Some(isolation);
        self
    }

    /// The paths that would be leased, as [`Desk::paths`] names them; nothing is taken and nobody is waited for. For whoever
    /// hands out several desks and wants to know beforehand that each can be had and that none overlaps another.
    ///
    /// # Errors
    /// [`Halt::Misuse`] when a path cannot be leased, for the reasons that taking the desk has.
    pub fn survey(&self) -> Result<Vec<PathBuf>> {
        Ok(self.territory()?.paths().to_vec())
    }

    /// The patch of a desk of these paths at which nothing was done: for whoever has to hand one out where the desk itself
    /// could not be had. Nothing is taken and nobody is waited for.
    ///
    /// # Errors
    /// As [`DeskRequest::survey`].
    pub fn nothing(&self) -> Result<Patch> {
        let territory = self.territory()?;
        let owner = Owner::desk(self.run.id(), Arc::clone(&self.path));
        Ok(Patch::nothing(Origin {
            state: self.run.config.state.clone(),
            work_tree: self.run.work_tree().to_owned(),
            territory,
            owner: owner.merge(),
            head: None,
            in_place: false,
            lease: Weak::new(),
            landings: Uses::default(),
        }))
    }

    fn territory(&self) -> Result<Territory, Halt> {
        if self.at_desk {
            let why = "desk was asked for through the handle of another desk, which keeps its paths: ask through the step's own";
            return Err(Halt::Misuse(why.to_owned()));
        }
        Territory::survey(self.run.work_tree(), &self.paths)
            .map_err(|error| Halt::Misuse(format!("desk cannot be taken: {error}")))
    }

    async fn take(self) -> Result<Desk> {
        let territory = self.territory();
        let Self {
            run,
            path,
            base,
            purse,
            paths: _,
            waits,
            isolation,
            at_desk: _,
        } = self;
        let misuse = |what: String| Error::Halt(Halt::Misuse(what));
        let territory = territory?;
        run.is_open()?;
        if run.is_cancelled() {
            return Err(Halt::Cancelled.into());
        }
        let step = run.desks.enter(&path).map_err(|other| {
            let (own, other) = (named(&path), named(&other));
            misuse(format!(
                "desk of {territory} was asked for by {own} while {other} has one or waits for one: give that back first, or take a child for each"
            ))
        })?;
        let owner = Owner::desk(run.id(), Arc::clone(&path));
        let lease = {
            let taking = Lease::take(
                &run.config.state,
                run.work_tree(),
                territory.clone(),
                &owner,
                waits,
            );
            let mut taking = std::pin::pin!(taking);
            loop {
                tokio::select! {
                    biased;
                    () = run.cancelled() => return Err(Halt::Cancelled.into()),
                    lease = &mut taking => break lease,
                    // A writer whose future was dropped may be in the way until it is gone.
                    () = run.desks.see_one_off() => {}
                }
            }
        };
        let lease = lease.map_err(|error| match error {
            LeaseError::Held { .. } => {
                Error::Unfinished(Unfinished::NotStarted(NotStarted::Leased(error.to_string())))
            }
            LeaseError::WaitsForItself { .. } => misuse(error.to_string()),
            LeaseError::Record { wanted, source } => {
                let trouble = Trouble::of_ours(run.config.state.path(), &source);
                no_place(trouble, &format!("lease of {wanted} cannot be recorded"))
            }
        })?;
        let config = &run.config;
        let cannot = |trouble| no_place(trouble, &format!("desk of {territory} cannot be made"));
        clear(&lease, run.work_tree()).await.map_err(cannot)?;
        let room = run.desks.room(&config.state, run.id()).map_err(cannot)?;
        let place = Place::furnish(
            &config.state,
            room,
            run.work_tree(),
            &territory,
            isolation,
            config.many,
        );
        let place = place.await.map_err(cannot)?;
        place.await_writer(&territory).map_err(cannot)?;
        let isolation = place.isolation();
        let seat = Arc::new(Seat::new(Arc::clone(&config.engine), place, lease, owner));
        run.desks.seated(&seat);
        // From here on a drop says that the desk was given back, so it must have been recorded that it was taken.
        let kind = EventKind::DeskTaken {
            path: path.to_vec(),
            paths: territory.to_string(),
            isolation,
        };
        run.emit(kind).await?;
        run.desks.taken(&seat);
        Ok(Desk::new(run, path, base, purse, seat, step))
    }
}

impl IntoFuture for DeskRequest {
    type Output = Result<Desk>;
    type IntoFuture = BoxFuture<'static, Result<Desk>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.take())
    }
}

impl fmt::Debug for DeskRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeskRequest")
            .field("paths", &self.paths)
            .field("waits", &self.waits)
            .field("isolation", &self.isolation)
            .finish_non_exhaustive()
    }
}

/// Why there is no desk, or no place beside one. What the machine refuses ends this work alone; the rest is the program's
/// own doing.
pub(super) fn no_place(trouble: Trouble, doing: &str) -> Error {
    match trouble.refusal(doing) {
        Ok(refusal) => Unfinished::NotStarted(NotStarted::MachineRefused(refusal)).into(),
        Err(why) => Halt::Misuse(format!("{doing}: {why}")).into(),
    }
}

fn named(path: &[String]) -> String {
    if path.is_empty() {
        "the run itself".to_owned()
    } else {
        format!("step {}", path.join("/"))
    }
}
