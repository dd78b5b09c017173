//! The combinators as methods on every pattern. Each one's type says when to use it, and what it does to step keys,
//! failures, cancelling and cost.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use orch_core::{Covered, Cx, Pattern, Quorum, Result, Retry, Unfinished};
use serde::Serialize;

use crate::combinator::{
    Boxed, Decision, Fallback, ForEach, Gate, Join, Labelled, Map, Race, RepeatUntil, RepeatWith, Require,
    Retrying, Revise, Tap, Then, Timeout, TryMap,
};

/// Methods that build a larger pattern from a smaller one. All return named types, whose docs say when to use them.
///
/// | method | gives | workers | acts on what is unfinished |
/// | --- | --- | --- | --- |
/// | [`then`](Self::then) | one after the other | both | |
/// | [`map`](Self::map), [`try_map`](Self::try_map), [`tap`](Self::tap) | its output, changed or looked at | none more | |
/// | [`join`](Self::join) | both at once, both outputs | both | |
/// | [`race`](Self::race) | both at once, the first output | the winner's, and some of the loser's | waits for the other |
/// | [`for_each`](Self::for_each) | one pattern, many inputs | × inputs | missing coverage |
/// | [`require`](Self::require) | what a coverage holds | none more | names who is missing |
/// | [`retry`](Self::retry), [`retry_when`](Self::retry_when) | the same once more | × attempts | tries again |
/// | [`fallback`](Self::fallback) | the other way, after a failure | the first's, or both | takes the other |
/// | [`timeout`](Self::timeout) | in time or not at all | the same | makes it so when late |
/// | [`repeat_until`](Self::repeat_until), [`repeat_with`](Self::repeat_with) | round after round | × rounds | |
/// | [`gate`](Self::gate) | with somebody's approval | × (1 + revisions), and the gate's | |
/// | [`labelled`](Self::labelled), [`boxed`](Self::boxed) | under a name; behind a pointer | the same | |
///
/// Several patterns on one input are [`several`](crate::several), with a quorum where some are enough.
pub trait PatternExt: Pattern + Sized {
    /// This, then `next` on its output: [`Then`].
    fn then<P: Pattern<In = Self::Out>>(self, next: P) -> Then<Self, P> {
        Then::new(self, next)
    }

    /// This, with its output changed by `f`: [`Map`].
    fn map<O, F>(self, f: F) -> Map<Self, F>
    where
        O: Send + 'static,
        F: Fn(Self::Out) -> O + Send + Sync,
    {
        Map::new(self, f)
    }

    /// This, with its output changed by `f`, which may fail: [`TryMap`].
    fn try_map<O, F>(self, f: F) -> TryMap<Self, F>
    where
        O: Send + 'static,
        F: Fn(Self::Out) -> Result<O> + Send + Sync,
    {
        TryMap::new(self, f)
    }

    /// This, with a look at its output on the way: [`Tap`].
    fn tap<F>(self, look: F) -> Tap<Self, F>
    where
        F: Fn(&Self::Out) + Send + Sync,
    {
        Tap::new(self, look)
    }

    /// This and `other` at once on the same input; both outputs: [`Join`].
    fn join<P: Pattern<In = Self::In>>(self, other: P) -> Join<Self, P>
    where
        Self::In: Clone,
    {
        Join::new(self, other)
    }

    /// This and `other` at once on the same input; the output of the first that delivers: [`Race`]. For more than two
    /// there is [`race`](crate::combinator::race()).
    fn race<P: Pattern<In = Self::In, Out = Self::Out>>(self, other: P) -> Race<Self, P>
    where
        Self::In: Clone,
    {
        Race::new(self, other)
    }

    /// This, once for each of many inputs, at most `at_most` at a time; what is missing is said, not lost:
    /// [`ForEach`].
    ///
    /// # Panics
    /// When `at_most` is 0.
    fn for_each(self, at_most: usize) -> ForEach<Self>
    where
        Self::In: Serialize,
    {
        ForEach::new(self, at_most)
    }

    /// This, with its covered output opened by a quorum: [`Require`].
    fn require<C>(self, quorum: Quorum) -> Require<Self>
    where
        Self: Pattern<Out = Covered<C>>,
        C: Send + 'static,
    {
        Require::new(self, quorum)
    }

    /// This, again on the same input while what kept it from finishing is transient and `policy` allows: [`Retrying`].
    /// A [`Worker`](orch_core::Worker) has a method of this name that does the same for the worker alone.
    fn retry(self, policy: Retry) -> Retrying<Self>
    where
        Self::In: Clone,
    {
        Retrying::new(self, policy, Unfinished::is_transient)
    }

    /// This, again on the same input while `when` says so of what kept it from finishing and `policy` allows:
    /// [`Retrying`].
    fn retry_when<F>(self, policy: Retry, when: F) -> Retrying<Self, F>
    where
        Self::In: Clone,
        F: Fn(&Unfinished) -> bool + Send + Sync,
    {
        Retrying::new(self, policy, when)
    }

    /// This, and `other` on the same input when this is unfinished: [`Fallback`].
    fn fallback<P: Pattern<In = Self::In, Out = Self::Out>>(self, other: P) -> Fallback<Self, P>
    where
        Self::In: Clone,
    {
        Fallback::new(self, other)
    }

    /// This, for at most so long: [`Timeout`].
    fn timeout(self, after: Duration) -> Timeout<Self> {
        Timeout::new(self, after)
    }

    /// This on its own output, until `done` says so of it or there were `max` rounds: [`RepeatUntil`].
    ///
    /// # Panics
    /// When `max` is 0.
    fn repeat_until<F>(self, max: usize, done: F) -> RepeatUntil<Self, F>
    where
        Self: Pattern<Out = <Self as Pattern>::In>,
        F: Fn(&Self::Out) -> bool + Send + Sync,
    {
        RepeatUntil::new(self, max, done)
    }

    /// This on what `next` makes of its output, until `next` breaks off or there were `max` rounds: [`RepeatWith`].
    ///
    /// # Panics
    /// When `max` is 0.
    fn repeat_with<F>(self, max: usize, next: F) -> RepeatWith<Self, F>
    where
        F: Fn(&Self::Out) -> ControlFlow<(), Self::In> + Send + Sync,
    {
        RepeatWith::new(self, max, next)
    }

    /// This, and somebody's decision on its output: [`Gate`].
    fn gate<F, Fut>(self, decide: F) -> Gate<Self, F>
    where
        Self::In: Clone + Revise,
        Self::Out: Clone + Sync,
        F: Fn(Cx, Arc<Self::Out>) -> Fut + Send + Sync,
        Fut: Future<Output = Result<Decision>> + Send,
    {
        Gate::new(self, decide)
    }

    /// This, under a label that becomes part of the step keys beneath it: [`Labelled`].
    fn labelled(self, label: impl Into<String>) -> Labelled<Self> {
        Labelled::new(self, label.into())
    }

    /// This, behind a pointer: one type for patterns of the same input and output. Adds nothing to step keys.
    fn boxed<'a>(self) -> Boxed<'a, Self::In, Self::Out>
    where
        Self: 'a,
    {
        Box::new(self)
    }
}

impl<P: Pattern> PatternExt for P {}
