//! A pattern whose output is changed by a function.

use std::fmt;

use async_trait::async_trait;
use orch_core::{Cx, Needs, Pattern, Result};

/// The pattern, with its output changed by a function. See [`PatternExt::map`](crate::PatternExt::map).
///
/// When to use it: for what a few lines of code decide. What has to wait for something is a [`step`](crate::step()).
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let ask: Worker<String, String> = Worker::new(|question: &String| Brief::new(question.clone()));
/// let lines = ask.map(|answer: String| answer.lines().count());
/// ```
///
/// - **Step keys**: adds nothing.
/// - **Failure**: is passed on unseen.
/// - **Cancel, cost**: as the pattern alone. The function blocks the run while it works.
#[derive(Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Map<P, F> {
    inner: P,
    f: F,
}

/// The pattern, with its output changed by a function that may fail. See
/// [`PatternExt::try_map`](crate::PatternExt::try_map).
///
/// When to use it: to check or parse an answer. [`Error::failed`](orch_core::Error::failed) makes the pattern
/// unfinished, which `retry_when`, `fallback` and the gathering combinators act on. All else is as [`Map`].
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let ask: Worker<String, String> = Worker::new(|question: &String| Brief::new(question.clone()));
/// let number = ask.try_map(|answer: String| answer.trim().parse::<u32>().map_err(Error::failed));
/// ```
#[derive(Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct TryMap<P, F> {
    inner: P,
    f: F,
}

impl<P, F> Map<P, F> {
    pub(crate) fn new(inner: P, f: F) -> Self {
        Self { inner, f }
    }
}

impl<P, F> TryMap<P, F> {
    pub(crate) fn new(inner: P, f: F) -> Self {
        Self { inner, f }
    }
}

#[async_trait]
impl<P, O, F> Pattern for Map<P, F>
where
    P: Pattern,
    O: Send + 'static,
    F: Fn(P::Out) -> O + Send + Sync,
{
    type In = P::In;
    type Out = O;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<O> {
        self.inner.run(cx, input).await.map(&self.f)
    }

    fn needs(&self, needs: &mut Needs) {
        self.inner.needs(needs);
    }
}

#[async_trait]
impl<P, O, F> Pattern for TryMap<P, F>
where
    P: Pattern,
    O: Send + 'static,
    F: Fn(P::Out) -> Result<O> + Send + Sync,
{
    type In = P::In;
    type Out = O;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<O> {
        self.inner.run(cx, input).await.and_then(&self.f)
    }

    fn needs(&self, needs: &mut Needs) {
        self.inner.needs(needs);
    }
}

impl<P: fmt::Debug, F> fmt::Debug for Map<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl<P: fmt::Debug, F> fmt::Debug for TryMap<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryMap")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
