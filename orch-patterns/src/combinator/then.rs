//! One pattern after another.

use async_trait::async_trait;
use orch_core::{Cx, Pattern, Result};

/// See [`PatternExt::then`](crate::PatternExt::then).
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Then<A, B> {
    first: A,
    next: B,
}

impl<A, B> Then<A, B> {
    pub(crate) fn new(first: A, next: B) -> Self {
        Self { first, next }
    }
}

#[async_trait]
impl<A: Pattern, B: Pattern<In = A::Out>> Pattern for Then<A, B> {
    type In = A::In;
    type Out = B::Out;

    async fn run(&self, cx: &Cx, input: A::In) -> Result<B::Out> {
        let between = self.first.run(cx, input).await?;
        self.next.run(cx, between).await
    }
}
