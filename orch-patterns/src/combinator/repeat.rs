//! A pattern that is run on what it made, round after round.

use std::fmt;
use std::ops::ControlFlow;

use async_trait::async_trait;
use orch_core::{Cx, Error, Needs, Pattern, Result};

/// The pattern on its own output, until that is done. See
/// [`PatternExt::repeat_until`](crate::PatternExt::repeat_until).
///
/// When to use it: work that gets better by being looked at again, with a test for when it is good. Where the next
/// input is not the output itself, [`repeat_with`](crate::PatternExt::repeat_with) makes it from it. Where a failure,
/// and not a result that is not good enough yet, is what starts it again, that is
/// [`retry`](crate::PatternExt::retry); where somebody's remarks do, [`gate`](crate::PatternExt::gate).
///
/// ```
/// use orch_patterns::prelude::*;
///
/// let shorten: Worker<String, String> = Worker::new(|text: &String| Brief::new(format!("Say it shorter: {text}")));
/// let short = shorten
///     .repeat_until(4, |text: &String| text.len() < 500)
///     .try_map(|repeated: Repeated<String>| repeated.into_done());
/// ```
///
/// - **Step keys**: the rounds stand under `round 1`, `round 2` and so on.
/// - **Failure**: a round that is unfinished or halts is the end; what the rounds before made is not handed out. Running
///   out of rounds is no failure: [`Repeated`] tells the two ends apart, and does not give its value without saying
///   which it was.
/// - **Cancel**: dropping it cancels the round that runs.
/// - **Cost**: the workers of the pattern, for each round.
#[derive(Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct RepeatUntil<P, F> {
    inner: P,
    max: usize,
    done: F,
}

/// The pattern, again on what a closure makes of its output. See
/// [`PatternExt::repeat_with`](crate::PatternExt::repeat_with).
///
/// All that is said of [`RepeatUntil`] holds.
///
/// ```
/// use std::ops::ControlFlow;
/// use orch_patterns::prelude::*;
///
/// // How many of the tests fail, by a worker that is told what to look at.
/// let count: Worker<String, u32> = Worker::new(|where_: &String| Brief::new(format!("Count what fails in {where_}.")));
/// let counted = count.repeat_with(3, |failing: &u32| match failing {
///     0 => ControlFlow::Break(()),
///     some => ControlFlow::Continue(format!("the {some} places that you found before")),
/// });
/// ```
#[derive(Clone)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct RepeatWith<P, F> {
    inner: P,
    max: usize,
    next: F,
}

/// How a repetition ended, and with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a repetition may have run out of rounds before it was done"]
pub enum Repeated<T> {
    /// The last round's output was done.
    Done {
        /// The last round's output.
        value: T,
        /// How many rounds it took; 1 when the first was enough.
        rounds: usize,
    },
    /// There were no more rounds, and the last round's output was not done yet.
    OutOfRounds {
        /// The last round's output.
        value: T,
        /// How many rounds there were.
        rounds: usize,
    },
}

impl<T> Repeated<T> {
    /// Whether the last round's output was done.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }

    /// How many rounds were run.
    pub fn rounds(&self) -> usize {
        match self {
            Self::Done { rounds, .. } | Self::OutOfRounds { rounds, .. } => *rounds,
        }
    }

    /// The last round's output, when it was done.
    ///
    /// # Errors
    /// [`Error::Unfinished`] when there were no more rounds.
    pub fn into_done(self) -> Result<T> {
        match self {
            Self::Done { value, .. } => Ok(value),
            Self::OutOfRounds { rounds, .. } => Err(Error::failed(format!(
                "not done after {rounds} rounds; allow more, or ask for less"
            ))),
        }
    }

    /// The last round's output, done or not. Look at [`Repeated::is_done`] first.
    pub fn accept_either(self) -> T {
        match self {
            Self::Done { value, .. } | Self::OutOfRounds { value, .. } => value,
        }
    }
}

impl<P, F> RepeatUntil<P, F> {
    pub(crate) fn new(inner: P, max: usize, done: F) -> Self {
        assert!(max > 0, "repeat_until(0, ..) would never run anything");
        Self { inner, max, done }
    }
}

impl<P, F> RepeatWith<P, F> {
    pub(crate) fn new(inner: P, max: usize, next: F) -> Self {
        assert!(max > 0, "repeat_with(0, ..) would never run anything");
        Self { inner, max, next }
    }
}

#[async_trait]
impl<P, F> Pattern for RepeatUntil<P, F>
where
    P: Pattern<Out = <P as Pattern>::In>,
    F: Fn(&P::Out) -> bool + Send + Sync,
{
    type In = P::In;
    type Out = Repeated<P::Out>;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<Self::Out> {
        let mut value = input;
        let mut rounds = 0;
        loop {
            rounds += 1;
            value = self.inner.run(&round(cx, rounds), value).await?;
            if (self.done)(&value) {
                return Ok(Repeated::Done { value, rounds });
            }
            if rounds == self.max {
                return Ok(Repeated::OutOfRounds { value, rounds });
            }
        }
    }

    fn needs(&self, needs: &mut Needs) {
        self.inner.needs(needs);
    }
}

#[async_trait]
impl<P, F> Pattern for RepeatWith<P, F>
where
    P: Pattern,
    F: Fn(&P::Out) -> ControlFlow<(), P::In> + Send + Sync,
{
    type In = P::In;
    type Out = Repeated<P::Out>;

    async fn run(&self, cx: &Cx, input: P::In) -> Result<Self::Out> {
        let mut input = input;
        let mut rounds = 0;
        loop {
            rounds += 1;
            let value = self.inner.run(&round(cx, rounds), input).await?;
            match (self.next)(&value) {
                ControlFlow::Break(()) => return Ok(Repeated::Done { value, rounds }),
                ControlFlow::Continue(_) if rounds == self.max => {
                    return Ok(Repeated::OutOfRounds { value, rounds });
                }
                ControlFlow::Continue(next) => input = next,
            }
        }
    }

    fn needs(&self, needs: &mut Needs) {
        self.inner.needs(needs);
    }
}

fn round(cx: &Cx, round: usize) -> Cx {
    cx.child(format!("round {round}"))
}

impl<P: fmt::Debug, F> fmt::Debug for RepeatUntil<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RepeatUntil")
            .field("inner", &self.inner)
            .field("max", &self.max)
            .finish_non_exhaustive()
    }
}

impl<P: fmt::Debug, F> fmt::Debug for RepeatWith<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RepeatWith")
            .field("inner", &self.inner)
            .field("max", &self.max)
            .finish_non_exhaustive()
    }
}
