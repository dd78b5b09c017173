//! One pattern after another.

use async_trait::async_trait;
use orch_core::{Cx, Needs, Pattern, Result};

/// One pattern, then another on its output. See [`PatternExt::then`](crate::PatternExt::then).
///
/// When to use it: wherever one step needs what the other made.
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let outline: Worker<String, String> = Worker::new(|topic: &String| Brief::new(format!("Outline {topic}.")));
/// let write: Worker<String, String> = Worker::new(|outline: &String| Brief::new(format!("Write out {outline}.")));
/// let article = outline.then(write);
/// ```
///
/// - **Step keys**: adds nothing: `a.then(b).then(c)` and `a.then(b.then(c))` are the same work.
/// - **Failure**: the first that is unfinished or halts is the end; what comes after it does not run.
/// - **Cancel**: dropping it cancels the one that runs.
/// - **Cost**: the workers of both.
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

    fn needs(&self, needs: &mut Needs) {
        self.first.needs(needs);
        self.next.needs(needs);
    }
}
