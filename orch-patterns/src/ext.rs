//! The combinators as methods on every pattern.

use orch_core::{Covered, Pattern, Quorum, Result};
use serde::Serialize;

use crate::combinator::{Boxed, ForEach, Labelled, Map, Require, Then, TryMap};

/// Methods that build a larger pattern from a smaller one. All return named types.
pub trait PatternExt: Pattern + Sized {
    /// This, then `next` on its output.
    ///
    /// Adds nothing to step keys: `a.then(b).then(c)` and `a.then(b.then(c))` are the same work.
    fn then<P: Pattern<In = Self::Out>>(self, next: P) -> Then<Self, P> {
        Then::new(self, next)
    }

    /// This, with its output changed by `f`.
    fn map<O, F>(self, f: F) -> Map<Self, F>
    where
        O: Send + 'static,
        F: Fn(Self::Out) -> O + Send + Sync,
    {
        Map::new(self, f)
    }

    /// This, with its output changed by `f`, which may fail.
    fn try_map<O, F>(self, f: F) -> TryMap<Self, F>
    where
        O: Send + 'static,
        F: Fn(Self::Out) -> Result<O> + Send + Sync,
    {
        TryMap::new(self, f)
    }

    /// This, once for each of many inputs, at most `at_most` at a time; what is missing is said, not lost.
    ///
    /// # Panics
    /// When `at_most` is 0.
    fn for_each(self, at_most: usize) -> ForEach<Self>
    where
        Self::In: Serialize,
    {
        ForEach::new(self, at_most)
    }

    /// This, with its covered output opened by a quorum.
    fn require<C>(self, quorum: Quorum) -> Require<Self>
    where
        Self: Pattern<Out = Covered<C>>,
        C: Send + 'static,
    {
        Require::new(self, quorum)
    }

    /// This, under a label that becomes part of the step keys beneath it.
    fn labelled(self, label: impl Into<String>) -> Labelled<Self> {
        Labelled::new(self, label.into())
    }

    /// This, behind a pointer: one type for patterns of the same input and output.
    fn boxed<'a>(self) -> Boxed<'a, Self::In, Self::Out>
    where
        Self: 'a,
    {
        Box::new(self)
    }
}

impl<P: Pattern> PatternExt for P {}
