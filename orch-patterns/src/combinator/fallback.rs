//! A second way for when the first does not deliver.

use async_trait::async_trait;
use orch_core::{Cx, Error, Missing, Needs, Pattern, Result};

/// The first pattern, and the other on the same input when the first is unfinished. See
/// [`PatternExt::fallback`](crate::PatternExt::fallback).
///
/// When to use it: a dearer, slower or plainer way that is taken only when the better one fails: another agent when
/// one has no quota left, a template when nobody answers. What failed only for the moment is better tried again
/// ([`retry`](crate::PatternExt::retry)) first.
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let ask: Worker<String, String> = Worker::new(|question: &String| Brief::new(question.clone()));
/// let by_hand = step(|_cx: Cx, question: String| async move { Ok(format!("Nobody could answer: {question}")) });
/// let answer = ask.clone().agent("codex").fallback(ask.agent("claude")).fallback(by_hand);
/// ```
///
/// - **Step keys**: the first stands under `0`, the other under `1`.
/// - **Failure**: when neither delivers, one reason names both; its class is theirs where they agree. A halt of the
///   first is a halt: the other does not run.
/// - **Cancel**: dropping it cancels the one that runs.
/// - **Cost**: the workers of the first, and of the other when the first failed.
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Fallback<A, B> {
    first: A,
    other: B,
}

impl<A, B> Fallback<A, B> {
    pub(crate) fn new(first: A, other: B) -> Self {
        Self { first, other }
    }
}

#[async_trait]
impl<A, B> Pattern for Fallback<A, B>
where
    A: Pattern,
    B: Pattern<In = A::In, Out = A::Out>,
    A::In: Clone,
{
    type In = A::In;
    type Out = A::Out;

    async fn run(&self, cx: &Cx, input: A::In) -> Result<A::Out> {
        let first = match self.first.run(&cx.child("0"), input.clone()).await {
            Err(Error::Unfinished(why)) => missing(0, why),
            done_or_halt => return done_or_halt,
        };
        match self.other.run(&cx.child("1"), input).await {
            Err(Error::Unfinished(why)) => Err(Missing::together(&[first, missing(1, why)]).into()),
            done_or_halt => done_or_halt,
        }
    }

    fn needs(&self, needs: &mut Needs) {
        self.first.needs(needs);
        self.other.needs(needs);
    }
}

fn missing(branch: usize, why: orch_core::Unfinished) -> Missing {
    Missing {
        label: format!("branch {branch}"),
        why,
    }
}
