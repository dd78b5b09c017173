//! Several patterns of one type on the same input; all answers, or as many as are enough.

use async_trait::async_trait;
use orch_core::{Covered, Cx, Needs, Pattern, Result};

use super::{Branch, gather_until};

/// Several patterns of one type, asked the same at once. See [`several`].
#[derive(Debug, Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct Several<P> {
    patterns: Vec<P>,
    enough: usize,
    at_most: usize,
}

/// Several patterns of one type on clones of the same input; gives every output, in the patterns' order, and says who
/// is missing. Patterns of different types become one type by [`boxed`](crate::PatternExt::boxed).
///
/// When to use it: several opinions on one question: proposers, voters, judges. With [`quorum`](Several::quorum) it
/// stops when enough have answered. Many inputs for one pattern are [`for_each`](crate::PatternExt::for_each); exactly
/// two different ones that are both needed are [`join`](crate::PatternExt::join).
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let ask: Worker<String, bool> = Worker::new(|claim: &String| Brief::new(format!("Does this hold? {claim}")));
/// let voters = ["codex", "claude", "gemini"].map(|agent| ask.clone().agent(agent));
/// let verdict = several(voters)
///     .quorum(2) // two of three; the third is let go
///     .require(Quorum::at_least(2))
///     .map(|votes: Vec<bool>| votes.iter().all(|holds| *holds));
/// ```
///
/// - **Step keys**: the patterns stand under `0`, `1`, `2` and so on.
/// - **Failure**: an unfinished one is missing coverage, named `branch 1` after its step key. A halt ends all of them.
/// - **Cancel**: dropping it cancels all of them.
/// - **Cost**: the workers of all patterns; with a quorum those of `k`, and what the others have used by then.
pub fn several<P>(patterns: impl IntoIterator<Item = P>) -> Several<P>
where
    P: Pattern,
    P::In: Clone,
{
    Several {
        patterns: patterns.into_iter().collect(),
        enough: usize::MAX,
        at_most: usize::MAX,
    }
}

impl<P> Several<P> {
    /// Stops when `k` of them have delivered, and cancels the rest.
    ///
    /// Those that were let go did not fail, and nobody waited for them: they stand in
    /// [`Covered::spared`] and count neither as done nor as missing. Two answers of five where two are enough are
    /// "2 of 2", and with one failure on the way "2 of 3". When fewer than `k` deliver it waits for everybody and gives
    /// what there is; [`require(Quorum::at_least(k))`](crate::PatternExt::require) then says who is missing and why.
    ///
    /// Which `k` it is depends on who is fast. Where the answers of the fast differ from those of the slow, ask all.
    ///
    /// # Panics
    /// When `k` is 0.
    pub fn quorum(mut self, k: usize) -> Self {
        assert!(k > 0, "quorum(0) would never run anything");
        self.enough = k;
        self
    }

    /// Begins at most so many at a time; all at once unless set. With as many as the quorum needs, the next one begins
    /// only when one has failed: slower, and nothing is spent on those that are let go.
    ///
    /// # Panics
    /// When `at_most` is 0.
    pub fn at_most(mut self, at_most: usize) -> Self {
        assert!(at_most > 0, "at_most(0) would never run anything");
        self.at_most = at_most;
        self
    }
}

#[async_trait]
impl<P> Pattern for Several<P>
where
    P: Pattern,
    P::In: Clone,
{
    type In = P::In;
    type Out = Covered<Vec<P::Out>>;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<Self::Out> {
        let branches = lanes(&self.patterns, cx, &input);
        let (gathered, spared) = gather_until(branches, self.at_most, self.enough).await?;
        let outputs: Vec<P::Out> = gathered.done.into_iter().map(|(_, output)| output).collect();
        let done = outputs.len();
        Ok(Covered::new(outputs, done, gathered.missing).sparing(spared))
    }

    fn needs(&self, needs: &mut Needs) {
        self.patterns.iter().for_each(|pattern| pattern.needs(needs));
    }
}

/// One branch for each pattern, under its index, on a clone of the input.
pub(super) fn lanes<'a, P>(patterns: &'a [P], cx: &Cx, input: &P::In) -> Vec<Branch<'a, P::Out>>
where
    P: Pattern,
    P::In: Clone,
{
    let lane = |(index, pattern): (usize, &'a P)| {
        let (cx, input) = (cx.child(index.to_string()), input.clone());
        Branch::new(
            format!("branch {index}"),
            async move { pattern.run(&cx, input).await },
        )
    };
    patterns.iter().enumerate().map(lane).collect()
}
