//! Several patterns at once on the same input; the first that delivers wins.

use async_trait::async_trait;
use orch_core::{Cx, Missing, Needs, Pattern, Result};

use super::several::lanes;
use super::{Branch, gather_until};

/// Two patterns at once on the same input: the output of the first that delivers, the other is cancelled. See
/// [`PatternExt::race`](crate::PatternExt::race).
///
/// When to use it: two ways to the same answer, of which either will do and the slower or failing one shall not hold
/// up the program: two models, two agents, a search and a computation. The two may be of different types; for any
/// number of one type there is [`race`](crate::combinator::race()). Where only a failure shall start the second,
/// [`fallback`](crate::PatternExt::fallback) costs less.
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let ask: Worker<String, String> = Worker::new(|question: &String| Brief::new(question.clone()));
/// let soonest = ask.clone().agent("codex").race(ask.agent("claude"));
/// ```
///
/// - **Step keys**: the first stands under `0`, the other under `1`.
/// - **Failure**: an unfinished one waits for the other. When neither delivers, one reason names both; its class is
///   theirs where they agree. A halt, before anybody has delivered, ends both.
/// - **Cancel**: dropping it cancels both. The loser is told to end at once; its place is free when its process is gone.
/// - **Cost**: the workers of the winner, and what the loser has used by then.
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Race<A, B> {
    first: A,
    other: B,
}

impl<A, B> Race<A, B> {
    pub(crate) fn new(first: A, other: B) -> Self {
        Self { first, other }
    }
}

#[async_trait]
impl<A, B> Pattern for Race<A, B>
where
    A: Pattern,
    B: Pattern<In = A::In, Out = A::Out>,
    A::In: Clone,
{
    type In = A::In;
    type Out = A::Out;

    async fn run(&self, cx: &Cx, input: A::In) -> Result<A::Out> {
        let (here, there) = (cx.child("0"), cx.child("1"));
        let branches = vec![
            Branch::new("branch 0", self.first.run(&here, input.clone())),
            Branch::new("branch 1", self.other.run(&there, input)),
        ];
        first_done(branches).await
    }

    fn needs(&self, needs: &mut Needs) {
        self.first.needs(needs);
        self.other.needs(needs);
    }
}

/// Any number of patterns of one type in a race. See [`race`](crate::combinator::race()).
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct RaceOf<P> {
    racers: Vec<P>,
}

/// A race of any number of patterns of one type: the output of the first that delivers, the others are cancelled.
/// Patterns of different types become one type by [`boxed`](crate::PatternExt::boxed).
///
/// All that is said of [`Race`] holds; the step keys stand under `0`, `1`, `2` and so on. A race of nobody is
/// unfinished.
///
/// ```
/// use orch_patterns::prelude::*;
/// use orch_patterns::combinator::race;
///
/// let ask: Worker<String, String> = Worker::new(|question: &String| Brief::new(question.clone()));
/// let soonest = race(["codex", "claude", "gemini"].map(|agent| ask.clone().agent(agent)));
/// ```
pub fn race<P>(racers: impl IntoIterator<Item = P>) -> RaceOf<P>
where
    P: Pattern,
    P::In: Clone,
{
    RaceOf {
        racers: racers.into_iter().collect(),
    }
}

#[async_trait]
impl<P> Pattern for RaceOf<P>
where
    P: Pattern,
    P::In: Clone,
{
    type In = P::In;
    type Out = P::Out;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<P::Out> {
        first_done(lanes(&self.racers, cx, &input)).await
    }

    fn needs(&self, needs: &mut Needs) {
        self.racers.iter().for_each(|racer| racer.needs(needs));
    }
}

/// The first output; the other branches are dropped.
async fn first_done<O>(branches: Vec<Branch<'_, O>>) -> Result<O> {
    let at_most = branches.len();
    let (mut gathered, _) = gather_until(branches, at_most, 1).await?;
    let winner = gathered.done.pop();
    let (_, output) = winner.ok_or_else(|| Missing::together(&gathered.missing))?;
    Ok(output)
}
