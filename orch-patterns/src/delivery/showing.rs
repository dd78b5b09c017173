//! A writer's patch, to be looked at: by each who looks in a place of its own.

use orch_core::{Cx, Desk, Error, FailClass, Failure, NotStarted, Patch, Result, Unfinished};

/// What is looked at in one round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Showing<'a> {
    desk: &'a Desk,
    patch: &'a Patch,
    round: usize,
    closes: bool,
}

impl<'a> Showing<'a> {
    pub(super) fn new(desk: &'a Desk, patch: &'a Patch, round: usize) -> Self {
        Self {
            desk,
            patch,
            round,
            closes: false,
        }
    }

    /// The same as the closing step.
    pub(super) fn closing(self) -> Self {
        Self { closes: true, ..self }
    }

    /// Has `by` look, at a place that nobody has been to. Who would exceed the budget looks as the closing step, and so do
    /// all after it. The inner error: nobody found anything out, and why.
    ///
    /// # Errors
    /// [`Error::Halt`] alone.
    pub(super) async fn look<T, F>(&mut self, by: impl Fn(Cx) -> F) -> Result<Result<T, Unfinished>>
    where
        F: Future<Output = Result<T>>,
    {
        loop {
            let cx = match self.place().await? {
                Ok(cx) => cx,
                Err(why) => return Ok(Err(why)),
            };
            match by(cx).await {
                Ok(found) => return Ok(Ok(found)),
                Err(Error::Unfinished(why)) if is_over_budget(&why) && !self.closes => self.closes = true,
                Err(Error::Unfinished(why)) => return Ok(Err(why)),
                Err(halt) => return Err(halt),
            }
        }
    }

    async fn place(&self) -> Result<Result<Cx, Unfinished>> {
        let shown = match self.desk.show(self.patch).await {
            Ok(shown) => shown,
            Err(Error::Unfinished(why)) => return Ok(Err(why)),
            Err(halt) => return Err(halt),
        };
        // What would be applied is not what was written.
        if let Some(conflict) = shown.conflicts.first() {
            let why = format!("the work tree was changed in the same places meanwhile, first {conflict}");
            return Ok(Err(Unfinished::Failed(Failure::new(FailClass::Other, why))));
        }
        let cx = shown.cx.child(format!("round {}", self.round));
        Ok(Ok(if self.closes { cx.closing_step() } else { cx }))
    }
}

fn is_over_budget(why: &Unfinished) -> bool {
    matches!(why, Unfinished::NotStarted(NotStarted::OverBudget { .. }))
}
