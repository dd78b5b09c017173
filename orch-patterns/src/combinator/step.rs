//! A closure as a pattern.

use std::fmt;
use std::marker::PhantomData;

use async_trait::async_trait;
use orch_core::{Cx, Pattern, Result};

/// See [`step`].
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Step<I, F> {
    f: F,
    input: PhantomData<fn(I)>,
}

/// Lifts an async closure into a pattern. It gets the handle and the input by value; clone what it captures.
///
/// When to use it: for judgement of your own between workers: choosing, condensing, splitting, asking a person.
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let shout = step(|_cx: Cx, text: String| async move { Ok(text.to_uppercase()) });
/// ```
///
/// - **Step keys**: adds nothing; two workers of the same brief in one step are told apart by their order. For other
///   names there is [`Cx::child`].
/// - **Failure**: what it returns: [`Error::failed`](orch_core::Error::failed) is unfinished,
///   [`Halt`](orch_core::Halt) ends the run.
/// - **Cancel**: it is dropped at one of its awaits, and every worker that it waits for is cancelled.
/// - **Cost**: the workers that it runs.
pub fn step<I, O, F, Fut>(f: F) -> Step<I, F>
where
    I: Send + 'static,
    O: Send + 'static,
    F: Fn(Cx, I) -> Fut + Send + Sync,
    Fut: Future<Output = Result<O>> + Send,
{
    Step {
        f,
        input: PhantomData,
    }
}

#[async_trait]
impl<I, O, F, Fut> Pattern for Step<I, F>
where
    I: Send + 'static,
    O: Send + 'static,
    F: Fn(Cx, I) -> Fut + Send + Sync,
    Fut: Future<Output = Result<O>> + Send,
{
    type In = I;
    type Out = O;

    async fn run(&self, cx: &Cx, input: I) -> Result<O> {
        (self.f)(cx.clone(), input).await
    }
}

impl<I, F: Clone> Clone for Step<I, F> {
    fn clone(&self) -> Self {
        Self {
            f: self.f.clone(),
            input: PhantomData,
        }
    }
}

impl<I, F> fmt::Debug for Step<I, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").finish_non_exhaustive()
    }
}
