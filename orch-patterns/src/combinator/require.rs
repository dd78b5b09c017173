//! A covered output, opened by a quorum.

use async_trait::async_trait;
use orch_core::{Covered, Cx, Needs, Pattern, Quorum, Result};

/// The pattern's covered output, opened by a quorum. See [`PatternExt::require`](crate::PatternExt::require).
///
/// When to use it: after a gathering combinator, to say how many answers make a result. To look at who is missing
/// first, [`map`](crate::PatternExt::map) the [`Covered`] itself.
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let review = ReviewFanout::new([Lens::Correctness, Lens::Security]).require(Quorum::at_least(1));
/// ```
///
/// - **Step keys**: adds nothing.
/// - **Failure**: unfinished when the quorum is missed; the reason names everybody who is missing, and why.
/// - **Cancel, cost**: as the pattern alone.
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

    fn needs(&self, needs: &mut Needs) {
        self.inner.needs(needs);
    }
}
