//! What a pattern is: a value with an async `run`, from an input to an output.
//!
//! The trait stands here because the orchestrator runs patterns; the combinators and the ready-made patterns are in
//! `orch-patterns`.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::cx::Cx;
use crate::deliverable::Deliverable;
use crate::error::Result;
use crate::needs::Needs;
use crate::worker::Worker;

/// A composable step of orchestration.
///
/// # Cancel safety
/// Dropping the future of [`Pattern::run`] cancels every worker under it.
#[async_trait]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub trait Pattern: Send + Sync {
    /// What it takes.
    type In: Send + 'static;
    /// What it gives.
    type Out: Send + 'static;

    /// Runs it once.
    ///
    /// # Errors
    /// [`Error::Unfinished`](crate::Error::Unfinished) when a worker that it needed did not deliver,
    /// [`Error::Halt`](crate::Error::Halt) when the run is over.
    async fn run(&self, cx: &Cx, input: Self::In) -> Result<Self::Out>;

    /// Says what is known, before it runs, that it needs: the agents that its workers name. An orchestrator refuses a pattern
    /// whose agents it does not have, before anybody is paid. Nothing, unless said: whom a closure asks is not known.
    ///
    /// ```
    /// use orch_core::{Cx, Needs, Pattern, Result, Worker};
    ///
    /// struct Twice(Worker<String, String>);
    ///
    /// # #[async_trait::async_trait]
    /// impl Pattern for Twice {
    ///     type In = String;
    ///     type Out = String;
    ///
    ///     async fn run(&self, cx: &Cx, input: String) -> Result<String> {
    ///         let first = cx.read(&self.0, &input).await?;
    ///         cx.read(&self.0, &first).await
    ///     }
    ///
    ///     fn needs(&self, needs: &mut Needs) {
    ///         needs.worker(&self.0);
    ///     }
    /// }
    /// ```
    fn needs(&self, needs: &mut Needs) {
        let _ = needs;
    }
}

#[async_trait]
impl<I: Send + 'static, T: Deliverable> Pattern for Worker<I, T> {
    type In = I;
    type Out = T;

    async fn run(&self, cx: &Cx, input: I) -> Result<T> {
        let reading = cx.read(self, &input);
        reading.await
    }

    fn needs(&self, needs: &mut Needs) {
        needs.worker(self);
    }
}

#[async_trait]
impl<P: Pattern + ?Sized> Pattern for Arc<P> {
    type In = P::In;
    type Out = P::Out;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<P::Out> {
        (**self).run(cx, input).await
    }

    fn needs(&self, needs: &mut Needs) {
        (**self).needs(needs);
    }
}

#[async_trait]
impl<P: Pattern + ?Sized> Pattern for Box<P> {
    type In = P::In;
    type Out = P::Out;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<P::Out> {
        (**self).run(cx, input).await
    }

    fn needs(&self, needs: &mut Needs) {
        (**self).needs(needs);
    }
}

#[async_trait]
impl<P: Pattern + ?Sized> Pattern for &P {
    type In = P::In;
    type Out = P::Out;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<P::Out> {
        (**self).run(cx, input).await
    }

    fn needs(&self, needs: &mut Needs) {
        (**self).needs(needs);
    }
}

/// A pattern whose type was given up says only that it is one, so that what holds it can be shown.
impl<I, O> fmt::Debug for dyn Pattern<In = I, Out = O> + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dyn Pattern")
    }
}
