//! A pattern whose output is changed by a function.

use std::fmt;

use async_trait::async_trait;
use orch_core::{Cx, Pattern, Result};

/// See [`PatternExt::map`](crate::PatternExt::map).
#[derive(Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Map<P, F> {
    inner: P,
    f: F,
}

/// See [`PatternExt::try_map`](crate::PatternExt::try_map).
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
