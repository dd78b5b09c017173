//! A pattern whose output somebody looks at.

use std::fmt;

use async_trait::async_trait;
use orch_core::{Cx, Needs, Pattern, Result};

/// The pattern, with a look at its output on the way. See [`PatternExt::tap`](crate::PatternExt::tap).
///
/// When to use it: to print, count or keep what passes between two steps. It cannot change or refuse anything: that is
/// [`map`](crate::PatternExt::map), [`try_map`](crate::PatternExt::try_map) or [`gate`](crate::PatternExt::gate). It
/// sees outputs only; what workers do meanwhile is an [`Observer`](orch_core::Observer)'s to see.
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let outline: Worker<String, String> = Worker::new(|topic: &String| Brief::new(format!("Outline {topic}.")));
/// let write: Worker<String, String> = Worker::new(|outline: &String| Brief::new(format!("Write out {outline}.")));
/// let article = outline.tap(|outline: &String| eprintln!("{outline}")).then(write);
/// ```
///
/// - **Step keys**: adds nothing.
/// - **Failure**: is passed on unseen.
/// - **Cancel**: as the pattern alone. The closure blocks the run while it looks.
/// - **Cost**: none.
#[derive(Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Tap<P, F> {
    inner: P,
    look: F,
}

impl<P, F> Tap<P, F> {
    pub(crate) fn new(inner: P, look: F) -> Self {
        Self { inner, look }
    }
}

#[async_trait]
impl<P, F> Pattern for Tap<P, F>
where
    P: Pattern,
    F: Fn(&P::Out) + Send + Sync,
{
    type In = P::In;
    type Out = P::Out;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<P::Out> {
        self.inner.run(cx, input).await.inspect(&self.look)
    }

    fn needs(&self, needs: &mut Needs) {
        self.inner.needs(needs);
    }
}

impl<P: fmt::Debug, F> fmt::Debug for Tap<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tap")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
