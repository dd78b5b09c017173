//! A pattern that is run again when it did not deliver.

use std::fmt;

use async_trait::async_trait;
use orch_core::{Cx, Error, Needs, Pattern, Result, Retry, Unfinished};

/// The pattern, run again on the same input while it is unfinished and its policy allows. See
/// [`PatternExt::retry`](crate::PatternExt::retry) and [`PatternExt::retry_when`](crate::PatternExt::retry_when).
///
/// When to use it: work of several workers that makes sense only as a whole. A single worker has
/// [`Worker::retry`](orch_core::Worker::retry), of the same spelling, which begins nothing else anew; an orchestrator
/// can have a policy for all of its workers. The three multiply: two retries of a pattern whose worker has two are up
/// to nine attempts.
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let draft: Worker<String, String> = Worker::new(|topic: &String| Brief::new(format!("Write about {topic}.")));
/// let check: Worker<String, String> = Worker::new(|text: &String| Brief::new(format!("Correct this: {text}")));
/// let article = draft.then(check).retry(Retry::transient(2));
/// ```
///
/// - **What is retried**: what is [transient](Unfinished::is_transient), as often as the policy says, after its pauses;
///   a wait that a service asked for is honoured. `retry_when` decides by the reason instead, with the same pauses.
///   Never a halt: a rejection, a cancelled run or a misuse comes through at once.
/// - **Step keys**: the first attempt's are those of the pattern alone, so that adding a retry changes no finished
///   work; the next ones stand under `retry 1`, `retry 2` and so on, and are new work as a whole.
/// - **Failure**: the last attempt's reason.
/// - **Cancel**: dropping it cancels the attempt that runs, or the pause.
/// - **Cost**: the workers of the pattern, once more for each attempt. No place is held during a pause, and each is told
///   ([`StepRetried`](orch_core::event::EventKind::StepRetried)).
#[derive(Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Retrying<P, F = fn(&Unfinished) -> bool> {
    inner: P,
    policy: Retry,
    when: F,
}

impl<P, F> Retrying<P, F> {
    pub(crate) fn new(inner: P, policy: Retry, when: F) -> Self {
        Self { inner, policy, when }
    }
}

#[async_trait]
impl<P, F> Pattern for Retrying<P, F>
where
    P: Pattern,
    P::In: Clone,
    F: Fn(&Unfinished) -> bool + Send + Sync,
{
    type In = P::In;
    type Out = P::Out;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<P::Out> {
        let mut tries = self.policy.tries();
        let mut lane = cx.clone();
        let mut attempt = 0_usize;
        loop {
            let why = match self.inner.run(&lane, input.clone()).await {
                Err(Error::Unfinished(why)) => why,
                done_or_halt => return done_or_halt,
            };
            let again = (self.when)(&why).then(|| tries.after_any(&why)).flatten();
            let Some(pause) = again else {
                return Err(why.into());
            };
            cx.pause(&tries, pause, &why).await?;
            attempt += 1;
            lane = cx.child(format!("retry {attempt}"));
        }
    }

    fn needs(&self, needs: &mut Needs) {
        self.inner.needs(needs);
    }
}

impl<P: fmt::Debug, F> fmt::Debug for Retrying<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retrying")
            .field("inner", &self.inner)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
