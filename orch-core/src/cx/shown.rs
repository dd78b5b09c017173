//! What a patch makes of the user's tree, in a place where no writer ever stood.

use std::sync::Arc;

use super::Cx;
use super::desk::Desk;
use super::desk_request::no_place;
use crate::desk::{Place, Seat};
use crate::error::Result;
use crate::isolation::Isolation;
use crate::patch::{Conflict, Patch};

/// A patch as it stands in the user's tree, to be looked at before it is applied. See [`Desk::show`].
#[derive(Debug)]
#[must_use = "what is shown is for somebody to look at"]
#[non_exhaustive]
pub struct Shown {
    /// A handle whose readers and checks stand there. The patch is in its base: what a reader says here is said of this
    /// patch, and when the run is taken up again nobody is spared the question for having answered it of another.
    pub cx: Cx,
    /// The files that are not shown, since somebody changed the same places of the user's tree meanwhile.
    pub conflicts: Vec<Conflict>,
}

impl Desk {
    /// Shows what `patch` makes of the user's tree: a private copy of the tree as it is now, with the files of the patch
    /// in it and nothing else that a writer left. What was changed beside the desk's paths, and what the tree's rules
    /// ignore, is not there; so who looks here sees what will be applied, and not the place of whoever wrote it.
    ///
    /// Each call makes a place of its own, which lives as long as the handle in [`Shown`] and what was made of it. Code of
    /// the writer's runs in every check of it, and could leave something for whoever looks next: so nobody looks where
    /// somebody else did, unless you hand the same [`Shown`] to both. What a check builds is built anew in the next place;
    /// commands that are to share it are one check. A desk in place has no other place: there it is the user's tree itself.
    ///
    /// # Errors
    /// [`NotStarted::MachineRefused`](crate::NotStarted::MachineRefused) when the machine has no place for it,
    /// [`Halt::Misuse`](crate::Halt::Misuse) when it cannot be made for another reason; `Failed` when a file cannot be read
    /// or written.
    ///
    /// # Cancel safety
    /// Dropped half-way, nothing is left of the place; the next call begins anew.
    pub async fn show(&self, patch: &Patch) -> Result<Shown> {
        self.run.is_open()?;
        // A writer whose future was dropped, which could still reach the place beside its own.
        self.seat.empty().await;
        let base = Some(patch.base_on(self.base));
        if self.isolation() == Isolation::InPlace {
            let cx = Cx::at_desk(&self.run, &self.path, base, self.purse, &self.seat);
            let conflicts = Vec::new();
            return Ok(Shown { cx, conflicts });
        }
        let seat = self.furnish_show().await?;
        let conflicts = patch.bring_to(&seat.stands(), Arc::clone(&seat)).await?;
        let cx = Cx::at_desk(&self.run, &self.path, base, self.purse, &seat);
        Ok(Shown { cx, conflicts })
    }

    async fn furnish_show(&self) -> Result<Arc<Seat>> {
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
        Ok(seat)
    }
}
