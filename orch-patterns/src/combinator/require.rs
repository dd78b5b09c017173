//! A covered output, opened by a quorum.

use async_trait::async_trait;
use orch_core::{Covered, Cx, Pattern, Quorum, Result};

/// See [`PatternExt::require`](crate::PatternExt::require).
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Require<P> {
    inner: P,
    quorum: Quorum,
}

impl<P> Require<P> {
    pub(crate) fn new(inner: P, quorum: Quorum) -> Self {
        Self { inner, quorum }
    }
}

#[async_trait]
impl<C: Send + 'static, P: Pattern<Out = Covered<C>>> Pattern for Require<P> {
    type In = P::In;
    type Out = C;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<C> {
        self.inner.run(cx, input).await?.require(self.quorum)
    }
}
