//! A pattern that has only so much time.

use std::time::Duration;

use async_trait::async_trait;
use orch_core::{Cx, FailClass, Failure, Needs, Pattern, Result, Unfinished};

/// The pattern, for at most so long. See [`PatternExt::timeout`](crate::PatternExt::timeout).
///
/// When to use it: a step of several workers that is of use only soon. A single worker has its own
/// [limits](orch_core::Limits), which count from when it starts; this time also counts what is spent waiting for
/// places, desks and retries.
///
/// ```
/// use std::time::Duration;
/// use orch_patterns::prelude::*;
///
/// let search: Worker<String, String> = Worker::new(|topic: &String| Brief::new(format!("Find out about {topic}.")));
/// let without = step(|_cx: Cx, topic: String| async move { Ok(format!("Nothing is known of {topic} yet.")) });
/// let notes = search.timeout(Duration::from_secs(300)).fallback(without);
/// ```
///
/// - **Step keys**: adds nothing.
/// - **Failure**: unfinished, of class [`FailClass::TotalTimeout`], when it is late. That is not transient: work that
///   does not fit into its time would not fit the next time either.
/// - **Cancel**: being late is the same as being dropped: every worker beneath is told to end at once, its place is
///   free when its process is gone, and the run does not return before.
/// - **Cost**: the workers of the pattern, also when it is late: what they have used by then is spent.
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Timeout<P> {
    inner: P,
    after: Duration,
}

impl<P> Timeout<P> {
    pub(crate) fn new(inner: P, after: Duration) -> Self {
        Self { inner, after }
    }
}

#[async_trait]
impl<P: Pattern> Pattern for Timeout<P> {
    type In = P::In;
    type Out = P::Out;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<P::Out> {
        let late = |_| {
            let detail = format!(
                "not done within {:?}; give it more time, or less to do",
                self.after
            );
            Unfinished::Failed(Failure::new(FailClass::TotalTimeout, detail))
        };
        let in_time = tokio::time::timeout(self.after, self.inner.run(cx, input)).await;
        in_time.map_err(late)?
    }

    fn needs(&self, needs: &mut Needs) {
        self.inner.needs(needs);
    }
}
