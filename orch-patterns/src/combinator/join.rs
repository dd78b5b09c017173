//! Two patterns at once on the same input.

use async_trait::async_trait;
use futures::future::try_join;
use orch_core::{Cx, Needs, Pattern, Result};

/// Both patterns at once, each on a clone of the input; gives both outputs. See
/// [`PatternExt::join`](crate::PatternExt::join).
///
/// When to use it: two different questions about the same thing, and both answers are needed. Where one answer of
/// several is enough there is [`race`](crate::PatternExt::race); where some may be missing,
/// [`several`](crate::several).
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let risks: Worker<String, String> = Worker::new(|topic: &String| Brief::new(format!("Risks of {topic}?")));
/// let gains: Worker<String, String> = Worker::new(|topic: &String| Brief::new(format!("Gains of {topic}?")));
/// let both = risks.join(gains).map(|(risks, gains): (String, String)| format!("{gains}\n\nBut: {risks}"));
/// ```
///
/// - **Step keys**: the first stands under `0`, the other under `1`.
/// - **Failure**: when one is unfinished the whole is, at once, and the other is cancelled. A halt ends both.
/// - **Cancel**: dropping it cancels both.
/// - **Cost**: the workers of both, also when one fails soon: what the other has used by then is spent.
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Join<A, B> {
    first: A,
    other: B,
}

impl<A, B> Join<A, B> {
    pub(crate) fn new(first: A, other: B) -> Self {
        Self { first, other }
    }
}

#[async_trait]
impl<A, B> Pattern for Join<A, B>
where
    A: Pattern,
    B: Pattern<In = A::In>,
    A::In: Clone,
{
    type In = A::In;
    type Out = (A::Out, B::Out);

    async fn run(&self, cx: &Cx, input: A::In) -> Result<Self::Out> {
        let (here, there) = (cx.child("0"), cx.child("1"));
        try_join(
            self.first.run(&here, input.clone()),
            self.other.run(&there, input),
        )
        .await
    }

    fn needs(&self, needs: &mut Needs) {
        self.first.needs(needs);
        self.other.needs(needs);
    }
}
