//! What a patch makes of the user's tree, in a place where no writer ever stood.

use std::sync::Arc;

use super::Cx;
use super::desk::Desk;
use super::desk_request::no_place;
use crate::beneath::Beneath;
use crate::desk::{Place, Seat};
use crate::error::Result;
use crate::isolation::Isolation;
use crate::patch::{Conflict, Patch, PatchError};

/// A patch as it stands in the user's tree, to be looked at before it is applied. See [`Desk::show`].
#[derive(Debug)]
#[must_use = "what is shown is for somebody to look at"]
#[non_exhaustive]
pub struct Shown {
    /// A handle whose readers and checks stand there.
    pub cx: Cx,
    /// The files that are not shown, since somebody changed the same places of the user's tree meanwhile.
    pub conflicts: Vec<Conflict>,
}

impl Desk {
    /// Shows what `patch` makes of the user's tree: a private copy of the tree as it is now, with the files of the patch
    /// in it and nothing else that a writer left. What was changed beside the desk's paths, and what the tree's rules
    /// ignore, is not there; so who looks here sees what will be applied, and not the place of whoever wrote it.
    ///
    /// The place is made with the first call and kept while the desk lives, so what a check builds there is built once.
    /// At each further call the desk's paths are put back and the patch's files come in. A desk in place has no other
    /// place: there it is the user's tree itself.
    ///
    /// # Errors
    /// [`NotStarted::MachineRefused`](crate::NotStarted::MachineRefused) when the machine has no place for it,
    /// [`Halt::Misuse`](crate::Halt::Misuse) when it cannot be made for another reason; `Failed` when a file cannot be read
    /// or written.
    ///
    /// # Cancel safety
    /// Dropped half-way, the next call begins anew.
    pub async fn show(&mut self, patch: &Patch) -> Result<Shown> {
        self.run.is_open()?;
        if self.isolation() == Isolation::InPlace {
            let (cx, conflicts) = (self.cx(), Vec::new());
            return Ok(Shown { cx, conflicts });
        }
        let seat = match &self.showing {
            Some(seat) => Arc::clone(seat),
            None => self.furnish_show().await?,
        };
        put_back(&seat).await?;
        let conflicts = patch.bring_to(&seat.stands(), Arc::clone(&seat)).await?;
        let cx = Cx::at_desk(&self.run, &self.path, self.base, self.purse, &seat);
        Ok(Shown { cx, conflicts })
    }

    async fn furnish_show(&mut self) -> Result<Arc<Seat>> {
        let config = &self.run.config;
        let territory = self.seat.territory();
        let cannot = |trouble| {
            let doing = format!("a place to look at the patch of {territory} cannot be made");
            no_place(trouble, &doing)
        };
        let room = self
            .run
            .desks
            .room(&config.state, self.run.id())
            .map_err(cannot)?;
        let place = Place::furnish(
            &config.state,
            room,
            self.run.work_tree(),
            territory,
            Some(Isolation::Clone),
            config.many,
        );
        let place = place.await.map_err(cannot)?;
        let seat = Arc::new(self.seat.beside(place));
        self.run.desks.seated(&seat);
        self.showing = Some(Arc::clone(&seat));
        Ok(seat)
    }
}

/// Undoes, in the desk's paths, what earlier patches and checks left there.
async fn put_back(seat: &Seat) -> Result<(), PatchError> {
    let changes = seat.place().changes(seat.territory()).await;
    let changes = changes.map_err(|trouble| PatchError::of_git("ls-files", trouble))?;
    let stands = seat.stands();
    let root = stands.clone();
    let back = move || {
        let tree = Beneath::open(&root).map_err(|error| (root.clone(), error))?;
        for change in changes {
            let put = match &change.before {
                Some(leaf) => tree.put(&change.path, leaf),
                None => tree.remove(&change.path),
            };
            put.map_err(|error| (change.path, error))?;
        }
        Ok(())
    };
    let done = tokio::task::spawn_blocking(back).await;
    let done = done.unwrap_or(Ok(()));
    done.map_err(|(path, source)| PatchError::of_file(&stands, path, source))
}
